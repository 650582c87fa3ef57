"""Whatever happens to a film, in whatever order: no byte that Metarr did not write is removed."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metarr_core.domain.ids import MovieId
from metarr_core.errors import NotFoundError, StateConflict, StorageUnavailable
from metarr_core.operations import cleaning
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.purging import Rules, purge_film
from metarr_core.operations.restoring import bring_back
from metarr_core.operations.trash import trash_movie
from metarr_core.operations.verifying import verify_movie
from metarr_core.runtime import Runtime
from tests.conftest import House
from tests.operations.films import known, sql
from tests.operations.offers import GOOD, encoded, offer, painting

NAME = "Sintel (2010)"
WE_WRITE_THERE = (f"{NAME}.nfo", f"{NAME}-poster.jpg", "poster.jpg", "movie.nfo")
WE_NEVER_WRITE_THERE = (f"{NAME}.en.srt", "holiday.jpg", f"{NAME}-trailer.mkv", "extras/clip.mkv")
THEIRS = (
    b"anything at all",
    b"",
    b"<movie><title>Mine</title><tag>mine</tag></movie>",
    encoded(painting("theirs", 300, 450)),
    encoded(painting("theirs too", 600, 900)),
)
VIDEO = b"a film"
EXPECTED = (NotFoundError, StateConflict, StorageUnavailable)
"""What a step may say that has nothing to do: it is not in the trash, its day has not come, there is no such film."""


def steps() -> st.SearchStrategy[list[tuple[str, ...]]]:
    """What may happen, as names of methods with their arguments."""
    theirs = st.tuples(
        st.just("they_write"), st.sampled_from(WE_WRITE_THERE + WE_NEVER_WRITE_THERE), st.sampled_from(range(len(THEIRS)))
    )
    ours = [("publish",), ("publish",), ("trash", True), ("trash", False), ("restore",), ("purge", True), ("purge", False)]
    others = [("clean",), ("verify",), ("they_take_the_video",), ("they_import",), ("they_choose_the_poster",)]
    return st.lists(st.one_of(theirs, st.sampled_from([*ours, *others])), min_size=2, max_size=12)


@dataclass
class World:
    """A film, and what others wrote beside it."""

    runtime: Runtime
    house: House
    movie_id: MovieId = field(init=False)
    theirs: dict[Path, bytes] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The film's folder."""
        return self.house.movies / NAME

    async def they_import(self) -> None:
        self.movie_id = await known(self.runtime, self.house)
        self.theirs[self.folder / f"{NAME}.mkv"] = VIDEO
        await offer(self.runtime, self.house, self.movie_id, {"good.jpg": GOOD})
        await download_artwork(self.runtime, self.movie_id)

    async def they_write(self, name: str, number: int) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(THEIRS[number])
        self.theirs[path] = THEIRS[number]

    async def they_take_the_video(self) -> None:
        video = self.folder / f"{NAME}.mkv"
        video.unlink(missing_ok=True)
        self.theirs.pop(video, None)

    async def they_choose_the_poster(self) -> None:
        await sql(self.runtime, "UPDATE asset_references SET source = 'user' WHERE type = 'poster' AND position = 0")

    async def publish(self) -> None:
        await publish_movie(self.runtime, self.movie_id)

    async def trash(self, files_stay: bool) -> None:  # noqa: FBT001
        await trash_movie(self.runtime, self.movie_id, "a test", files_stay=files_stay)

    async def restore(self) -> None:
        await bring_back(self.runtime, self.movie_id, must_be_in_trash=False)
        await publish_movie(self.runtime, self.movie_id)

    async def purge(self, is_early: bool) -> None:  # noqa: FBT001
        await purge_film(self.runtime, self.movie_id, Rules(later(31), is_early=is_early, is_confirmed=is_early))

    async def clean(self) -> None:
        await cleaning.send_off(self.runtime, await cleaning.orphans(self.runtime, later(4000)), later(4000))
        await cleaning.follow_all(self.runtime)

    async def verify(self) -> None:
        await verify_movie(self.runtime, self.movie_id, by_hash=True)

    def lost(self) -> Iterator[str]:
        """What others wrote and that is neither where they wrote it nor, where we write too, in the cache."""
        for path, data in self.theirs.items():
            stands_there = path.is_file() and path.read_bytes() == data
            is_kept = not data or self._is_cached(data)  # an empty file holds no byte
            if not stands_there and not (path.name in WE_WRITE_THERE and is_kept):
                yield str(path.relative_to(self.folder))

    def _is_cached(self, data: bytes) -> bool:
        digest = hashlib.sha256(data).hexdigest()
        found = (self.runtime.cache.root / "assets" / digest[:2] / digest[2:4]).glob(f"{digest}.*")
        return any(one.read_bytes() == data for one in found)

    async def begin(self) -> None:
        """Forget the world before, and have a film."""
        for folder in (self.house.movies, self.runtime.cache.root):
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        (self.house.movies / "Another (1999)").mkdir(parents=True)
        await sql(self.runtime, "TRUNCATE movies, cache_assets, library_files, ignored_paths, job_queue CASCADE")
        await self.they_import()


def later(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


@pytest.mark.long
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(story=steps())
async def test_no_byte_that_we_did_not_write_is_ever_removed(runtime, house, story):
    world = World(runtime, house)
    await world.begin()
    for name, *arguments in story:
        with contextlib.suppress(*EXPECTED):
            await getattr(world, name)(*arguments)
        assert list(world.lost()) == [], name


async def test_bytes_of_others_that_are_gone_are_missed(runtime, house):
    """The test above can fail."""
    world = World(runtime, house)
    await world.begin()
    await world.they_write("holiday.jpg", 0)
    await world.they_write("poster.jpg", 3)
    for name in ("holiday.jpg", "poster.jpg"):
        (world.folder / name).unlink()
    assert list(world.lost()) == ["holiday.jpg", "poster.jpg"]
