"""Who may come in, and how those who may not are told."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from tests.web import radarr
from tests.web.shim import API_KEY, open_shim, problem

LIST = "/api/v1/movies"


def basic(user: bytes, password: bytes) -> dict[str, Any]:
    return {"headers": {"Authorization": b"Basic " + base64.b64encode(user + b":" + password)}}


WAYS = {
    "X-Api-Key": lambda key: {"headers": {"X-Api-Key": key.encode()}},
    "?apikey=": lambda key: {"params": {"apikey": key}},
    "Bearer": lambda key: {"headers": {"Authorization": (b"Bearer " + key.encode()).strip()}},
    "Basic": lambda key: basic(b"radarr", key.encode()),
}


async def test_without_a_key_nobody_comes_in(stranger):
    answer = await stranger.get(LIST)
    assert "X-Api-Key" in problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Basic")


async def test_the_right_key_opens_in_every_way(stranger):
    for way in WAYS.values():
        answer = await stranger.get(LIST, **way(API_KEY))
        assert answer.status_code == 200
        assert answer.json() == {"items": [], "total": 0}


@pytest.mark.parametrize("name", WAYS)
async def test_a_wrong_key_opens_in_no_way(stranger, name):
    for key in ("wrong", "", API_KEY + "x", API_KEY[:-1], API_KEY.upper(), "schlüssel"):
        problem(await stranger.get(LIST, **WAYS[name](key)), 401)


async def test_a_webhook_with_a_wrong_key_is_not_stored(stranger, shim):
    for way in WAYS.values():
        problem(await stranger.post("/webhooks/radarr", json=radarr.DOWNLOAD, **way("wrong")), 401)
    assert await shim.tables.events() == []
    assert await shim.tables.jobs() == []


async def test_a_webhook_with_the_right_key_in_any_way_is_stored(stranger, shim):
    answers = [await stranger.put("/webhooks/radarr", json=radarr.TEST, **way(API_KEY)) for way in WAYS.values()]
    assert [event["id"] for event in await shim.tables.events()] == [answer.json()["event_id"] for answer in answers]


async def test_the_user_name_of_basic_does_not_matter(stranger):
    for user in (b"", "jürgen".encode("latin-1"), "jürgen".encode(), b"\xff\xfe"):
        assert (await stranger.get(LIST, **basic(user, API_KEY.encode()))).status_code == 200


async def test_the_name_of_a_scheme_may_be_in_any_case(stranger):
    value = base64.b64encode(f"radarr:{API_KEY}".encode()).decode()
    for header in (f"basic {value}", f"BASIC {value}", f"bearer {API_KEY}"):
        assert (await stranger.get(LIST, headers={"Authorization": header})).status_code == 200


MALFORMED = [
    *("", "Basic", "Basic !!!", "Basic YQ", "Bearer", "Digest username=a", API_KEY, f"Basic {API_KEY}"),
    "Basic " + base64.b64encode(b"no colon").decode(),
    "Basic " + base64.b64encode(API_KEY.encode()).decode(),
    "Basic " + base64.b64encode(f"{API_KEY}:".encode()).decode(),
    b"Basic \xff\xfe",
    b"Bearer \xff\xfe",
]


async def test_malformed_credentials_are_refused(stranger):
    for value in MALFORMED:
        problem(await stranger.get(LIST, headers={"Authorization": value}), 401)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
async def test_a_key_with_umlauts_opens_as_radarr_and_as_others_encode_it(settings, encoding):
    key = "schlüssel:mit:ß"
    async with open_shim(settings, key) as shim, httpx.AsyncClient(base_url=shim.url) as client:
        assert (await client.get(LIST, **basic(b"radarr", key.encode(encoding)))).status_code == 200
        assert (await client.get(LIST, headers={"X-Api-Key": key.encode(encoding)})).status_code == 200
        assert (await client.get(LIST, params={"apikey": key})).status_code == 200
        problem(await client.get(LIST, **basic(b"radarr", b"schlussel")), 401)


async def test_ping_answers_everybody(stranger):
    answer = await stranger.get("/ping")
    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})
    assert (await stranger.head("/ping")).status_code == 200


async def test_health_answers_everybody(stranger):
    for path in ("/health/live", "/health/ready"):
        assert (await stranger.get(path)).status_code == 200


async def test_what_does_not_exist_is_a_problem(shim):
    for path in ("/", "/no/such/thing", "/api/v1/nothing", "/webhooks/lidarr", "/webhooks/radarr/a/b"):
        problem(await shim.client.get(path), 404)


WRONG = [("POST", "/ping"), ("GET", "/webhooks/radarr"), ("DELETE", LIST), ("GET", "/api/v1/webhook-events/1/replay")]


async def test_a_wrong_method_is_a_problem_that_names_the_right_ones(shim):
    for method, path in WRONG:
        answer = await shim.client.request(method, path)
        problem(answer, 405)
        assert method not in answer.headers["allow"].split(", ")


async def test_a_fault_of_ours_is_a_problem_that_tells_nothing_of_the_inside(shim):
    await shim.tables.rows("DROP TABLE activity_log")
    assert "activity_log" not in problem(await shim.client.get("/api/v1/activity"), 500)


async def test_everything_lies_below_the_base_path(settings):
    web = settings.web.model_copy(update={"base_path": "/metarr"})
    async with open_shim(settings.model_copy(update={"web": web})) as shim:
        async with httpx.AsyncClient(base_url=shim.url) as stranger:
            assert (await stranger.get("/ping")).json() == {"status": "OK"}
            assert (await stranger.get("/health/ready")).status_code == 200
            problem(await stranger.get(LIST), 401)
        assert (await shim.client.get(LIST)).json()["total"] == 0
        assert (await shim.send(radarr.TEST)).status_code == 200
        problem(await shim.client.get("/no/such/thing"), 404)
        root = shim.url.removesuffix("/metarr")
        problem(await shim.client.get(f"{root}{LIST}"), 404)
