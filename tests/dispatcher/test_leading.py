"""Two dispatchers: one leads, and the other takes over when the first is gone."""

from __future__ import annotations

import asyncio
from functools import partial

import psycopg

from deployments.leader import lead
from tests.stack.conftest import until


class Watch:
    """Who has led, in order; each leads until it is ended."""

    def __init__(self) -> None:
        self.led: asyncio.Queue[str] = asyncio.Queue()

    async def work(self, name: str, _runtime) -> None:
        self.led.put_nowait(name)
        await asyncio.Event().wait()


async def asked_for_the_lead(database_url: str, number: int) -> bool:
    """Whether so many connections have asked for a lock, got or not."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_try_advisory_lock%'"
    )
    async with await psycopg.AsyncConnection.connect(database_url.replace("+psycopg", "")) as connection:
        (found,) = await (await connection.execute(asked + " AND pid <> pg_backend_pid()")).fetchone()
    return found >= number


async def test_of_two_one_leads_and_the_other_takes_over_when_it_is_gone(runtime, database_url):
    watch = Watch()
    dispatchers = {
        name: asyncio.create_task(lead(runtime.settings, "dispatcher", partial(watch.work, name)))
        for name in ("one", "other")
    }
    first = await watch.led.get()
    await until(lambda: asked_for_the_lead(database_url, len(dispatchers)), "both have asked")
    assert watch.led.empty()
    dispatchers[first].cancel()
    second = await asyncio.wait_for(watch.led.get(), 30)
    assert {first, second} == set(dispatchers)
    dispatchers[second].cancel()
    await asyncio.gather(*dispatchers.values(), return_exceptions=True)
