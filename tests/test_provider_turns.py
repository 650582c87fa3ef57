"""A provider's limit holds for all processes together, and bulk work takes only turns that nobody else waits for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from metarr_core.clients.http import open_client
from metarr_core.clients.picture_addresses import PictureAddresses
from metarr_core.clients.pictures import Pictures
from metarr_core.clients.provider import Provider, giving_way
from metarr_core.db.engine import Database
from metarr_core.db.providers import FARTHEST, StoredProviderMemory
from metarr_core.domain.providers import KeptAnswer, Turn
from tests.test_provider_memory import KEY, MOVIE, tmdb

__all__ = ["tmdb"]

HOUR = timedelta(hours=1)


@pytest.fixture
async def process(database_url: str) -> AsyncIterator[Callable[[], StoredProviderMemory]]:
    """What another process remembers: over connections of its own."""
    async with AsyncExitStack() as stack:

        def started() -> StoredProviderMemory:
            database = Database(database_url)
            stack.push_async_callback(database.close)
            return StoredProviderMemory(database)

        yield started


async def test_turns_of_all_processes_lie_as_far_apart_as_the_provider_wants(process):
    turns = await asyncio.gather(*(process().turn("tmdb", timedelta(seconds=5), is_patient=False) for _ in range(4)))
    waits = sorted(turn.seconds for turn in turns)
    assert all(turn.is_ours for turn in turns)
    assert [round(wait / 5) for wait in waits] == [0, 1, 2, 3]


async def test_what_is_patient_takes_a_turn_only_when_nobody_has_one(process):
    bulk, webhook = process(), process()
    assert (await bulk.turn("tmdb", HOUR, is_patient=True)).is_ours
    refused = await bulk.turn("tmdb", HOUR, is_patient=True)
    assert not refused.is_ours
    assert 0 < refused.seconds <= HOUR.total_seconds()
    assert (await webhook.turn("tmdb", HOUR, is_patient=False)).is_ours


async def test_a_webhook_goes_before_a_bulk_that_waits(process):
    """However many of a bulk wait, they stand in no queue: the next turn is the webhook's."""
    each = timedelta(seconds=2)
    bulk, webhook = process(), process()
    await bulk.turn("tmdb", each, is_patient=True)
    waiting = await asyncio.gather(*(bulk.turn("tmdb", each, is_patient=True) for _ in range(8)))
    assert not any(turn.is_ours for turn in waiting)
    assert (await webhook.turn("tmdb", each, is_patient=False)).seconds <= each.total_seconds()


async def test_providers_have_their_turns_one_by_one(process):
    await process().turn("tmdb", HOUR, is_patient=False)
    assert (await process().turn("fanart_tv", HOUR, is_patient=True)).seconds == 0


async def test_a_clock_that_was_set_back_silences_no_provider(process, database_url):
    memory, database = process(), Database(database_url)
    await memory.turn("tmdb", timedelta(seconds=1), is_patient=False)
    async with database.transaction() as session:
        await session.execute(text("UPDATE provider_states SET next_turn_at = now() + interval '1 year'"))
    await database.close()
    assert (await memory.turn("tmdb", timedelta(seconds=1), is_patient=False)).seconds <= FARTHEST.total_seconds()


async def test_a_bulk_asks_in_the_end_though_others_always_come_first(tmdb, monkeypatch):
    """Giving way has a limit: then it queues like everybody else."""
    monkeypatch.setattr("metarr_core.clients.provider.PATIENT_SECONDS", 0.0)
    _, process = tmdb
    await process().memory.turn("tmdb", timedelta(seconds=1), is_patient=False)
    with giving_way():
        assert (await process().ask())["title"] == "Sintel"


class Watched(StoredProviderMemory):
    """Tells when somebody has been given a turn."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.given = asyncio.Event()

    async def question(self, *about: Any, is_patient: bool) -> tuple[KeptAnswer | None, Turn | None]:
        found = await super().question(*about, is_patient=is_patient)
        self.given.set()
        return found


async def test_no_request_is_sent_before_its_turn(tmdb, database_url):
    stand_in, process = tmdb
    await process().memory.turn("tmdb", HOUR, is_patient=False)
    database = Database(database_url)
    memory = Watched(database)
    async with open_client(through_proxy=False) as http:
        provider = Provider("tmdb", KEY, http, memory, rate=100)
        asking = asyncio.create_task(provider.ask(f"{process().url}/3{MOVIE}", {}, secret={"api_key": KEY}, headers={}))
        await memory.given.wait()
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    await database.close()
    assert stand_in.requests == []


async def test_a_process_asks_servers_of_pictures_for_no_more_at_once_than_its_share(tmp_path):
    now, most = 0, 0

    async def picture(_: httpx.Request) -> httpx.Response:
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await asyncio.sleep(0)
        now -= 1
        return httpx.Response(200, content=arriving())

    async def arriving() -> AsyncIterator[bytes]:
        yield b"a picture"

    async with httpx.AsyncClient(transport=httpx.MockTransport(picture)) as http:
        pictures = Pictures(http, PictureAddresses(["http://127.0.0.1/t/p"]), at_once=5)
        fetches = (pictures.fetch("tmdb", f"http://127.0.0.1/t/p/{n}.jpg", tmp_path / str(n)) for n in range(40))
        hashes = await asyncio.gather(*fetches)
    assert len(set(hashes)) == 1
    assert most == 5
