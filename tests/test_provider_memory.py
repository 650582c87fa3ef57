"""What one process learns of a provider, all know: over a real database, and a TMDB that speaks HTTP."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from deployments.demo.faults import Fault
from deployments.demo.films import FILMS, SINTEL
from deployments.demo.serving import serve
from deployments.demo.tmdb import TmdbStandIn
from metarr_core.clients.http import open_client
from metarr_core.clients.provider import Provider
from metarr_core.db.engine import Database
from metarr_core.db.providers import StoredProviderMemory
from metarr_core.errors import NotFoundError, ProviderUnavailable, RateLimited

KEY, OTHER_KEY = "a" * 32, "b" * 32
MOVIE = f"/movie/{SINTEL.tmdb_id}"


@dataclass
class Heard:
    """Lets the true answer pass, and listens to what was asked and how it was answered."""

    times: int | None = None
    exchanges: list[tuple[str | None, int]] = field(default_factory=list)
    """Each request's If-None-Match, and the status of its answer."""

    async def disturb(self, app, scope, receive, send):
        tag = dict(scope["headers"]).get(b"if-none-match")

        async def listening(message):
            if message["type"] == "http.response.start":
                self.exchanges.append((tag.decode() if tag else None, message["status"]))
            await send(message)

        await app(scope, receive, listening)


class Process:
    """A provider as one process has it: with its own connections, over the database of all."""

    def __init__(self, url, database, http, key):
        self.memory = StoredProviderMemory(database)
        self.url, self._key = url, key
        self._provider = Provider("tmdb", key, http, self.memory, rate=100)

    async def ask(self, path=MOVIE, **params):
        return await self._provider.ask(f"{self.url}/3{path}", params, secret={"api_key": self._key}, headers={})


@pytest.fixture
async def tmdb(database_url):
    """A TMDB, and a way to start processes that ask it."""
    stand_in = TmdbStandIn(FILMS, KEY)
    async with serve(stand_in.app) as url, open_client(through_proxy=False) as http, AsyncExitStack() as stack:

        def process(key=KEY):
            database = Database(database_url)
            stack.push_async_callback(database.close)
            return Process(url, database, http, key)

        yield stand_in, process


@pytest.fixture
async def sql(database_url):
    database = Database(database_url)

    async def run(statement):
        async with database.transaction() as session:
            found = await session.execute(text(statement))
            return found.all() if found.returns_rows else None

    yield run
    await database.close()


async def test_what_is_known_is_asked_for_with_its_etag_and_not_sent_again(tmdb):
    stand_in, process = tmdb
    heard = Heard()
    stand_in.faults.add("/movie/", heard)
    first = await process().ask()
    second = await process().ask()
    (no_tag, sent), (tag, unchanged) = heard.exchanges
    assert (no_tag, sent, unchanged) == (None, 200, 304)
    assert tag
    assert second == first
    assert second["title"] == "Sintel"


async def test_an_answer_that_changed_is_taken_instead_of_the_known_one(tmdb):
    stand_in, process = tmdb
    await process().ask()
    stand_in.faults.add("/movie/", Fault(status=200, times=1, headers={"ETag": "new"}, body=b'{"title": "Sintel 2"}'))
    assert (await process().ask())["title"] == "Sintel 2"


async def test_i_do_not_have_it_is_believed_for_a_day_by_all(tmdb, sql):
    stand_in, process = tmdb
    for _ in range(2):
        with pytest.raises(NotFoundError):
            await process().ask("/movie/1")
    assert len(stand_in.requests) == 1
    await sql("UPDATE provider_answers SET fetched_at = fetched_at - interval '25 hours'")
    with pytest.raises(NotFoundError):
        await process().ask("/movie/1")
    assert len(stand_in.requests) == 2


async def test_a_page_that_is_not_found_is_an_outage_and_no_word_about_a_film(tmdb, sql):
    stand_in, process = tmdb
    stand_in.faults.add("/movie/", Fault(status=404, body=b"<html>no such page</html>"))
    with pytest.raises(ProviderUnavailable, match="base_url"):
        await process().ask()
    assert await sql("SELECT request FROM provider_answers") == []
    stand_in.faults.clear()
    assert (await process().ask())["title"] == "Sintel"


async def test_a_refused_key_pauses_the_provider_for_all_at_once_until_there_is_another_key(tmdb):
    stand_in, process = tmdb
    stand_in.api_key = OTHER_KEY
    with pytest.raises(ProviderUnavailable, match=r"providers\.tmdb\.api_key"):
        await process().ask()
    with pytest.raises(ProviderUnavailable, match=r"paused until .* providers\.tmdb\.api_key") as caught:
        await process().ask("/movie/653")
    assert 0 < caught.value.retry_after <= 3600
    assert len(stand_in.requests) == 1
    assert (await process(OTHER_KEY).ask())["title"] == "Sintel"
    assert await process().memory.pause("tmdb") is None


async def test_a_long_pause_that_one_was_asked_for_is_kept_by_all(tmdb):
    stand_in, process = tmdb
    stand_in.faults.add("/movie/", Fault(status=429, times=1, headers={"Retry-After": "600"}))
    with pytest.raises(RateLimited):
        await process().ask()
    for key in (KEY, OTHER_KEY):
        with pytest.raises(ProviderUnavailable, match="paused until") as caught:
            await process(key).ask()
        assert 0 < caught.value.retry_after <= 600
    assert len(stand_in.requests) == 1


async def test_five_failures_in_a_row_pause_the_provider_for_all(tmdb):
    stand_in, process = tmdb
    stand_in.faults.add("/movie/", Fault(status=503))
    one, other = process(), process()
    ends = await asyncio.gather(*(each.ask(page=str(n)) for n in range(5) for each in (one, other)), return_exceptions=True)
    assert {type(end) for end in ends} == {ProviderUnavailable}
    asked = len(stand_in.requests)
    stand_in.faults.clear()
    with pytest.raises(ProviderUnavailable, match="failures in a row; the last: HTTP 503"):
        await process().ask()
    assert len(stand_in.requests) == asked


async def test_the_key_is_never_kept_with_what_was_asked(tmdb, sql):
    _, process = tmdb
    await process().ask(language="en-US", append_to_response="images")
    ((request,),) = await sql("SELECT request FROM provider_answers")
    assert request.endswith("append_to_response=images&language=en-US")
    rows = await sql(
        "SELECT row_to_json(a)::text FROM provider_answers a UNION ALL SELECT row_to_json(s)::text FROM provider_states s"
    )
    assert KEY not in str(rows)


async def test_processes_that_ask_the_same_at_once_get_in_nobodys_way(tmdb, sql):
    stand_in, process = tmdb
    stand_in.faults.add("/movie/653$", Fault(status=429, headers={"Retry-After": "600"}))
    paths = ["/movie/45745", "/movie/1", "/movie/10378", "/movie/653", "/movie/2"]
    processes = [process() for _ in range(3)]
    orders = (paths, paths[::-1], paths[2:] + paths[:2])
    asking = [one.ask(path) for one, order in zip(processes, orders, strict=True) for path in order * 3]
    ends = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(end) for end in ends} <= {dict, NotFoundError, RateLimited, ProviderUnavailable}
    kept = [request for (request,) in await sql("SELECT request FROM provider_answers")]
    assert len(kept) == len(set(kept))
