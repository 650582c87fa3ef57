"""A film, and all that may happen to it: by users, by other programs, by Radarr, by providers and by Metarr itself.

A happening is work that may be killed and done again, what follows for the simple model, and whether it publishes. The model
knows what is locked, with its value; what others wrote; and which of their changes of our files nobody has seen yet.
"""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.db import artwork, history, library_files, movies, replacements
from metarr_core.db.tables.movies import Movie
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.editing import read_edit
from metarr_core.domain.field_values import from_json
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.locks import EDITABLE
from metarr_core.domain.metadata import Identity, Metadata, Who
from metarr_core.domain.replacement import Source, Wish
from metarr_core.operations import choosing, editing, importing, restoring, staging, trash, undoing
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.operations.old_names import remove_old_names
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.rebuilding import rebuild_movie
from metarr_core.operations.replacing import replace_artwork
from metarr_core.operations.scanning import Scope
from metarr_core.operations.verifying import verify_movie
from metarr_core.runtime import Runtime
from tests.conftest import House
from tests.operations.films import known, sql
from tests.operations.offers import encoded, offer
from tests.operations.scans import scan

FIELDS = ("title", "plot", "tagline", "genres", "studios", "actors", "collection", "release_date", "crew")
KINDS = (ArtworkType.POSTER, ArtworkType.FANART)
LOCKABLE = (*FIELDS, *KINDS)
EVERYTHING = Scope("Movies", confirmed=True)

Work = Callable[[], Awaitable[object]]
Values = dict[str, Any]


async def nothing() -> None:
    """There is nothing to do."""


@dataclass
class Happening:
    """What happens, and what follows from it."""

    work: Work = nothing
    then: Work = nothing
    publishes: bool = False
    chooses: ArtworkType | None = None
    """The type of artwork that a person chooses: older than this word is what others changed of it."""


