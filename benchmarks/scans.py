"""`library-scan` over films that are new, and over the same films again: the flow itself, from Prefect's page."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.rig import Rig
from metarr_core.domain.jobs import Priority

FOLDER = "To be scanned"


@dataclass(frozen=True)
class Scans:
    """Films, the seconds of their first scan until all are identified, how many cores were busy, and of the second scan."""

    films: int
    first: float
    cores: float
    again: float

    @property
    def per_minute(self) -> float:
        """New films in a minute."""
        return 60 * self.films / self.first


async def scans(rig: Rig, films: int) -> Scans:
    """Scan a folder of small new films, then scan it again. Its enrichment is queued, but not begun."""
    await rig.pause(Priority.NORMAL.queue)
    folder = rig.house.movies / FOLDER
    folder.mkdir()
    for _, video in rig.new_films(films):
        video.parent.rename(folder / video.parent.name)
    cpu = rig.cpu()
    first = await rig.run("library-scan", path=str(folder))
    cores = (rig.cpu() - cpu) / first
    return Scans(films, first, cores, await rig.run("library-scan", path=str(folder)))
