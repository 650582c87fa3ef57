"""The shim as its users meet it: an HTTP server over a database, and what of it a test asks for."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import make_url

from deployments.demo.serving import serve
from metarr_core.settings import Settings
from metarr_core.web.app import create_app

API_KEY = "a-long-secret"
PAUSE = 0.05

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Tables:
    """What lies in the database, read past the shim."""

    url: str

    async def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        url = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row) as connection:
            cursor = await connection.execute(query, values)
            return await cursor.fetchall() if cursor.description else []

    async def events(self) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM webhook_events ORDER BY id")

    async def jobs(self) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM job_queue ORDER BY id")

    async def have_ended(self, status: str) -> None:
        """As if the runs of all jobs had ended."""
        await self.rows("UPDATE webhook_events SET status = %s", status)
        await self.rows("UPDATE job_queue SET status = 'completed'")


@dataclass(frozen=True)
class Shim:
    """The served shim; `client` carries the key."""

    client: httpx.AsyncClient
    url: str
    tables: Tables
    spool: Path

    async def send(self, payload: Any, path: str = "/webhooks/radarr/radarr") -> httpx.Response:
        return await self.client.post(path, content=payload if isinstance(payload, bytes) else json.dumps(payload).encode())

    async def replay(self, event_id: int) -> httpx.Response:
        return await self.client.post(f"/api/v1/webhook-events/{event_id}/replay")

    def spooled(self) -> list[Path]:
        return sorted(self.spool.glob("*.webhook"))


@asynccontextmanager
async def open_shim(settings: Settings, key: str = API_KEY, database_url: str = "") -> AsyncIterator[Shim]:
    """The shim, served; `database_url` where the tables are read, when not where the shim does."""
    tables = Tables(database_url or settings.database.url.get_secret_value())
    async with serve(create_app(settings, key)) as root:
        url = root + settings.web.base_path
        async with httpx.AsyncClient(base_url=url, headers={"X-Api-Key": API_KEY}, timeout=60) as client:
            yield Shim(client, url, tables, settings.paths.data_dir / "spool")


def problem(answer: httpx.Response, status: int) -> str:
    """The sentence of a problem of this status."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return str(body["detail"])


async def until(ask: Callable[[], Awaitable[Answer]], goal: str, seconds: float = 30) -> Answer:
    """The first truthy answer; AssertionError naming the goal when there is none within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := await ask()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain: {goal}"
        await asyncio.sleep(PAUSE)
    return answer
