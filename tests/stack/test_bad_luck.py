"""Things that die in the middle. When everything is back, every film is complete, once, and nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg

from deployments.demo.clips import write_clip
from deployments.demo.faults import Hold
from deployments.demo.film import Film
from deployments.demo.films import TEARS_OF_STEEL
from deployments.demo.house import radarr_download
from deployments.demo.proof import shortcomings
from deployments.processes import descendants
from metarr_core.db.embedded import EmbeddedPostgres
from tests.stack.conftest import LiveHouse, is_alive, until


def film(live: LiveHouse, number: int, title: str) -> Film:
    """A film of its own, which the providers know too."""
    one = replace(TEARS_OF_STEEL, tmdb_id=number, imdb_id=f"tt{number:07d}", title=title)
    live.tmdb.films[number] = live.fanart_tv.films[number] = one
    return one


async def assert_all_is_well(live: LiveHouse, films: dict[Film, tuple[int, Path]], seconds: float = 120) -> None:
    for one, (event_id, video) in films.items():
        event = await live.ended(event_id, seconds)
        assert (one.title, event["status"], event["error"]) == (one.title, "done", None)
        assert shortcomings(one, video, await live.movie(one), live.kodi) == []
        assert len([row for row in live.kodi.library.movies.values() if row.file == video]) == 1
    rows = (await live.get("movies", page_size=500))["items"]
    assert len({row["tmdb_id"] for row in rows}) == len(rows)
    assert (await live.get("jobs", status="running"))["items"] == []
    assert list(live.movies.rglob(".metarr-*")) == []
    assert list((live.settings.paths.cache / "incoming").iterdir()) == []


@asynccontextmanager
async def database(live: LiveHouse) -> AsyncIterator[psycopg.AsyncConnection]:
    url = EmbeddedPostgres(live.settings.paths.data_dir).url(driver="postgresql")
    async with await psycopg.AsyncConnection.connect(url) as connection:
        yield connection


async def test_a_worker_killed_in_each_task_costs_nothing(live):
    titles = ("Held In Record", "Held In Probe", "Held In Enrich", "Held In Download", "Held In Write", "Held In Notify")
    record, probe, enrich, download, write, _ = films = [film(live, 7001 + n, title) for n, title in enumerate(titles)]
    in_enrich, in_download, in_notify = Hold(asyncio.Event()), Hold(asyncio.Event()), Hold(asyncio.Event())
    live.tmdb.faults.add(f"/3/movie/{enrich.tmdb_id}", in_enrich)
    live.tmdb.faults.add(f"/t/p/.*/{download.tmdb_id}-posters", in_download)
    live.kodi.faults.add("/jsonrpc", in_notify)
    probe_folder = live.movies / f"{probe.title} ({probe.year})"
    probe_folder.mkdir()
    (probe_folder / "hold").touch()
    async with database(live) as blocker:
        await blocker.execute(
            "INSERT INTO movies (library_id, title, tmdb_id) SELECT id, 'x', %s FROM libraries LIMIT 1", [record.tmdb_id]
        )
        nfo = live.movies / f"{write.title} ({write.year})" / f"{write.title} ({write.year}).nfo"
        await blocker.execute(
            "INSERT INTO library_files (movie_id, kind, path, sha256, size, mtime_ns)"
            " SELECT id, 'nfo', %s, '', 0, 0 FROM movies LIMIT 1",
            [str(nfo)],
        )
        sent = {one: await live.import_film(one) for one in films}
        await asyncio.wait_for(asyncio.gather(*(hold.arrived.wait() for hold in (in_enrich, in_download, in_notify))), 90)
        await until(lambda: waits_for(blocker, 2), "two runs wait for rows", 60)
        await until(lambda: exists(probe_folder / "held"), "one run is in ffprobe", 60)
        kill_with_children(live, "worker-interactive")
        await blocker.rollback()
    for hold in (in_enrich, in_download, in_notify):
        hold.event.set()
    (probe_folder / "hold").unlink()
    await assert_all_is_well(live, sent)
    live.tmdb.faults.clear()
    live.kodi.faults.clear()
    jobs = (await live.get("jobs", page_size=500))["items"]
    assert {job["attempts"] for job in jobs if job["title"].startswith("Held In")} == {2}


async def waits_for(connection: psycopg.AsyncConnection, number: int) -> bool:
    """Within a transaction, PostgreSQL shows what it saw first until it is told to look again."""
    await connection.execute("SELECT pg_stat_clear_snapshot()")
    cursor = await connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    )
    (found,) = await cursor.fetchone()
    return found >= number


async def exists(path: Path) -> bool:
    return await asyncio.to_thread(path.exists)


def kill_with_children(live: LiveHouse, name: str) -> None:
    pid = live.stack.children[name].process.pid
    for one in (*descendants(pid), pid):
        with contextlib.suppress(ProcessLookupError):  # it may have gone with the one before
            os.kill(one, signal.SIGKILL)


async def test_events_are_taken_in_while_prefect_is_down_and_worked_off_when_it_is_back(live):
    server = live.stack.children["prefect-server"]
    await server.stop()
    films = {
        one: await live.import_film(one) for one in (film(live, 7101, "Engine Down"), film(live, 7102, "Engine Down Too"))
    }

    async def claimed() -> bool:
        running = (await live.get("jobs", status="running"))["items"]
        return len(running) == 2 and all(job["flow_run_id"] is None for job in running)

    await until(claimed, "both jobs are claimed, but nobody runs them", 20)
    await server.start()
    await assert_all_is_well(live, films)


async def test_a_database_that_restarts_in_the_middle_costs_nothing(live):
    hold = Hold(asyncio.Event())
    one = film(live, 7201, "Database Restarts")
    live.tmdb.faults.add(f"/3/movie/{one.tmdb_id}", hold)
    sent = {one: await live.import_film(one)}
    await asyncio.wait_for(hold.arrived.wait(), 60)
    os.kill(postmaster(live), signal.SIGKILL)
    answers = [await live.web.post("/webhooks/radarr/radarr", json={"eventType": "Health", "n": n}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    hold.event.set()

    async def back() -> bool:
        return (await live.web.get("/health/ready")).is_success

    await until(back, "the database is back", 60)
    live.tmdb.faults.clear()
    await assert_all_is_well(live, sent)

    async def taken_in() -> bool:
        return len(list((live.settings.paths.data_dir / "spool").glob("*.webhook"))) == 0

    await until(taken_in, "nothing waits in the spool")
    stored = (await live.get("webhook-events", status="ignored", page_size=500))["items"]
    assert len([event for event in stored if event["event_type"] == "Health"]) == 3


def postmaster(live: LiveHouse) -> int:
    return int((live.settings.paths.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


async def test_a_dispatcher_killed_with_runs_under_way_finds_them_again(live):
    hold = Hold(asyncio.Event())
    one, other = film(live, 7301, "Dispatcher Dies"), film(live, 7302, "Dispatcher Dies Too")
    live.tmdb.faults.add(f"/3/movie/{one.tmdb_id}", hold)
    sent = {one: await live.import_film(one)}
    await asyncio.wait_for(hold.arrived.wait(), 60)
    kill_with_children(live, "dispatcher")
    sent[other] = await live.import_film(other)
    hold.event.set()
    await assert_all_is_well(live, sent)
    live.tmdb.faults.clear()
    jobs = (await live.get("jobs", page_size=500))["items"]
    assert {job["attempts"] for job in jobs if job["title"].startswith("Dispatcher Dies")} == {1}


async def test_when_the_nursery_is_killed_all_that_it_forked_is_forked_anew(live):
    hold = Hold(asyncio.Event())
    one, other = film(live, 7351, "Nursery Dies"), film(live, 7352, "Nursery Dies Too")
    live.tmdb.faults.add(f"/3/movie/{one.tmdb_id}", hold)
    sent = {one: await live.import_film(one)}
    await asyncio.wait_for(hold.arrived.wait(), 60)
    parts = ("web", "dispatcher", "players", "worker-interactive", "worker-background")
    before = {name: live.stack.children[name].process.pid for name in parts}
    nursery = live.stack.nursery.pid
    os.kill(nursery, signal.SIGKILL)

    async def back() -> bool:
        others = all(live.stack.children[name].process.pid != pid for name, pid in before.items())
        with contextlib.suppress(httpx.TransportError):
            return others and (await live.web.get("/health/ready")).is_success
        return False

    await until(back, "everything is back", 60)
    live.tmdb.faults.clear()
    hold.event.set()
    assert live.stack.nursery.pid != nursery
    sent[other] = await live.import_film(other)
    await assert_all_is_well(live, sent)

    async def gone() -> bool:
        return not any(is_alive(pid) for pid in (nursery, *before.values()))

    await until(gone, "nobody of before is left", 60)


async def test_a_file_that_comes_late_is_waited_for(live):
    one = film(live, 7401, "Comes Late")
    folder = live.movies / f"{one.title} ({one.year})"
    folder.mkdir()
    video = await asyncio.to_thread(write_clip, folder / f"{folder.name}.mkv", seconds=1, title=one.title)
    webhook = radarr_download(one, f"/data/movies/{folder.name}", video)
    hidden = video.rename(folder / "hidden")
    event_id = await live.tell(webhook)

    async def waiting() -> bool:
        event = await live.get(f"webhook-events/{event_id}")
        return event["status"] == "pending" and "not there yet" in (event["error"] or "")

    await until(waiting, "the event waits for its file", 60)
    hidden.rename(video)
    await assert_all_is_well(live, {one: (event_id, video)})
