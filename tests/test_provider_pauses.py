"""How failures become pauses, as all processes count them in the database. Time is passed in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from metarr_core.db.engine import Database
from metarr_core.db.providers import StoredProviderMemory
from metarr_core.domain.providers import Pause, breaker_pause

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def memory(database_url):
    database = Database(database_url)
    yield StoredProviderMemory(database)
    await database.close()


async def fail(memory, at=NOW, pause=None, key="a"):
    pause_after = (lambda _: pause) if pause else partial(breaker_pause, now=at, why="HTTP 503")
    await memory.note_failure("tmdb", at, key, pause_after)


async def minutes_of_pause(memory, since=NOW):
    pause = await memory.pause("tmdb")
    return (pause.until - since) / MINUTE if pause else None


async def test_a_success_ends_the_row_of_failures(memory):
    for _ in range(3):
        for _ in range(4):
            await fail(memory)
        await memory.note_success("tmdb", NOW, "a")
    assert await memory.pause("tmdb") is None


async def test_five_in_a_row_pause_for_a_minute_and_the_next_failure_after_it_for_two(memory):
    for _ in range(5):
        await fail(memory)
    assert await minutes_of_pause(memory) == 1
    later = NOW + 2 * MINUTE
    await fail(memory, later)
    assert await minutes_of_pause(memory, later) == 2


async def test_many_that_fail_together_are_one_bad_moment_and_no_half_hour(memory):
    await asyncio.gather(*(fail(memory) for _ in range(20)))
    assert await minutes_of_pause(memory) == 1


async def test_a_success_after_the_pause_makes_all_well_again(memory):
    for _ in range(5):
        await fail(memory)
    await memory.note_success("tmdb", NOW + 2 * MINUTE, "a")
    await fail(memory, NOW + 2 * MINUTE)
    assert await memory.pause("tmdb") is None


async def test_an_answer_to_a_request_sent_before_the_pause_does_not_end_it(memory):
    await fail(memory, pause=Pause(NOW + 10 * MINUTE, "too many requests"))
    await memory.note_success("tmdb", NOW + MINUTE, "a")
    assert await minutes_of_pause(memory) == 10


@pytest.mark.parametrize(("first", "second"), [(10, 5), (5, 10)])
async def test_of_two_pauses_the_longer_one_holds(memory, first, second):
    for minutes in (first, second):
        await fail(memory, pause=Pause(NOW + minutes * MINUTE, "too many requests"))
    assert await minutes_of_pause(memory) == 10


async def test_the_pause_of_a_refused_key_gives_way_to_that_of_the_key_that_works(memory):
    await fail(memory, pause=Pause(NOW + 60 * MINUTE, "refused", "a"), key="a")
    await fail(memory, pause=Pause(NOW + 5 * MINUTE, "too many requests"), key="b")
    pause = await memory.pause("tmdb")
    assert (pause.until, pause.key_fingerprint) == (NOW + 5 * MINUTE, None)


async def test_the_pause_of_a_refused_key_ends_with_a_success_of_another(memory):
    await fail(memory, pause=Pause(NOW + 60 * MINUTE, "refused", "a"), key="a")
    await memory.note_success("tmdb", NOW, "a")
    assert await minutes_of_pause(memory) == 60
    await memory.note_success("tmdb", NOW, "b")
    assert await memory.pause("tmdb") is None


async def test_providers_are_paused_one_by_one(memory):
    await fail(memory, pause=Pause(NOW + MINUTE, "too many requests"))
    assert await memory.pause("fanart_tv") is None
