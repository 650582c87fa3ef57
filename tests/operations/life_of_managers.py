"""What Metarr itself does to a film, and Radarr."""

from __future__ import annotations

from pathlib import Path

from deployments.demo.films import SINTEL
from metarr_core.db import movies
from metarr_core.domain.ids import ImdbId, TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.metadata import Identity, Metadata, Who
from metarr_core.operations import importing, restoring, trash
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.old_names import remove_old_names
from metarr_core.operations.rebuilding import rebuild_movie
from metarr_core.operations.verifying import verify_movie
from tests.operations.life import KINDS, Happening, Life, picture
from tests.operations.offers import offer


class ManagerDeeds(Life):
    """A life with providers, schedules and a Radarr."""

    async def refresh(self) -> Happening:
        return Happening(self.filled, publishes=True)

    async def providers_tell(self) -> Happening:
        who = self.chance.choice((Who.PROVIDER, Who.NFO, Who.MANAGER, Who.FILE))
        text = self.new()
        lies = Metadata(fields={"title": text, "plot": text}, genres=(text,), studios=(), actors=(), crew=())

        async def work() -> None:
            async with self.runtime.database.transaction() as session:
                await movies.write_metadata(session, await movies.get(session, self.movie_id), lies, who=who)
            await self.publish()

        return Happening(work, publishes=True)

    async def providers_offer(self) -> Happening:
        kind = self.chance.choice(KINDS)
        names = [f"{self.new().replace(' ', '')}.jpg" for _ in range(self.chance.randint(1, 2))]
        offered = {name: picture(name) for name in names}

        async def work() -> None:
            await offer(self.runtime, self.house, self.movie_id, offered, kind)
            await download_artwork(self.runtime, self.movie_id)
            await self.publish()

        return Happening(work, publishes=True)

    async def verify(self) -> Happening:
        by_hash = self.chance.random() < 0.5
        return Happening(
            lambda: verify_movie(self.runtime, self.movie_id, by_hash=by_hash), publishes=True, needs_video=True
        )

    async def restore_library(self) -> Happening:
        """After the disk was lost, with all that is in the film's folder but what others put there."""
        for path in await self.ledger():
            self.they_remove(path)
        return Happening(lambda: rebuild_movie(self.runtime, self.movie_id), publishes=True)

    async def scan(self) -> Happening:
        return Happening(self.scans, publishes=True, needs_video=True)

    async def upgrade(self) -> Happening:
        """Another file takes the place of the film's, under its name or another; what stands beside it may go with it."""
        old, name = self.video, self.chance.choice((self.video.stem, f"Sintel {self.new()}"))
        self.video = old.with_name(f"{name}{self.chance.choice(('.mkv', '.mp4'))}")
        old.unlink(missing_ok=True)
        self.video.parent.mkdir(exist_ok=True)
        self.video.write_bytes(self.new().encode())
        if self.chance.random() < 0.3:
            for path in await self.ledger():
                self.they_remove(path)
        return Happening(lambda: self.arrives(old), publishes=True)

    async def rename(self) -> Happening:
        """Radarr gives the film's folder another name, or its file, with what stands beside it or without."""
        old = self.video
        if not old.exists():
            return Happening()
        if self.chance.random() < 0.5:
            self.folder_becomes(self.new())
        else:
            self.file_becomes(self.new(), alone=self.chance.random() < 0.3)
        return Happening(lambda: self.arrives(old), publishes=True)

    def file_becomes(self, stem: str, *, alone: bool) -> None:
        """The video has another name; all that begins with the old one goes along, unless it goes alone."""
        folder, old = self.video.parent, self.video.stem
        names = {path: path.with_name(path.name.replace(old, stem, 1)) for path in folder.glob(f"{old}*")}
        self.moves(names if not alone else {self.video: self.video.with_stem(stem)})

    async def arrives(self, old: Path) -> None:
        identity = Identity("Sintel", 2010, tmdb_id=TmdbId(SINTEL.tmdb_id), imdb_id=ImdbId(SINTEL.imdb_id))
        movie = await self.movie()
        if movie.tmdb_id != SINTEL.tmdb_id:
            identity = Identity(movie.title, movie.year, tmdb_id=TmdbId(movie.tmdb_id or 0), imdb_id=None)
        one = importing.import_of_path(self.runtime, self.video, identity)
        self.movie_id = await importing.record(self.runtime, [one], Priority.CRITICAL)
        await self.publish()
        await remove_old_names(self.runtime, self.movie_id, [old] if old != self.video else [])

    async def deletion(self) -> Happening:
        stays = self.chance.random() < 0.5
        if not stays and self.chance.random() < 0.7:
            self.video.unlink(missing_ok=True)
        return Happening(lambda: trash.trash_movie(self.runtime, self.movie_id, "it was deleted", files_stay=stays))

    async def restore(self) -> Happening:
        if not self.video.exists() and self.chance.random() < 0.7:
            self.video.parent.mkdir(exist_ok=True)
            self.video.write_bytes(b"a film")

        async def work() -> None:
            await restoring.bring_back(self.runtime, self.movie_id, must_be_in_trash=False)
            await self.publish()

        return Happening(work, publishes=True)
