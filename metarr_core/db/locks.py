"""Locks that prove that their holder lives: PostgreSQL session locks, gone with the connection that holds them."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.engine import Database
from metarr_core.errors import DatabaseUnavailable, LockBusy

logger = logging.getLogger(__name__)

PING_SECONDS = 2.0
PONG_SECONDS = 10.0
POLL_SECONDS = 0.25
RELEASE_SECONDS = 2.0


def lock_id(name: str) -> int:
    """The 64-bit id of a lock's name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


@asynccontextmanager
async def held(database: Database, name: str, *, wait_seconds: float = 0.0) -> AsyncIterator[None]:
    """Hold a lock for the length of the block.

    A connection that breaks is opened again and the lock taken back. If somebody else has it by then, the block is
    cancelled and LockBusy raised: two must never work on one title. Raises LockBusy, DatabaseUnavailable.
    """
    connection = await _acquired(database, name, wait_seconds)
    keeper = _Keeper(database, name, connection)
    try:
        async with keeper.guarding():
            yield
    finally:
        await _release(keeper.connection)


async def _acquired(database: Database, name: str, wait_seconds: float) -> psycopg.AsyncConnection:
    connection = await database.connect()
    deadline = asyncio.get_running_loop().time() + wait_seconds
    try:
        while not (got := await _try(connection, name)) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)
    except BaseException:
        await connection.close()
        raise
    if not got:
        await connection.close()
        raise LockBusy(name)
    return connection


async def _try(connection: psycopg.AsyncConnection, name: str) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", [lock_id(name)])
    row = await cursor.fetchone()
    return bool(row and row[0])


async def _release(connection: psycopg.AsyncConnection) -> None:
    """Unlock, then close: closing alone frees the lock only once the server has noticed."""
    with contextlib.suppress(psycopg.Error, TimeoutError):
        async with asyncio.timeout(RELEASE_SECONDS):
            await connection.execute("SELECT pg_advisory_unlock_all()")
    await connection.close()


class _Keeper:
    """Watches a lock's connection, and cancels the holder when the lock is lost to somebody else."""

    def __init__(self, database: Database, name: str, connection: psycopg.AsyncConnection) -> None:
        self.connection = connection
        self._database, self._name = database, name
        self._lost = False

    @asynccontextmanager
    async def guarding(self) -> AsyncIterator[None]:
        holder = asyncio.current_task()
        watch = asyncio.create_task(self._watch(holder))
        try:
            yield
        except asyncio.CancelledError:
            if self._lost and holder is not None and holder.uncancel() == 0:
                raise LockBusy(self._name) from None
            raise
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def _watch(self, holder: asyncio.Task[object] | None) -> None:
        while not self._lost:
            await asyncio.sleep(PING_SECONDS)
            try:
                async with asyncio.timeout(PONG_SECONDS):
                    await self.connection.execute("SELECT 1")
            except (psycopg.Error, TimeoutError):
                await self._take_back(holder)

    async def _take_back(self, holder: asyncio.Task[object] | None) -> None:
        logger.warning("the connection that holds the lock on %s broke; taking the lock back", self._name)
        await self.connection.close()
        try:
            self.connection = await _acquired(self._database, self._name, 0)
        except LockBusy:
            self._lost = True
            if holder is not None:
                holder.cancel()
        except (DatabaseUnavailable, psycopg.Error):
            logger.warning("the database is away; the lock on %s is tried again", self._name)


_TAKEN = text("SELECT id FROM unnest(CAST(:ids AS bigint[])) AS id WHERE pg_try_advisory_xact_lock(id)")


async def taken(session: AsyncSession, names: Collection[str]) -> set[str]:
    """Take those of these locks that nobody holds, until the transaction ends; gives them."""
    ids = set((await session.execute(_TAKEN, {"ids": [lock_id(name) for name in names]})).scalars())
    return {name for name in names if lock_id(name) in ids}


_HELD = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


async def held_now(session: AsyncSession, names: Collection[str]) -> set[str]:
    """Which of these locks somebody holds."""
    ids = set((await session.execute(_HELD)).scalars())
    return {name for name in names if lock_id(name) in ids}
