"""Every answer carries the id of its request, and so do the log lines."""

from __future__ import annotations

import logging

from tests.web import radarr
from tests.web.shim import API_KEY, problem


async def test_an_id_that_came_along_is_kept(shim):
    answer = await shim.client.get("/api/v1/movies", headers={"X-Request-Id": "proxy-17"})
    assert answer.headers["x-request-id"] == "proxy-17"


async def test_without_one_each_request_gets_its_own(shim):
    first, second = [(await shim.client.get("/ping")).headers["x-request-id"] for _ in range(2)]
    assert first
    assert first != second


async def test_an_id_that_could_forge_a_line_is_replaced(shim):
    for odd in ("a b", "x" * 129, "[request_id=1]", "é".encode()):
        answer = await shim.client.get("/ping", headers={"X-Request-Id": odd})
        assert len(answer.headers["x-request-id"]) == 32


async def test_refusals_and_faults_carry_the_id_too(shim, stranger):
    asked = {"X-Request-Id": "seventeen"}
    refused = await stranger.get("/api/v1/movies", headers=asked)
    problem(refused, 401)
    assert refused.headers["x-request-id"] == "seventeen"
    await shim.tables.rows("DROP TABLE activity_log")
    failed = await shim.client.get("/api/v1/activity", headers=asked)
    assert "seventeen" in problem(failed, 500)
    assert failed.headers["x-request-id"] == "seventeen"


async def test_the_lines_of_a_request_carry_its_id_and_no_key(shim, stranger, caplog):
    with caplog.at_level(logging.DEBUG, "metarr_core.web"):
        await stranger.post(f"/webhooks/radarr?apikey={API_KEY}", json=radarr.TEST, headers={"X-Request-Id": "r-1"})
    (line,) = [entry for entry in caplog.records if entry.name == "metarr_core.web.requests"]
    assert line.getMessage().startswith("POST /webhooks/radarr: 200 in ")
    assert line.belongs_to["request_id"] == "r-1"
    assert API_KEY not in caplog.text


async def test_the_trace_of_a_fault_carries_the_id(shim, caplog):
    await shim.tables.rows("DROP TABLE activity_log")
    await shim.client.get("/api/v1/activity", headers={"X-Request-Id": "r-2"})
    (trace,) = [entry for entry in caplog.records if entry.name == "metarr_core.web.problems"]
    assert trace.belongs_to["request_id"] == "r-2"
    assert trace.exc_info
