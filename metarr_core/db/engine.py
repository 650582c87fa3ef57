"""Connections to our database: a pool for transactions, and single connections for locks and notifications."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from metarr_core.errors import DatabaseUnavailable

CONNECT_TIMEOUT_SECONDS = 5
FRESH_SECONDS = 1.0
STATEMENT_LIMIT = "-c statement_timeout=60s"
MOST_CONNECTIONS = 10
OLD_SECONDS = 300
"""An older connection of the pool is not used again: a firewall may have dropped it silently while nothing was to do."""
NOTICES_SILENCE: dict[str, Any] = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""So the kernel gives up a connection after a minute of silence, not after two hours and then some."""
SERVER_NOTICES = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
"""The same on the server's side, where a connection that nobody has any more would keep its lock."""


class Database:
    """Our database. Belongs to one event loop; close it there."""

    def __init__(self, url: str, *, pool_size: int = 2, old_seconds: int = OLD_SECONDS) -> None:
        self.url = url
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=MOST_CONNECTIONS - pool_size,
            pool_recycle=old_seconds,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "options": f"{STATEMENT_LIMIT} {SERVER_NOTICES}",
                **NOTICES_SILENCE,
            },
        )
        _ping_before_use(self._engine.sync_engine)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose transaction commits at the end.

        Raises DatabaseUnavailable when the server is away or cuts the connection.
        """
        try:
            async with self._sessions() as session, session.begin():
                yield session
        except (OperationalError, InterfaceError, PoolTimeoutError) as exc:
            raise DatabaseUnavailable(_first_line(exc)) from exc
        except DBAPIError as exc:
            if exc.connection_invalidated:
                raise DatabaseUnavailable(_first_line(exc)) from exc
            raise

    async def connect(self) -> psycopg.AsyncConnection:
        """A connection of its own, outside the pool, without transactions. Raises DatabaseUnavailable."""
        try:
            return await psycopg.AsyncConnection.connect(
                make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False),
                autocommit=True,
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                options=SERVER_NOTICES,
                **NOTICES_SILENCE,
            )
        except psycopg.OperationalError as exc:
            raise DatabaseUnavailable(_first_line(exc)) from exc

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


def _ping_before_use(engine: Engine) -> None:
    """As `pool_pre_ping`, but not for a connection that was in use just now: in bulk, that is a quarter of a transaction."""

    @event.listens_for(engine, "checkin")
    def note(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ping(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        used_at = record.info.get("used_at")
        if used_at is None or time.monotonic() - used_at < FRESH_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as exc:
            raise InvalidatePoolError from exc


def _first_line(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0]
