"""Runs that are cancelled, lost or too long, and workers that are stopped or killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path

from deployments.demo.faults import Hold
from tests.stack.conftest import is_alive, until
from tests.stack.test_bad_luck import assert_all_is_well, exists, film
from tests.worker.conftest import FINAL, below, ended, flow_run_of, nothing_left, pid_of, terminate, working


async def test_cancelling_a_run_stops_its_work(live, engine):
    one, hold = film(live, 8001, "Cancelled In Enrich"), Hold(asyncio.Event())
    live.tmdb.faults.add(f"/3/movie/{one.tmdb_id}", hold)
    async with working(live):
        event_id, video = await live.import_film(one)
        await asyncio.wait_for(hold.arrived.wait(), 60)
        run_id = await flow_run_of(live, event_id)
        await engine.cancel(run_id)
        state = await engine.in_state(run_id, "CANCELLED", seconds=10)
        event = await live.ended(event_id)
        hold.event.set()
        live.tmdb.faults.clear()
    assert "a user cancelled the run" in state["message"]
    assert (event["status"], event["error"]) == (
        "failed",
        "a user cancelled the run in Prefect; replay the event to try again",
    )
    assert list(live.movies.rglob(".metarr-*")) == []
    assert not video.with_suffix(".nfo").exists()


async def test_cancelling_a_run_ends_its_ffprobe(live, engine):
    one = film(live, 8002, "Cancelled In Probe")
    folder = live.movies / f"{one.title} ({one.year})"
    folder.mkdir()
    (folder / "hold").touch()
    async with working(live) as worker:
        event_id, _ = await live.import_film(one)
        await until(lambda: exists(folder / "held"), "the run is in ffprobe", 60)
        probes = [pid for pid in below(worker) if "ffprobe" in command_of(pid)]
        run_id = await flow_run_of(live, event_id)
        await engine.cancel(run_id)
        await engine.in_state(run_id, "CANCELLED", seconds=10)
        await nothing_left(probes)
        assert probes
    (folder / "hold").unlink()


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


async def test_cancelling_a_run_that_hangs_in_c_code_ends_its_process(live, engine):
    async with working(live):
        run_id = await engine.start("hang")
        await engine.in_state(run_id, "RUNNING")
        await asyncio.sleep(0.5)
        await engine.cancel(run_id)
        state = await engine.in_state(run_id, "CANCELLED", seconds=20)
    assert state["message"] == "a user cancelled the run; its work was ended"


async def test_a_run_that_takes_too_long_is_ended(live, engine):
    async with working(live, interactive=1, run_timeout_seconds=2):
        hanging, waiting = await engine.start("hang"), await engine.start("wait", seconds=600)
        states = [await engine.in_state(run_id, *FINAL, seconds=40) for run_id in (hanging, waiting)]
        after = await engine.told("look")
    assert [state["type"] for state in states] == ["CRASHED", "CRASHED"]
    assert {state["message"] for state in states} == {"the run took longer than 2 s (worker.run_timeout_seconds)"}
    assert after["pid"]


async def test_a_child_killed_in_the_middle_leaves_its_run_crashed_and_its_job_to_be_tried_again(live, engine):
    one, hold = film(live, 8003, "Child Killed"), Hold(asyncio.Event())
    live.tmdb.faults.add(f"/3/movie/{one.tmdb_id}", hold)
    async with working(live):
        sent = {one: await live.import_film(one)}
        await asyncio.wait_for(hold.arrived.wait(), 60)
        run_id = await flow_run_of(live, sent[one][0])
        began = time.monotonic()
        os.kill(int((await engine.run(run_id))["infrastructure_pid"]), signal.SIGKILL)
        state = await engine.in_state(run_id, "CRASHED", seconds=10)
        took = time.monotonic() - began
        hold.event.set()
        await assert_all_is_well(live, sent)
    live.tmdb.faults.clear()
    assert state["message"] == "the run's process is gone: it was ended by signal 9"
    assert took < live.settings.dispatcher.lost_run_seconds, "it was the worker that told Prefect"


async def test_sigterm_lets_what_is_under_way_come_to_its_end(live, engine):
    async with working(live) as worker:
        run_id = await engine.start("wait", seconds=3)
        await engine.in_state(run_id, "RUNNING")
        terminate(worker)
        await asyncio.sleep(0.5)
        late = await engine.start("look")
        assert await ended(worker) == 0
        assert (await engine.run(run_id))["state"]["type"] == "COMPLETED"
        assert (await engine.run(late))["state"]["type"] == "SCHEDULED"
    async with working(live):
        await engine.in_state(late, "COMPLETED")


async def test_a_killed_worker_takes_its_children_along(live, engine):
    async with working(live) as worker:
        await engine.told("look")
        run_ids = [await engine.start("hang"), await engine.start("wait", seconds=600)]
        for run_id in run_ids:
            await engine.in_state(run_id, "RUNNING")
        children = below(worker)
        os.kill(pid_of(worker), signal.SIGKILL)
        await nothing_left(children)
        assert len(children) > 2
        assert not is_alive(pid_of(worker))
    for run_id in run_ids:
        await engine.api.post(f"/flow_runs/{run_id}/set_state", json={"state": {"type": "CRASHED"}, "force": True})


async def test_a_killed_forkserver_is_replaced(live, engine):
    async with working(live) as worker:
        before = await engine.told("look")
        for pid in below(worker):
            with contextlib.suppress(ProcessLookupError):  # it may have gone with the one before
                os.kill(pid, signal.SIGKILL)
        after = await engine.told("look")
    assert before["pid"] != after["pid"]
