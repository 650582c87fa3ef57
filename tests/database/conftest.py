"""Plain connections, beside the engine's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from metarr_core.db.embedded import EmbeddedPostgres
from metarr_core.db.engine import Database


def plain(url: str) -> str:
    """The address without SQLAlchemy's driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def connect(database_url: str) -> Iterator[Callable[[], psycopg.Connection]]:
    """Makes connections to the test's database, closed with the test."""
    opened: list[psycopg.Connection] = []

    def connecting() -> psycopg.Connection:
        opened.append(psycopg.connect(plain(database_url), autocommit=True))
        return opened[-1]

    yield connecting
    for connection in opened:
        connection.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def data_dir(open_folder) -> Iterator[Path]:
    """The folder of a server of its own, stopped at the end."""
    folder = open_folder / "embedded"
    EmbeddedPostgres(folder).start()
    yield folder
    EmbeddedPostgres(folder).stop()


@pytest.fixture
def server(data_dir) -> EmbeddedPostgres:
    """That server, running."""
    running = EmbeddedPostgres(data_dir)
    running.start()
    return running
