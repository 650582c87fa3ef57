"""What a database says of itself: the server's version, and how far its schema is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class DatabaseVersion:
    """`number` is the server's `server_version_num`; `revision` is None before the first migration."""

    server: str
    number: int
    revision: str | None


async def read(session: AsyncSession) -> DatabaseVersion:
    """The versions of server and schema."""
    server = (await session.execute(text("SHOW server_version"))).scalar_one()
    number = (await session.execute(text("SHOW server_version_num"))).scalar_one()
    return DatabaseVersion(str(server).split()[0], int(number), await _revision(session))


async def _revision(session: AsyncSession) -> str | None:
    if (await session.execute(text("SELECT to_regclass('alembic_version')"))).scalar_one() is None:
        return None
    found: str | None = (await session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()
    return found


def newest_revision() -> str:
    """The newest revision that this Metarr knows."""
    return str(ScriptDirectory(str(_MIGRATIONS)).get_current_head())


def known_revisions() -> set[str]:
    """Every revision that this Metarr knows."""
    return {script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()}
