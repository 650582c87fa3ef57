"""Films that come, are replaced and go, as Radarr does it, in the library of a real Kodi."""

from __future__ import annotations

import json
from pathlib import Path

from deployments.demo.clips import write_clip
from deployments.demo.film import Film
from deployments.demo.house import radarr_download
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.operations import importing, players, probing, publishing
from metarr_core.operations.inbox import Source, receive
from metarr_core.runtime import Runtime

SMALL, LARGE = (320, 180), (640, 360)
SECONDS = 12


async def come(
    runtime: Runtime, movies: Path, film: Film, name: str, *, size: tuple[int, int] = SMALL, seconds: int = SECONDS
) -> tuple[MovieId, Path]:
    """A video comes into the film's folder and is recorded; players are not told."""
    video = movies / f"{film.title} ({film.year})" / name
    video.parent.mkdir(exist_ok=True)
    write_clip(video, seconds=seconds, title=film.title, size=size)
    webhook = json.dumps(radarr_download(film, f"/data/movies/{video.parent.name}", video)).encode()
    event_id = await receive(runtime, Source("radarr", "radarr"), webhook)
    imports = await importing.imports_of_events(runtime, [event_id])
    return await importing.record(runtime, imports, Priority.CRITICAL), video


def go(video: Path) -> None:
    """The video goes, and all that stands beside it under its name."""
    for beside in video.parent.glob(f"{video.stem}*"):
        beside.unlink()


async def publish(runtime: Runtime, movie_id: MovieId) -> None:
    """The film's files are looked into, and what belongs beside them is written."""
    await probing.probe_movie_files(runtime, movie_id)
    await publishing.publish_movie(runtime, movie_id)


async def told(runtime: Runtime, movie_id: MovieId) -> None:
    """The same, and players are told, at once."""
    await publish(runtime, movie_id)
    assert await players.tell_players(runtime, movie_id) == []
