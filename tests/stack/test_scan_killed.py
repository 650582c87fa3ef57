"""A scan that is killed with its worker, whatever it was at, and one that finds another at work. No film is there twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from deployments.demo.clips import write_clip
from deployments.demo.faults import Hold
from deployments.demo.film import Film
from deployments.demo.films import NOSFERATU
from metarr_core.db.locks import lock_id
from metarr_core.db.scans import INTERRUPTED
from tests.stack.conftest import LiveHouse, until
from tests.stack.test_bad_luck import database, exists, kill_with_children
from tests.stack.test_trash_in_stack import job_ended

TITLES = {
    "look": ("The Copper Gate", "The Silver Gate"),
    "record": ("The Copper Bridge", "The Silver Bridge"),
    "probe": ("The Copper Tower", "The Silver Tower"),
    "identify": ("The Copper Harbour", "The Silver Harbour"),
    "enrich": ("The Copper Meadow", "The Silver Meadow"),
}
LOCKS = {"look": "ignored_paths IN ACCESS EXCLUSIVE MODE", "record": "movies IN SHARE ROW EXCLUSIVE MODE"}
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s"
STATEMENTS = {"look": "SELECT ignored_paths.path%", "record": "INSERT INTO movies%"}


def films_of(live: LiveHouse, phase: str) -> list[tuple[Film, Path]]:
    """Two films in a folder of their own, which the providers know."""
    made = []
    for at, title in enumerate(TITLES[phase]):
        number = 930_000 + 10 * list(TITLES).index(phase) + at
        one = replace(NOSFERATU, tmdb_id=number, imdb_id=f"tt0{number}", title=title, original_title=title, translations=())
        live.tmdb.films[number] = live.fanart_tv.films[number] = one
        place = live.movies / f"killed in {phase}" / f"{title} ({one.year})"
        place.mkdir(parents=True)
        made.append((one, write_clip(place / f"{place.name}.mkv", seconds=1, title=title)))
    return made


@asynccontextmanager
async def held_in_database(live: LiveHouse, phase: str) -> AsyncIterator[Callable[[], object]]:
    async with database(live) as blocker, database(live) as watcher:
        await blocker.execute(f"LOCK TABLE {LOCKS[phase]}")

        async def is_there() -> bool:
            cursor = await watcher.execute(WAITING, [STATEMENTS[phase]])
            (found,) = await cursor.fetchone()
            await watcher.rollback()
            return found > 0

        yield is_there
        await blocker.rollback()


@asynccontextmanager
async def held_in_probe(live: LiveHouse, films: list[tuple[Film, Path]]) -> AsyncIterator[Callable[[], object]]:
    folder = films[0][1].parent
    (folder / "hold").touch()
    yield lambda: exists(folder / "held")
    (folder / "hold").unlink()


@asynccontextmanager
async def held_by_provider(live: LiveHouse, path: str) -> AsyncIterator[Callable[[], object]]:
    hold = Hold(asyncio.Event())
    live.tmdb.faults.add(path, hold)

    async def is_there() -> bool:
        return hold.arrived.is_set()

    yield is_there
    hold.event.set()
    live.tmdb.faults.clear()


def held(live: LiveHouse, phase: str, films: list[tuple[Film, Path]]) -> AbstractAsyncContextManager[Callable[[], object]]:
    """Keep the scan in a phase; gives what tells whether it has got there."""
    if phase in LOCKS:
        return held_in_database(live, phase)
    if phase == "probe":
        return held_in_probe(live, films)
    wanted = "/3/search/movie" if phase == "identify" else f"/t/p/.*/{films[0][0].tmdb_id}-posters"
    return held_by_provider(live, wanted)


async def ask_to_scan(live: LiveHouse, folder: Path) -> int:
    (library,) = (await live.get("libraries"))["items"]
    answer = await live.web.post(f"/api/v1/libraries/{library['id']}/scan", json={"path": str(folder)})
    return answer.raise_for_status().json()["job_id"]


@pytest.mark.long
@pytest.mark.parametrize("phase", list(TITLES))
async def test_a_scan_that_is_killed_goes_on_where_it_was(live, phase):
    films = films_of(live, phase)
    folder = films[0][1].parents[1]
    async with held(live, phase, films) as is_there:
        job_id = await ask_to_scan(live, folder)
        await until(is_there, f"it is at '{phase}'", 90)
        kill_with_children(live, "worker-background")
    job = await job_ended(live, job_id, 200)
    assert (job["status"], job["error_message"]) == ("completed", None)
    if phase != "enrich":
        assert job["attempts"] == 2
        newest, before = (await live.get("scans"))["items"][:2]
        assert (newest["status"], before["status"], before["why"]) == ("completed", "failed", INTERRUPTED)

    async def all_whole() -> list[dict[str, object]] | None:
        rows = [one for one in (await live.get("movies", page_size=500))["items"] if str(folder) in str(one["file_path"])]
        done = [one for one in rows if one["identification_status"] == "enriched"]
        written = [*folder.glob("*/*.nfo"), *folder.glob("*/*-poster.jpg")]
        return rows if len(done) == len(films) and len(written) == 2 * len(films) else None

    rows = await until(all_whole, "both films are whole", 180)
    assert sorted(one["tmdb_id"] for one in rows) == [film.tmdb_id for film, _ in films]
    await job_ended(live, await ask_to_scan(live, folder))
    (newest, *_) = (await live.get("scans"))["items"]
    assert (newest["total_items"], newest["added_items"], newest["updated_items"], newest["removed_items"]) == (2, 0, 0, 0)


async def test_a_scan_that_finds_another_of_its_library_at_work_says_so_and_waits(live):
    folder = live.movies / "scanned twice"
    folder.mkdir()
    async with database(live) as other:
        await other.execute("SELECT pg_advisory_lock(%s)", [lock_id("scan:Movies")])
        job_id = await ask_to_scan(live, folder)

        async def waits() -> dict[str, object] | None:
            job = next(row for row in (await live.get("jobs", page_size=500))["items"] if row["id"] == job_id)
            return job if job["error_message"] else None

        job = await until(waits, "the scan says why it waits", 60)
        assert "something else works on scan:Movies right now" in str(job["error_message"])
        assert job["status"] == "pending"
    assert (await job_ended(live, job_id))["status"] == "completed"
