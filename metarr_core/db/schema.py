"""The schema's version: up and down through Alembic, in one transaction, so that a kill leaves nothing half done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ArgumentError, OperationalError

from metarr_core.errors import ConfigurationError

OLDEST_MAJOR = 14
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('metarr schema'))")


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to a revision.

    Raises ConfigurationError when there is no connection or the server is too old.
    """
    with _migrations(url) as config:
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database at `url` back to an older revision; 'base' is empty."""
    with _migrations(url) as config:
        command.downgrade(config, revision)


def check_server(version: int) -> None:
    """Refuse a server that is too old, by its `server_version_num`. Raises ConfigurationError."""
    major = version // 10_000
    if major < OLDEST_MAJOR:
        raise ConfigurationError(f"database.url: PostgreSQL {major} is too old; {OLDEST_MAJOR} or newer is needed")


@contextmanager
def _migrations(url: str) -> Iterator[Config]:
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            check_server(int(connection.execute(text("SHOW server_version_num")).scalar_one()))
            connection.execute(_ONE_AT_A_TIME)
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            yield config
    except OperationalError as exc:
        raise ConfigurationError(
            f"database.url: no connection: {exc.orig}; is the server up and the address right?"
        ) from exc
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    try:
        return create_engine(url)
    except (ArgumentError, ValueError) as exc:
        raise ConfigurationError(
            "database.url is no address; it looks like postgresql+psycopg://user@host:5432/name"
        ) from exc
