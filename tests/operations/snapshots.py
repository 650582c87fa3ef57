"""Puts rows and a folder back to what they were, so that the same work can be killed at each of its moments in turn."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import text

from metarr_core.runtime import Runtime
from tests.operations.films import sql


class Snapshot:
    """Tables and a folder as they are when it is taken."""

    def __init__(self, runtime: Runtime, folder: Path, tables: tuple[str, ...]) -> None:
        self._runtime, self._folder, self._tables = runtime, folder, tables
        self._copy = folder.with_name(f"{folder.name} before")

    async def take(self) -> None:
        """Remember everything."""
        shutil.copytree(self._folder, self._copy)
        for table in self._tables:
            await sql(self._runtime, f"CREATE TABLE was_{table} AS SELECT * FROM {table}")

    async def put_back(self) -> None:
        """Make everything as it was. Triggers and references are asleep meanwhile."""
        shutil.rmtree(self._folder)
        shutil.copytree(self._copy, self._folder)
        async with self._runtime.database.transaction() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for table in self._tables:
                await session.execute(text(f"DELETE FROM {table}"))
                await session.execute(text(f"INSERT INTO {table} SELECT * FROM was_{table}"))
