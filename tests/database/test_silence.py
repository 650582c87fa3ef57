"""Connections that a network drops without a word, as firewalls do to what has been idle for long."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url, text

from metarr_core.db import engine, locks
from metarr_core.db.engine import Database
from metarr_core.db.locks import held
from metarr_core.errors import DatabaseUnavailable
from tests.network import Network, network

TITLE = "movie:tmdb:45745"


@pytest.fixture
async def way(database_url: str) -> AsyncIterator[Network]:
    url = make_url(database_url)
    async with network(url.host, url.port) as way:
        yield way


@pytest.fixture
async def beyond(database_url: str, way: Network) -> AsyncIterator[Database]:
    """The database at the other end of the network, whose connections are old after a moment."""
    url = make_url(database_url).set(host="127.0.0.1", port=way.port).render_as_string(hide_password=False)
    opened = Database(url, old_seconds=0)
    yield opened
    await opened.close()


async def ask(database: Database) -> int:
    async with asyncio.timeout(20), database.transaction() as session:
        return (await session.execute(text("SELECT 7"))).scalar_one()


async def test_a_connection_of_the_pool_that_was_dropped_while_idle_keeps_nobody_waiting(way, beyond):
    assert await ask(beyond) == 7
    before = way.connections
    assert way.swallow() == 1
    assert await ask(beyond) == 7
    assert way.connections == before + 1


async def test_a_lock_whose_connection_was_dropped_is_noticed_and_not_believed_for_ever(way, beyond, monkeypatch):
    """The server still holds the dropped connection's lock, so that the holder cannot have it back: its block ends."""
    monkeypatch.setattr(locks, "PING_SECONDS", 0.05)
    monkeypatch.setattr(locks, "PONG_SECONDS", 0.2)

    async def lose_it() -> None:
        async with asyncio.timeout(60), held(beyond, TITLE):
            way.swallow()
            await asyncio.Event().wait()

    with pytest.raises(locks.LockBusy):
        await lose_it()


async def test_the_kernel_gives_a_silent_connection_up_on_both_sides(database_url):
    database = Database(database_url)
    connection = await database.connect()
    with socket.socket(fileno=socket.dup(connection.fileno())) as ours:
        user_timeout = ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        idle = ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
    (theirs,) = await (await connection.execute("SHOW tcp_keepalives_idle")).fetchone()
    await connection.close()
    async with database.transaction() as session:
        pooled = (await session.execute(text("SHOW tcp_keepalives_idle"))).scalar_one()
    await database.close()
    assert (idle, user_timeout) == (engine.NOTICES_SILENCE["keepalives_idle"], engine.NOTICES_SILENCE["tcp_user_timeout"])
    assert (theirs, pooled) == ("30", "30")


async def test_a_connection_that_was_cut_while_idle_is_replaced_before_anybody_uses_it(database_url, connect, monkeypatch):
    database = Database(database_url)
    assert await ask(database) == 7
    monkeypatch.setattr(engine, "FRESH_SECONDS", 0)
    ours = "application_name = '' AND pid <> pg_backend_pid() AND datname = current_database()"
    assert connect().execute(f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE {ours}").fetchall()
    assert await ask(database) == 7
    await database.close()


async def test_a_connection_that_was_cut_while_in_use_says_so_once(database_url, connect, monkeypatch):
    database = Database(database_url)
    monkeypatch.setattr(engine, "FRESH_SECONDS", 3600)
    assert await ask(database) == 7
    ours = "application_name = '' AND pid <> pg_backend_pid() AND datname = current_database()"
    assert connect().execute(f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE {ours}").fetchall()
    with pytest.raises(DatabaseUnavailable):
        await ask(database)
    assert await ask(database) == 7
    await database.close()
