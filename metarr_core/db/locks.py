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
TRIES = 3


def lock_id(name: str) -> int:
    """The 64-bit id of a lock's name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


@asynccontextmanager
async def held(database: Database, name: str, *, wait_seconds: float = 0.0) -> AsyncIterator[None]:
    """Hold a lock for the length of the block.

    A connection that breaks is opened again and the lock taken back. If somebody else has it by then, the block is
    cancelled and LockBusy raised: two must never work on one title. Raises LockBusy, DatabaseUnavailable.
    """
    async with opened(database) as locks, locks.held(name, wait_seconds=wait_seconds):
        yield


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Locks]:
    """Locks that share one connection, for work on many titles: a connection for each costs more than most of that work.

    Raises DatabaseUnavailable.
    """
    locks = Locks(database, await database.connect())
    watch = asyncio.create_task(locks.watch())
    try:
        yield locks
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        await locks.close()


class Locks:
    """Locks on one connection, held after and beside one another by the tasks of one event loop."""

    def __init__(self, database: Database, connection: psycopg.AsyncConnection) -> None:
        self._database, self._connection = database, connection
        self._mending = asyncio.Lock()
        self._wanted: set[str] = set()
        """Held or waited for. PostgreSQL would give a connection the same lock twice."""
        self._holders: dict[str, asyncio.Task[object] | None] = {}
        self._lost: set[str] = set()

    @asynccontextmanager
    async def held(self, name: str, *, wait_seconds: float = 0.0) -> AsyncIterator[None]:
        """Hold one of them for the length of the block; as `held` of this module."""
        await self._acquire(name, wait_seconds)
        try:
            yield
            if name in self._lost:
                await asyncio.sleep(0)  # the cancellation is under way
        except asyncio.CancelledError:
            holder = asyncio.current_task()
            if name in self._lost and holder is not None and holder.uncancel() == 0:
                raise LockBusy(name) from None
            raise
        finally:
            await self._let_go(name)

    async def _acquire(self, name: str, wait_seconds: float) -> None:
        deadline = asyncio.get_running_loop().time() + wait_seconds
        while not await self._is_got(name):
            if asyncio.get_running_loop().time() >= deadline:
                raise LockBusy(name)
            await asyncio.sleep(POLL_SECONDS)

    async def _is_got(self, name: str) -> bool:
        if name in self._wanted:
            return False
        self._wanted.add(name)
        try:
            if got := await self._try_whole(name):
                self._holders[name] = asyncio.current_task()
            return got
        finally:
            if name not in self._holders:
                self._wanted.discard(name)

    async def _try_whole(self, name: str) -> bool:
        """Try on a connection that is whole then. Raises DatabaseUnavailable."""
        for _ in range(TRIES):
            connection = self._connection
            try:
                got = await _try(connection, name)
            except psycopg.Error:
                await self._mend(connection)
                continue
            if connection is self._connection:
                return got
        raise DatabaseUnavailable("the connection that holds locks breaks again and again")

    async def _let_go(self, name: str) -> None:
        self._holders.pop(name, None)
        if name not in self._lost:
            await _unlock(self._connection, name)
        self._lost.discard(name)
        self._wanted.discard(name)

    async def close(self) -> None:
        """Let go of all of them."""
        await _close(self._connection)

    async def watch(self) -> None:
        """Look after the connection, for as long as this runs."""
        while True:
            await asyncio.sleep(PING_SECONDS)
            connection = self._connection
            try:
                async with asyncio.timeout(PONG_SECONDS):
                    await connection.execute("SELECT 1")
            except (psycopg.Error, TimeoutError):
                with contextlib.suppress(DatabaseUnavailable):
                    await self._mend(connection)

    async def _mend(self, broken: psycopg.AsyncConnection) -> None:
        """Open the connection again and take back what is held; who has lost a lock to another is cancelled.

        Raises DatabaseUnavailable.
        """
        async with self._mending:
            if self._connection is not broken:
                return
            logger.warning("the connection that holds locks broke; taking back: %s", ", ".join(self._holders) or "none")
            await broken.close()
            connection = await self._database.connect()
            try:
                taken = {name: await _try(connection, name) for name in list(self._holders)}
            except BaseException as exc:
                await _close(connection)
                if isinstance(exc, psycopg.Error):
                    raise DatabaseUnavailable(str(exc).strip()) from exc
                raise
            self._connection = connection
            let_go = [name for name in taken if name not in self._holders]
            for name in taken.keys() - let_go:
                if not taken[name]:
                    self._lose(name)
            for name in let_go:
                if taken[name]:
                    await _unlock(connection, name)

    def _lose(self, name: str) -> None:
        holder = self._holders.pop(name, None)
        self._lost.add(name)
        if holder is not None:
            holder.cancel()


async def _try(connection: psycopg.AsyncConnection, name: str) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", [lock_id(name)])
    row = await cursor.fetchone()
    return bool(row and row[0])


async def _unlock(connection: psycopg.AsyncConnection, name: str) -> None:
    """Where the server does not answer, the lock goes with its connection; others on it are taken back."""
    try:
        async with asyncio.timeout(RELEASE_SECONDS):
            await connection.execute("SELECT pg_advisory_unlock(%s)", [lock_id(name)])
    except (psycopg.Error, TimeoutError):
        await connection.close()


async def _close(connection: psycopg.AsyncConnection) -> None:
    """Unlock what may be left, then close: closing alone frees a lock only once the server has noticed."""
    with contextlib.suppress(psycopg.Error, TimeoutError):
        async with asyncio.timeout(RELEASE_SECONDS):
            await connection.execute("SELECT pg_advisory_unlock_all()")
    await connection.close()


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
