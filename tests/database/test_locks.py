"""A lock proves that its holder lives, and never has two holders that go on."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from metarr_core.db.engine import Database
from metarr_core.db.locks import held, held_now, lock_id
from metarr_core.errors import DatabaseUnavailable, LockBusy

TITLE = "movie:tmdb:45745"


async def held_of(database, *names):
    async with database.transaction() as session:
        return await held_now(session, names)


def holders(connection, name=TITLE):
    """The server processes that hold a lock."""
    rows = connection.execute(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) | objid::bigint = %s",
        [lock_id(name)],
    )
    return [pid for (pid,) in rows]


def kill_holder(connection):
    """Cut the holder's connection, and come back when the server has let go of the lock."""
    for pid in holders(connection):
        connection.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])


async def test_a_lock_is_held_as_long_as_the_block(database):
    assert await held_of(database, TITLE) == set()
    async with held(database, TITLE):
        assert await held_of(database, TITLE, "other") == {TITLE}
    assert await held_of(database, TITLE) == set()


async def test_a_lock_is_let_go_when_the_block_fails(database):
    with pytest.raises(ValueError, match="a mistake"):
        async with held(database, TITLE):
            raise ValueError("a mistake")
    assert await held_of(database, TITLE) == set()


async def test_what_is_held_is_busy_for_another_and_says_what(database):
    async with held(database, TITLE):
        with pytest.raises(LockBusy, match=TITLE):
            async with held(database, TITLE):
                pytest.fail("two must never hold a lock")


async def test_even_the_same_task_cannot_hold_it_twice_and_keeps_it(database):
    async with held(database, TITLE):
        with pytest.raises(LockBusy):
            await held(database, TITLE).__aenter__()
        assert await held_of(database, TITLE) == {TITLE}


async def test_other_locks_do_not_get_in_each_others_way(database):
    names = [f"movie:tmdb:{number}" for number in range(8)]
    assert {lock_id(name) < 0 for name in names} == {True, False}
    async with AsyncExitStack() as stack:
        for name in names:
            await stack.enter_async_context(held(database, name))
        assert await held_of(database, *names, "other") == set(names)


async def test_locks_of_another_database_are_not_ours(database, postgres):
    elsewhere = Database(postgres.url("pristine"))
    async with held(elsewhere, TITLE):
        assert await held_of(database, TITLE) == set()
        async with held(database, TITLE):
            pass
    await elsewhere.close()


async def test_who_waits_gets_the_lock_when_it_is_free(database):
    waiting = asyncio.Event()

    async def wait():
        waiting.set()
        async with held(database, TITLE, wait_seconds=60):
            return "mine"

    async with held(database, TITLE):
        waiter = asyncio.create_task(wait())
        await waiting.wait()
    assert await waiter == "mine"


async def test_who_waits_in_vain_is_told(database):
    async with held(database, TITLE):
        with pytest.raises(LockBusy):
            async with held(database, TITLE, wait_seconds=0.3):
                pytest.fail("two must never hold a lock")


async def test_a_cancelled_wait_leaves_nothing_behind(database, connect):
    async with held(database, TITLE):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), held(database, TITLE, wait_seconds=60):
                pytest.fail("two must never hold a lock")
    assert holders(connect()) == []
    async with held(database, TITLE):
        pass


async def test_a_lock_whose_connection_was_cut_is_taken_back(database, connect):
    watcher = connect()
    async with asyncio.timeout(60), held(database, TITLE):
        before = holders(watcher)
        kill_holder(watcher)
        while not (after := await asyncio.to_thread(holders, watcher)):
            await held_of(database, TITLE)
        assert (len(before), len(after)) == (1, 1)
        assert before != after
    assert holders(watcher) == []


async def test_a_lock_that_somebody_else_has_by_then_cancels_the_block(database, connect):
    rival = connect()

    async def lose_it():
        async with asyncio.timeout(60), held(database, TITLE):
            kill_holder(rival)
            assert rival.execute("SELECT pg_try_advisory_lock(%s)", [lock_id(TITLE)]).fetchone() == (True,)
            await asyncio.Event().wait()

    with pytest.raises(LockBusy, match=TITLE):
        await lose_it()
    assert asyncio.current_task().cancelling() == 0
    assert holders(rival) == [rival.info.backend_pid]


async def test_a_cancellation_from_outside_stays_one(database):
    inside = asyncio.Event()

    async def work():
        async with held(database, TITLE):
            inside.set()
            await asyncio.Event().wait()

    worker = asyncio.create_task(work())
    await inside.wait()
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker
    assert await held_of(database, TITLE) == set()


async def test_without_a_server_there_is_no_lock():
    away = Database("postgresql+psycopg://metarr@127.0.0.1:1/metarr")
    with pytest.raises(DatabaseUnavailable):
        async with held(away, TITLE):
            pytest.fail("nobody can hold it")
    await away.close()
