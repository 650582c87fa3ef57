"""A film's life: what has become of it, and what a simple model knows of it.

A happening is work that may be killed and done again, what follows for the simple model, and whether it publishes. The model
knows what is locked, with its value; what others wrote; and which of their changes of our files nobody has seen yet.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from deployments.demo.films import SINTEL
from metarr_core.db import artwork, library_files, movies
from metarr_core.db.tables.movies import Movie
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import MovieId
from metarr_core.domain.locks import EDITABLE
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.scanning import Scope
from metarr_core.operations.verifying import verify_movie
from metarr_core.runtime import Runtime
from tests.conftest import House
from tests.operations.films import known, sql
from tests.operations.offers import encoded
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
    needs_video: bool = False
    """Whether it looks at nothing of a film whose video is not there."""


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
    foreign_edit: str = "adopt"
    """What the settings say of changes by others."""
    chance: random.Random = field(default_factory=random.Random)
    movie_id: MovieId = field(init=False)
    video: Path = field(init=False)
    locked: dict[str, Any] = field(default_factory=dict)
    theirs: list[bytes] = field(default_factory=list)
    unseen: dict[Path, bytes] = field(default_factory=dict)
    """Changes by others of files of ours that no publishing has seen so far."""
    rivals: dict[Path, bytes] = field(default_factory=dict)
    """Pictures that others put beside ours under the same name with another ending, and that nobody has seen so far."""
    left: dict[Path, bytes] = field(default_factory=dict)
    """Changes by others that a publishing has seen and left as they are."""
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

    async def scans(self) -> None:
        await scan(self.runtime, EVERYTHING)
        await verify_movie(self.runtime, self.movie_id)

    def new(self) -> str:
        self.number += 1
        return f"value {self.number}"

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

    async def is_as_written(self, path: Path, data: bytes) -> bool:
        """Whether these are the bytes that we wrote there last."""
        same = {"path": str(path), "sha256": hashlib.sha256(data).hexdigest()}
        return bool(await sql(self.runtime, "SELECT 1 FROM library_files WHERE path = :path AND sha256 = :sha256", **same))

    async def is_said(self) -> None:
        """What the user said is locked."""
        self.locked |= self.said

    def lets_go(self, *names: str) -> None:
        for name in names:
            self.locked.pop(name, None)

    async def is_home(self) -> bool:
        """Whether the film is shown, with a video that is there."""
        known = await sql(
            self.runtime,
            "SELECT 1 FROM movie_files f JOIN movies m ON m.id = f.movie_id "
            "WHERE path = :path AND missing_since IS NULL AND trashed_at IS NULL",
            path=str(self.video),
        )
        return bool(known) and self.video.exists()

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
        for changes in (self.unseen, self.rivals, self.left):
            changes.pop(path, None)

    def folder_becomes(self, name: str) -> None:
        """The film's folder has another name, with all that is in it."""
        old = self.video.parent
        new = old.rename(old.with_name(name))
        self.moved({old / path.name: path for path in new.iterdir()})

    def moves(self, names: Mapping[Path, Path]) -> None:
        """Files have other names."""
        for old, new in names.items():
            old.rename(new)
        self.moved(names)

    def moved(self, names: Mapping[Path, Path]) -> None:
        """What is known of files is known of them under their other names."""
        self.video = names.get(self.video, self.video)
        for changes in (self.unseen, self.rivals, self.left):
            known = {names.get(path, path): data for path, data in changes.items()}
            changes.clear()
            changes.update(known)

    def cached(self) -> set[bytes]:
        folder = self.runtime.cache.root / "assets"
        return {path.read_bytes() for path in folder.rglob("*") if path.is_file()}
