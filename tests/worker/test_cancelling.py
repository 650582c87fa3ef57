"""A user cancels runs in Prefect's page, each in another task: the work stops, and nothing is left of it."""

from __future__ import annotations

import asyncio

from deployments.demo.faults import Hold
from tests.stack.conftest import until
from tests.stack.test_bad_luck import database, exists, film, waits_for
from tests.worker.conftest import flow_run_of, working

TITLES = ("Cancelled In Record", "Cancelled In Download", "Cancelled In Write", "Cancelled In Notify")
STOPPED = "a user cancelled the run in Prefect; replay the event to try again"


async def test_a_run_can_be_cancelled_in_each_task(live, engine):
    """In probe and enrich too: those have tests of their own, beside this one."""
    record, download, write, _ = films = [film(live, 8101 + n, title) for n, title in enumerate(TITLES)]
    in_download, in_notify = Hold(asyncio.Event()), Hold(asyncio.Event())
    live.tmdb.faults.add(f"/t/p/.*/{download.tmdb_id}-posters", in_download)
    live.kodi.faults.add("/jsonrpc", in_notify)
    nfo = live.movies / f"{write.title} ({write.year})" / f"{write.title} ({write.year}).nfo"
    async with working(live, interactive=4), database(live) as blocker:
        await blocker.execute(
            "INSERT INTO movies (library_id, title, tmdb_id) SELECT id, 'x', %s FROM libraries LIMIT 1", [record.tmdb_id]
        )
        await blocker.execute(
            "INSERT INTO library_files (movie_id, kind, path, sha256, size, mtime_ns)"
            " SELECT id, 'nfo', %s, '', 0, 0 FROM movies LIMIT 1",
            [str(nfo)],
        )
        events = [(await live.import_film(one))[0] for one in films]
        await asyncio.wait_for(asyncio.gather(in_download.arrived.wait(), in_notify.arrived.wait()), 90)
        await until(lambda: waits_for(blocker, 2), "two runs wait for rows", 60)
        run_ids = [await flow_run_of(live, event_id) for event_id in events]
        for run_id in run_ids:
            await engine.cancel(run_id)
        for run_id in run_ids:
            await engine.in_state(run_id, "CANCELLED", seconds=20)
        await blocker.rollback()
        ended = [await live.ended(event_id) for event_id in events]
    for hold in (in_download, in_notify):
        hold.event.set()
    live.tmdb.faults.clear()
    live.kodi.faults.clear()
    assert [(event["status"], event["error"]) for event in ended] == [("failed", STOPPED)] * len(films)
    assert list(live.movies.rglob(".metarr-*")) == []
    assert list((live.settings.paths.cache / "incoming").iterdir()) == []
    assert not await exists(nfo)


async def test_a_chunk_of_many_films_can_be_cancelled_and_asked_for_again(live, engine):
    films = [film(live, 8151 + n, f"Cancelled In A Chunk {n}") for n in range(2)]
    hold = Hold(asyncio.Event())
    async with working(live):
        for one in films:
            await live.ended((await live.import_film(one))[0])
        live.tmdb.faults.add(f"/3/movie/({'|'.join(str(one.tmdb_id) for one in films)})", hold)
        chunk = {"movie_ids": [(await live.movie(one))["id"] for one in films], "force": True}
        await engine.start_deployment("enrich-media", **chunk)
        await asyncio.wait_for(hold.arrived.wait(), 60)
        (job,) = (await live.get("jobs", status="running"))["items"]
        await engine.cancel(job["flow_run_id"])
        await engine.in_state(job["flow_run_id"], "CANCELLED", seconds=20)
        await until(lambda: has_status(live, job, "failed"), "its job has failed", 20)
        hold.event.set()
        live.tmdb.faults.clear()
        assert list(live.movies.rglob(".metarr-*")) == []
        assert list((live.settings.paths.cache / "incoming").iterdir()) == []
        await engine.start_deployment("enrich-media", **chunk)
        await until(lambda: all_enriched_again(live, job), "the chunk was done when it was asked for again", 60)


async def has_status(live, job, status: str) -> bool:
    rows = (await live.get("jobs", status=status, page_size=500))["items"]
    return job["id"] in {row["id"] for row in rows}


async def all_enriched_again(live, job) -> bool:
    rows = (await live.get("jobs", status="completed", page_size=500))["items"]
    return any(row["id"] > job["id"] and row["job_type"] == job["job_type"] for row in rows)
