from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deployments.demo.faults import Fault
from deployments.demo.serving import serve
from metarr_core.clients.provider import fingerprint
from metarr_core.db.engine import Database
from metarr_core.db.providers import StoredProviderMemory
from metarr_core.domain.providers import Pause
from metarr_core.operations.doctor.findings import Severity
from metarr_core.runtime import now
from tests.conftest import TMDB_KEY
from tests.doctor.conftest import NOBODY, all_well, only

HTML = Fault(status=200, headers={"content-type": "text/html"}, body=b"<html>a proxy's page</html>")


async def test_a_key_that_tmdb_takes_is_well(says, tmdb):
    all_well(await says("TMDB"))
    assert tmdb.requests == [f"/3/configuration?api_key={TMDB_KEY}"]


async def test_a_read_token_is_sent_as_one(says, document, tmdb):
    tmdb.api_key = document["providers"]["tmdb"]["api_key"] = "eyJ0.eyJh.c2ln"
    all_well(await says("TMDB"))
    assert tmdb.requests == ["/3/configuration"]


async def test_a_key_that_tmdb_refuses_is_a_problem(says, document, tmdb):
    document["providers"]["tmdb"]["api_key"] = "a-wrong-key"
    found = only(await says("TMDB"), Severity.PROBLEM)
    assert "refuses the key (HTTP 401)" in found.sentence
    assert "providers.tmdb.api_key" in found.cure
    assert "a-wrong-key" not in found.sentence + found.cure


async def test_without_a_key_it_says_what_happens_then(says, document):
    document["providers"]["tmdb"]["api_key"] = ""
    found = only(await says("TMDB"), Severity.WARNING)
    assert "first NFO from what Radarr sent" in found.sentence
    assert "providers.tmdb.api_key" in found.cure


@pytest.mark.parametrize("subject", ["TMDB", "fanart.tv"])
async def test_offline_is_told_as_such(says, document, subject):
    document["providers"]["fanart_tv"].update(base_url=NOBODY, api_key="some-key")
    found = only(await says(subject), Severity.PROBLEM)
    assert "does not answer (ConnectError)" in found.sentence
    assert "is this machine online" in found.cure


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(status=404), HTML], ids=["503", "404", "HTML"])
async def test_an_answer_that_is_none_points_to_the_address(says, tmdb, fault):
    tmdb.faults.add("/3/configuration", fault)
    assert "providers.tmdb.base_url" in only(await says("TMDB"), Severity.PROBLEM).cure


async def test_a_pause_that_tmdb_asks_for_is_only_a_warning(says, tmdb):
    tmdb.faults.add("/3/configuration", Fault(status=429))
    assert "pause" in only(await says("TMDB"), Severity.WARNING).sentence


async def paused(database: str, pause: Pause) -> None:
    connected = Database(database)
    await StoredProviderMemory(connected).note_failure("tmdb", now(), fingerprint(TMDB_KEY), lambda _: pause)
    await connected.close()


async def test_a_pause_in_which_tmdb_is_left_alone_is_told(says, database, tmdb):
    await paused(database, Pause(now() + timedelta(minutes=9), "5 failures in a row"))
    found = only(await says("TMDB"), Severity.WARNING)
    assert "left alone until" in found.sentence
    assert "5 failures in a row" in found.sentence
    assert "ends by itself" in found.cure


@pytest.mark.parametrize(
    "pause",
    [Pause(now() - timedelta(minutes=1), "over"), Pause(now() + timedelta(hours=1), "refused", fingerprint("another key"))],
    ids=["over", "of another key"],
)
async def test_a_pause_that_does_not_hold_is_not_told(says, database, tmdb, pause):
    await paused(database, pause)
    all_well(await says("TMDB"))


FANART_KEY = "the-key-of-fanart"


@pytest.fixture
async def fanart_tv(document) -> AsyncIterator[dict[str, int]]:
    """fanart.tv as far as the doctor asks it; `status` is that of its answers to who has the key."""
    state = {"status": 200}

    async def movie(request: Request) -> Response:
        if request.headers.get("api-key") != FANART_KEY:
            return JSONResponse({"status": "error", "error message": "Unknown API Key"}, 401)
        return JSONResponse({"status": "error", "error message": "Not found"}, state["status"])

    async with serve(Starlette(routes=[Route("/v3/movies/{id}", movie)])) as url:
        document["providers"]["fanart_tv"].update(api_key=FANART_KEY, base_url=f"{url}/v3")
        yield state


@pytest.mark.parametrize("status", [200, 404])
async def test_fanart_tv_takes_the_key_whether_it_has_the_film_or_not(says, fanart_tv, status):
    fanart_tv["status"] = status
    all_well(await says("fanart.tv"))


async def test_a_key_that_fanart_tv_refuses_is_a_problem(says, document, fanart_tv):
    document["providers"]["fanart_tv"]["api_key"] = "another-key"
    assert "providers.fanart_tv.api_key" in only(await says("fanart.tv"), Severity.PROBLEM).cure


async def test_a_wrong_address_of_fanart_tv_is_a_problem(says, document, fanart_tv):
    document["providers"]["fanart_tv"]["base_url"] += "/wrong"
    assert "providers.fanart_tv.base_url" in only(await says("fanart.tv"), Severity.PROBLEM).cure


async def test_fanart_tv_is_optional(says, document):
    document["providers"]["fanart_tv"]["api_key"] = ""
    (found,) = await says("fanart.tv")
    assert found.severity is Severity.OK
    assert "providers.fanart_tv.api_key" in found.cure
