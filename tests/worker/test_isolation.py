"""Children live on, and nothing of one run is seen by the next."""

from __future__ import annotations

import psycopg

from metarr_core.db.embedded import EmbeddedPostgres
from tests.worker.conftest import working

PLACES = ("variable", "context", "folder", "handlers", "level", "tasks", "trust_nfo")


async def test_a_second_run_in_the_same_child_sees_nothing_of_the_first(live, engine):
    async with working(live, interactive=1):
        before = await engine.told("look")
        left_by = await engine.told("leave_traces")
        after = await engine.told("look")
        url = EmbeddedPostgres(live.settings.paths.data_dir).url(driver="postgresql")
        async with await psycopg.AsyncConnection.connect(url) as connection:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%' AND query LIKE %s"
            open_transactions = await (await connection.execute(asked, ["%left behind by a test%"])).fetchone()
    assert before["pid"] == left_by["pid"] == after["pid"]
    assert {place: after[place] for place in PLACES} == {place: before[place] for place in PLACES}
    kept = ("loop", "runtime", "client")
    assert {one: after[one] for one in kept} == {one: before[one] for one in kept}
    assert open_transactions == (0,)


async def test_a_run_brings_its_own_environment_and_settings_for_itself_alone(live, engine):
    own = {"TRACE": "its own", "PREFECT_LOGGING_LEVEL": "ERROR", "METARR__SCAN__TRUST_NFO": "false"}
    async with working(live, interactive=1):
        before = await engine.told("look")
        during = await engine.told("look", env=own)
        after = await engine.told("look")
    assert before["pid"] == during["pid"] == after["pid"]
    assert (during["variable"], during["level"], during["trust_nfo"]) == ("its own", "ERROR", False)
    assert {place: after[place] for place in PLACES} == {place: before[place] for place in PLACES}


async def test_a_child_is_replaced_after_its_runs(live, engine):
    async with working(live, interactive=1, runs_per_child=2):
        pids = [(await engine.told("look"))["pid"] for _ in range(6)]
    assert [pids[number] == pids[number + 1] for number in (0, 2, 4)] == [True, True, True]
    assert len(set(pids)) == 3


async def test_a_child_that_has_grown_is_replaced(live, engine):
    async with working(live, interactive=1, child_memory_mb=400):
        large = await engine.told("grow", mib=400)
        after = await engine.told("look")
    assert after["pid"] != large["pid"]