def picture(seed: str, width: int = 600, height: int = 900) -> bytes:
    """A picture that looks like no other."""
    chance = random.Random(seed)
    image = Image.new("RGB", (width, height), tuple(chance.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = chance.randrange(width), chance.randrange(height)
        box = (x, y, x + chance.randrange(width // 2), y + chance.randrange(height // 2))
        draw.rectangle(box, tuple(chance.randrange(256) for _ in range(3)))
    return encoded(image, chance.choice(("JPEG", "PNG")))


@dataclass
class Life:
    """A film's life so far."""

    runtime: Runtime
    house: House
    chance: random.Random = field(default_factory=random.Random)
    movie_id: MovieId = field(init=False)
    video: Path = field(init=False)
    locked: dict[str, Any] = field(default_factory=dict)
    theirs: list[bytes] = field(default_factory=list)
    unseen: dict[Path, bytes] = field(default_factory=dict)
    """Changes by others of files of ours that no publishing has seen so far."""
    rivals: dict[Path, bytes] = field(default_factory=dict)
    """Pictures that others put beside ours under the same name with another ending, and that nobody has seen so far."""
    said: dict[str, Any] = field(default_factory=dict)
    """What a user said last, as it was recorded."""
    number: int = 0

    async def begin(self) -> None:
        """The film comes, is enriched and published."""
        self.movie_id = await known(self.runtime, self.house)
        self.video = self.house.folder(SINTEL) / "Sintel (2010).mkv"
        await self.filled()

    async def filled(self) -> None:
        await enrich_movie(self.runtime, self.movie_id)
        await download_artwork(self.runtime, self.movie_id)
        await self.publish()

    async def publish(self) -> None:
        await publish_movie(self.runtime, self.movie_id)

    def new(self) -> str:
        self.number += 1
        return f"value {self.number}"

    # What is known of the film.

    async def movie(self) -> Movie:
        async with self.runtime.database.transaction() as session:
            return await movies.get(session, self.movie_id)

    async def values(self) -> Values:
        """What counts now, of every field and every type of artwork."""
        async with self.runtime.database.transaction() as session:
            metadata = await movies.read_metadata(session, await movies.get(session, self.movie_id))
            pictures = await artwork.chosen(session, self.movie_id)
        of_types = {kind: [(one.position, one.content_hash) for one in pictures if one.type == kind] for kind in ArtworkType}
        return {name: metadata.value(name) for name in EDITABLE} | of_types

    async def ledger(self) -> dict[Path, str | None]:
        async with self.runtime.database.transaction() as session:
            return {Path(one.path): one.artwork_type for one in await library_files.entries_of(session, self.movie_id)}

    async def is_said(self) -> None:
        """What the user said is locked."""
        self.locked |= self.said

    def lets_go(self, *names: str) -> None:
        for name in names:
            self.locked.pop(name, None)

    # What users do. Each request is answered, or is made once more.

    async def user_edits(self) -> Happening:
        name, text = self.chance.choice(FIELDS), self.new()
        value = {
            "genres": self.chance.choice([[text], []]),
            "studios": [],
            "actors": [{"name": text}],
            "release_date": f"19{self.chance.randrange(10, 99)}-01-02",
            "crew": [{"name": text, "job": "Director"}],
        }.get(name, text)
        edit = read_edit(json.dumps({name: value if name == "title" else self.chance.choice([value, value, None])}).encode())

        async def work() -> None:
            async with self.runtime.database.transaction() as session:
                await editing.edit(session, self.movie_id, edit)
            self.said = {name: (await self.values())[name]}
            await self.publish()

        return Happening(work, self.is_said, publishes=True)

    async def user_locks(self) -> Happening:
        name, does = self.chance.choice(LOCKABLE), self.chance.choice((editing.lock, editing.unlock))
        before = await self.values()

        async def work() -> None:
            async with self.runtime.database.transaction() as session:
                await does(session, self.movie_id, [name])
            await self.publish()

        async def then() -> None:
            if does is editing.lock:
                self.locked[name] = before[name] if name not in self.locked else self.locked[name]
            else:
                self.lets_go(name)

        return Happening(work, then, publishes=True)

    async def user_undoes_a_change(self) -> Happening:
        changes = await sql(self.runtime, "SELECT id FROM activity_log WHERE event_type = 'movie.changed'")
        if not changes:
            return Happening()
        async with self.runtime.database.transaction() as session:
            change = await history.get(session, self.movie_id, self.chance.choice(changes).id)
        name = self.chance.choice(sorted(change.before))

        async def work() -> None:
            async with self.runtime.database.transaction() as session:
                await editing.undo(session, self.movie_id, change.id, name)
            await self.publish()

        async def then() -> None:
            if change.who is not Who.USER or name in change.locked:
                self.locked[name] = from_json({name: change.before[name]}).value(name)
            else:
                self.lets_go(name)

        return Happening(work, then, publishes=True)

    async def user_uploads(self) -> Happening:
        kind = self.chance.choice(KINDS)
        data = picture(self.new(), 1300, 1500)
        wish = Wish(self.movie_id, kind, Source.UPLOAD, position=await self.a_place(kind), allow_similar=True)

        async def work() -> None:
            file = staging.draft(self.runtime)
            file.write_bytes(data)
            await self.replaces(await staging.stage_upload(self.runtime, wish, file))

        async def then() -> None:
            self.theirs.append(data)
            await self.is_said()

        return Happening(work, then, publishes=True, chooses=kind)

    async def replaces(self, wish: Wish) -> None:
        await replace_artwork(self.runtime, wish)
        self.said = {wish.type: (await self.values())[wish.type]}
        assert self.said[wish.type][wish.position] == (wish.position, wish.sha256)
        await self.publish()

    async def a_place(self, kind: ArtworkType) -> int:
        return self.chance.randint(0, len((await self.values())[kind])) if kind is ArtworkType.FANART else 0

    async def user_chooses_a_candidate(self) -> Happening:
        kind = self.chance.choice(KINDS)
        offered = await sql(
            self.runtime,
            "SELECT id FROM asset_candidates WHERE type = :kind AND NOT blocked AND failed_reason IS NULL ORDER BY url",
            kind=kind,
        )
        if not offered:
            return Happening()
        number, place = self.chance.choice(offered).id, await self.a_place(kind)
        wish = Wish(self.movie_id, kind, Source.CANDIDATE, candidate_id=number, position=place, allow_similar=True)

        async def work() -> None:
            await self.replaces(await staging.stage_candidate(self.runtime, wish))

        return Happening(work, self.is_said, publishes=True, chooses=kind)

    async def user_takes_a_picture_back(self) -> Happening:
        kind = self.chance.choice(KINDS)
        async with self.runtime.database.transaction() as session:
            changes = await replacements.changes(session, self.movie_id, kind, 5)
        if not changes:
            return Happening()
        change = self.chance.choice(changes)
        before = change.details["before"]

        async def work() -> None:
            await undoing.undo(self.runtime, self.movie_id, kind, change.id)
            self.said = {kind: (await self.values())[kind]}
            places = dict(self.said[kind])
            assert places.get(change.details["position"]) == (before and before["content_hash"])
            await self.publish()

        async def then() -> None:
            self.lets_go(kind)
            if change.details["was_locked"]:
                await self.is_said()

        return Happening(work, then, publishes=True, chooses=kind)

    async def user_lets_metarr_choose(self) -> Happening:
        kind, blocks = self.chance.choice(KINDS), self.chance.random() < 0.5
        refused = self.chance.choice((await self.urls(kind)) or [""])

        async def work() -> None:
            if blocks:
                await self.block(kind, refused)
            await undoing.choose_again(self.runtime, self.movie_id, kind)
            await self.publish()

        async def then() -> None:
            self.lets_go(kind)
            assert not blocks or refused not in await self.urls(kind)

        return Happening(work, then, publishes=True, chooses=kind)

    async def urls(self, kind: ArtworkType) -> list[str]:
        """The addresses of what providers offered and the film has."""
        found = await sql(
            self.runtime,
            "SELECT url FROM asset_references WHERE type = :kind AND source = 'provider' AND url IN "
            "(SELECT url FROM asset_candidates WHERE type = :kind) ORDER BY position",
            kind=kind,
        )
        return [one.url for one in found]

    async def block(self, kind: ArtworkType, url: str) -> None:
        async with self.runtime.database.transaction() as session:
            candidate = await replacements.candidate_at(session, self.movie_id, kind, url)
            if candidate is not None:
                await replacements.block(session, candidate, is_blocked=True)

    async def user_names_a_film(self) -> Happening:
        film = self.chance.choice((NOSFERATU, SINTEL))

        async def work() -> None:
            await choosing.choose_film(self.runtime, self.movie_id, TmdbId(film.tmdb_id))
            await self.filled()

        return Happening(work, publishes=True)

    # What automation does.

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
        return Happening(lambda: verify_movie(self.runtime, self.movie_id, by_hash=by_hash), publishes=True)

    async def restore_library(self) -> Happening:
        """After the disk was lost, with all that is in the film's folder but what others put there."""
        for path in await self.ledger():
            self.they_remove(path)
        return Happening(lambda: rebuild_movie(self.runtime, self.movie_id), publishes=True)

    async def scan(self) -> Happening:
        return Happening(self.scans, publishes=True)

    async def scans(self) -> None:
        await scan(self.runtime, EVERYTHING)
        await verify_movie(self.runtime, self.movie_id)

    async def is_home(self) -> bool:
        """Whether the film is shown, with a video that is there."""
        known = await sql(
            self.runtime,
            "SELECT 1 FROM movie_files f JOIN movies m ON m.id = f.movie_id "
            "WHERE path = :path AND missing_since IS NULL AND trashed_at IS NULL",
            path=str(self.video),
        )
        return bool(known) and self.video.exists()

    # What Radarr does.

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

    # What other people and programs do to the library.

    async def somebody_moves_it(self) -> Happening:
        """The film's folder gets another name, with all that is in it, and a scan follows."""
        if self.video.exists():
            new = self.video.parent.with_name(self.new())
            self.video.parent.rename(new)
            for changes in (self.unseen, self.rivals):
                moved = {new / path.name: data for path, data in changes.items() if path.parent == self.video.parent}
                changes.clear()
                changes.update(moved)
            self.video = new / self.video.name
        return Happening(self.scans, publishes=True)

    async def somebody_changes_a_picture(self) -> Happening:
        paths = sorted(path for path, kind in (await self.ledger()).items() if kind and path.parent.exists())
        if paths:
            self.they_write(self.chance.choice(paths), picture(self.new(), 500, 750))
        return Happening()

    async def somebody_edits_the_nfo(self) -> Happening:
        paths = [path for path, kind in (await self.ledger()).items() if kind is None and path.parent.exists()]
        if paths:
            self.they_write(self.chance.choice(paths), f"<movie><tagline>{self.new()}</tagline></movie>".encode())
        return Happening()

    async def somebody_adds_a_file(self) -> Happening:
        """Where Metarr may want to write one day, or never does."""
        names = ("-poster.png", "-poster.jpg", "-clearart.png", ".nfo", ".en.srt", "-trailer.mkv")
        path = self.video.with_name(f"{self.video.stem}{self.chance.choice(names)}")
        ledger = await self.ledger()
        is_ours = path in ledger
        if path.parent.exists() and not path.exists():
            content = picture(self.new(), 300, 450) if path.suffix in {".png", ".jpg"} else self.new().encode()
            self.they_write(path, content)
            if not is_ours:
                self.unseen.pop(path)
            if any(kind and path != one and path.stem == one.stem for one, kind in ledger.items()):
                self.rivals[path] = content
        return Happening()

    async def a_backup_comes_back(self) -> Happening:
        """A picture of a provider that we published in earlier days."""
        paths = sorted(path for path, kind in (await self.ledger()).items() if kind and path.parent.exists())
        once = await sql(
            self.runtime,
            "SELECT file_path FROM cache_assets WHERE NOT is_original AND mime LIKE 'image/%' ORDER BY content_hash",
        )
        if paths and once:
            path = self.chance.choice(paths)
            self.they_remove(path)
            path.write_bytes(self.runtime.cache.path(self.chance.choice(once).file_path).read_bytes())
        return Happening()

    async def a_file_is_damaged(self) -> Happening:
        paths = sorted(path for path in await self.ledger() if path.parent.exists())
        if paths:
            path = self.chance.choice(paths)
            self.they_remove(path)
            path.write_bytes(self.chance.choice((b"", b"\0" * 40)))
        return Happening()

    async def a_file_goes(self) -> Happening:
        paths = sorted(await self.ledger())
        if paths:
            self.they_remove(self.chance.choice(paths))
        return Happening()

    def they_write(self, path: Path, data: bytes) -> None:
        self.they_remove(path)
        path.write_bytes(data)
        self.theirs.append(data)
        self.unseen[path] = data

    def they_remove(self, path: Path) -> None:
        """What they remove themselves before any of us could see it is no loss of ours."""
        if path.exists():
            data = path.read_bytes()
            if data not in self.cached():
                self.theirs = [one for one in self.theirs if one != data]
            path.unlink()
        self.unseen.pop(path, None)
        self.rivals.pop(path, None)

    def cached(self) -> set[bytes]:
        folder = self.runtime.cache.root / "assets"
        return {path.read_bytes() for path in folder.rglob("*") if path.is_file()}
