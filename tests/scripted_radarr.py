"""A Radarr that does with files and webhooks what the real one does, in its order, and nothing else.

At an upgrade the old video goes first, then `MovieFileDelete` is sent, then a background thread deletes every sidecar
that was adopted with the old file, whoever wrote it; meanwhile the new video is moved in, and `Download` is sent. When the
thread comes to its work is for the test to say.
Source: Radarr's UpgradeMediaFileService, ExtraFileService and EventAggregator.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deployments.demo.clips import write_clip
from deployments.demo.film import Film
from deployments.demo.house import radarr_download

VIDEOS = {".mkv", ".mp4"}


@dataclass
class Kept:
    """A film as Radarr keeps it: its video, and the sidecars that it took for its own at its last scan."""

    film: Film
    video: Path
    adopted: list[Path] = field(default_factory=list)


@dataclass
class ScriptedRadarr:
    """Radarr over a library. `tell` delivers a webhook and gives the event's id."""

    movies: Path
    tell: Callable[[dict[str, Any]], Awaitable[int]]
    films: dict[str, Kept] = field(default_factory=dict)
    trash: list[Path] = field(default_factory=list)
    """What its background thread is still to delete."""
    written: int = 0

    async def import_film(self, film: Film, name: str, folder: str | None = None) -> int:
        """Import the first file of a film; gives the event."""
        place = self.movies / (folder or f"{film.title} ({film.year})")
        place.mkdir(exist_ok=True)
        self.films[film.title] = Kept(film, await self._clip(film, place / name))
        return await self.tell(self._download(film))

    def rescan(self, film: Film) -> list[Path]:
        """Its daily refresh: everything beside the video is adopted, whoever wrote it."""
        kept = self.films[film.title]
        kept.adopted = [path for path in sorted(kept.video.parent.iterdir()) if path.suffix not in VIDEOS]
        return kept.adopted

    async def make_room(self, film: Film, *, announced: bool = True) -> int | None:
        """Delete the old video, tell of it, and leave its sidecars to the thread; gives the event."""
        kept = self.films[film.title]
        kept.video.unlink(missing_ok=True)
        event = await self.tell(self.file_deleted(film, "upgrade")) if announced else None
        self.trash.extend(kept.adopted)
        kept.adopted = []
        return event

    async def move_in(self, film: Film, name: str, *, told: bool = True, **flags: Any) -> int | None:
        """Move the new video in and send `Download`; gives the event."""
        kept = self.films[film.title]
        old, kept.video = kept.video, await self._clip(film, kept.video.with_name(name))
        replaced = {"isUpgrade": True, "deletedFiles": [self._file(old)]}
        return await self.tell({**self._download(film), **replaced, **flags}) if told else None

    async def upgrade(self, film: Film, name: str, *, announced: bool = True, **flags: Any) -> int:
        """A whole upgrade, but for the thread; gives the event of the `Download`."""
        await self.make_room(film, announced=announced)
        event = await self.move_in(film, name, **flags)
        assert event is not None
        return event

    async def thread_runs(self, count: int | None = None) -> None:
        """The background thread deletes what it was given, or the first few of it."""
        now, self.trash = (self.trash, []) if count is None else (self.trash[:count], self.trash[count:])
        await asyncio.to_thread(lambda: [path.unlink(missing_ok=True) for path in now])

    async def rename(self, film: Film, name: str) -> int:
        """Rename the video and an adopted NFO; adopted pictures stay as they are. Gives the event."""
        kept = self.films[film.title]
        old, new = kept.video, kept.video.with_name(name)
        old.rename(new)
        nfo = old.with_suffix(".nfo")
        if nfo in kept.adopted:
            shutil.move(nfo, new.with_suffix(".nfo"))
            kept.adopted = [new.with_suffix(".nfo") if path == nfo else path for path in kept.adopted]
        kept.video = new
        before = {"previousRelativePath": old.name, "previousPath": self._file(old)["path"]}
        webhook = {**self._event("Rename", film), "renamedMovieFiles": [{**self._file(new), **before}]}
        return await self.tell(webhook)

    async def delete_file(self, film: Film, reason: str) -> int:
        """Delete the video for a reason that is no upgrade, with its sidecars; gives the event."""
        kept = self.films[film.title]
        kept.video.unlink(missing_ok=True)
        event = await self.tell(self.file_deleted(film, reason))
        self.trash.extend(kept.adopted)
        await self.thread_runs()
        return event

    async def grab(self, film: Film) -> int:
        """A better release is on its way; gives the event."""
        release = {"releaseTitle": f"{film.title}.{film.year}.2160p", "quality": "Bluray-2160p", "size": 1}
        return await self.tell({**self._event("Grab", film), "release": release})

    def file_deleted(self, film: Film, reason: str) -> dict[str, Any]:
        """The webhook of a deleted file."""
        kept = self.films[film.title]
        return {**self._event("MovieFileDelete", film), "movieFile": self._file(kept.video), "deleteReason": reason}

    def _event(self, kind: str, film: Film) -> dict[str, Any]:
        whole = self._movie(film)
        return {"eventType": kind, "instanceName": "Radarr", "applicationUrl": "", "movie": whole}

    def _movie(self, film: Film) -> dict[str, Any]:
        ids = {"id": film.tmdb_id % 1000, "tmdbId": film.tmdb_id, "imdbId": film.imdb_id}
        return {"title": film.title, "year": film.year, "folderPath": self._folder(self.films[film.title].video), **ids}

    def _download(self, film: Film) -> dict[str, Any]:
        video = self.films[film.title].video
        return radarr_download(film, self._folder(video), video)

    def _file(self, video: Path) -> dict[str, Any]:
        return {"id": 1, "relativePath": video.name, "path": f"{self._folder(video)}/{video.name}", "size": 1}

    @staticmethod
    def _folder(video: Path) -> str:
        return f"/data/movies/{video.parent.name}"

    async def _clip(self, film: Film, video: Path) -> Path:
        """Each file that comes has other bytes than any before."""
        self.written += 1
        return await asyncio.to_thread(write_clip, video, seconds=1, title=f"{film.title} {self.written}")
