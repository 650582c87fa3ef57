"""A worker among others: with Prefect's server away, and beside another."""

from __future__ import annotations

import asyncio

import httpx

from tests.stack.conftest import until
from tests.worker.conftest import pid_of, working


async def test_prefects_server_may_restart(live, engine):
    async with working(live) as worker:
        pid = (await engine.told("look"))["pid"]
        server = live.stack.children["prefect-server"]
        await server.stop()
        await asyncio.sleep(5)
        server._stopping = False
        await server.start()
        await until(lambda: answers(engine), "the server is back", 60)
        assert (await engine.told("look"))["pid"] == pid
        assert worker.process.returncode is None
        assert pid_of(worker)


async def answers(engine) -> bool:
    try:
        return (await engine.api.get("/health")).is_success
    except httpx.TransportError:
        return False


async def test_two_workers_of_a_lane_share_the_runs(live, engine):
    async with working(live, "one"), working(live, "other"):
        run_ids = [await engine.start("wait", seconds=1) for _ in range(8)]
        for run_id in run_ids:
            await engine.in_state(run_id, "COMPLETED", seconds=60)
        counts = [(await engine.run(run_id))["run_count"] for run_id in run_ids]
    assert counts == [1] * len(run_ids)


async def test_log_lines_of_a_run_reach_prefects_page(live, engine):
    async with working(live):
        run_id = await engine.start("wait", seconds=0.1)

        async def lines() -> list[str] | None:
            body = {"logs": {"flow_run_id": {"any_": [run_id]}}}
            found = [line["message"] for line in (await engine.api.post("/logs/filter", json=body)).json()]
            return found if any("Finished in state" in line for line in found) else None

        found = await until(lines, "the log lines are there", 60)
    assert "the core says that it waits" in found
    assert any(line.startswith("Beginning flow run") for line in found)
