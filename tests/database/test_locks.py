"""A lock proves that its holder lives, and never has two holders that go on."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from metarr_core.db import locks as locks_module
from metarr_core.db.engine import Database
from metarr_core.db.locks import held, held_now, lock_id, opened
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


@pytest.fixture
def slow_taking(monkeypatch):
    """Taking a lock tells when it is done, and then waits to be let on."""
    try_at_once = locks_module._try
    done, go_on = asyncio.Event(), asyncio.Event()

    async def taking(connection, name):
        got = await try_at_once(connection, name)
        done.set()
        await go_on.wait()
        return got

    def slow():
        monkeypatch.setattr(locks_module, "_try", taking)
        return done, go_on

    return slow


async def test_a_lock_that_is_let_go_while_its_connection_is_mended_is_free(database, connect, slow_taking):
    watcher = connect()
    async with asyncio.timeout(60), opened(database) as locks:
        async with locks.held(TITLE):
            kill_holder(watcher)
            done, go_on = slow_taking()
            mending = asyncio.create_task(locks._mend(locks._connection))
            await done.wait()
            assert len(holders(watcher)) == 1
        go_on.set()
        await mending
        assert holders(watcher) == []


async def test_a_block_that_ends_while_its_connection_is_mended_leaves_nothing_locked(database, connect, slow_taking):
    watcher = connect()
    async with asyncio.timeout(60), held(database, TITLE):
        kill_holder(watcher)
        done, _ = slow_taking()
        await done.wait()
        assert len(holders(watcher)) == 1
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


async def test_locks_on_one_connection_are_held_one_by_one(database, connect):
    names = [TITLE, "movie:tmdb:1", "movie:tmdb:2"]
    async with opened(database) as locks:
        async with locks.held(names[0]), locks.held(names[1]):
            assert await held_of(database, *names) == set(names[:2])
            assert holders(connect()) == holders(connect(), names[1])
        async with locks.held(names[2]):
            assert await held_of(database, *names) == {names[2]}
    assert await held_of(database, *names) == set()


async def test_two_tasks_on_one_connection_never_hold_the_same_lock(database):
    async with opened(database) as locks, locks.held(TITLE):
        with pytest.raises(LockBusy, match=TITLE):
            async with locks.held(TITLE):
                pytest.fail("two must never hold a lock")
        with pytest.raises(LockBusy):
            async with held(database, TITLE):
                pytest.fail("two must never hold a lock")


async def test_a_connection_that_broke_gives_locks_again_and_keeps_those_that_are_held(database, connect):
    watcher = connect()
    async with asyncio.timeout(60), opened(database) as locks, locks.held(TITLE):
        kill_holder(watcher)
        async with locks.held("movie:tmdb:1"):
            assert await held_of(database, TITLE, "movie:tmdb:1") == {TITLE, "movie:tmdb:1"}
    assert holders(watcher) == []


async def test_of_locks_on_one_connection_only_those_are_lost_that_another_has(database, connect):
    rival = connect()

    async def lose_it(locks):
        async with locks.held(TITLE):
            await asyncio.Event().wait()

    async with asyncio.timeout(60), opened(database) as locks, locks.held("movie:tmdb:1"):
        loser = asyncio.create_task(lose_it(locks))
        while not holders(rival):
            await held_of(database, TITLE)
        kill_holder(rival)
        assert rival.execute("SELECT pg_try_advisory_lock(%s)", [lock_id(TITLE)]).fetchone() == (True,)
        with pytest.raises(LockBusy, match=TITLE):
            await loser
        assert await held_of(database, "movie:tmdb:1") == {"movie:tmdb:1"}
    assert holders(rival) == [rival.info.backend_pid]


async def test_a_block_that_ends_while_its_lock_is_lost_says_so(database, connect):
    rival = connect()

    async def lose_it():
        async with opened(database) as locks, locks.held(TITLE):
            kill_holder(rival)
            assert rival.execute("SELECT pg_try_advisory_lock(%s)", [lock_id(TITLE)]).fetchone() == (True,)
            await locks._mend(locks._connection)

    with pytest.raises(LockBusy, match=TITLE):
        await lose_it()
    assert asyncio.current_task().cancelling() == 0
