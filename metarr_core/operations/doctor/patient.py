"""What the doctor has in hand: settings and open clients, as far as they can be opened. Nothing is started or created."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy.exc import ArgumentError

from metarr_core.clients.http import open_client
from metarr_core.db.engine import Database
from metarr_core.db.location import database_url
from metarr_core.errors import MetarrError
from metarr_core.settings import Settings

PING_SECONDS = 3.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


@dataclass(frozen=True)
class Patient:
    """An installation, whole or not. `database` is None where there is not even an address."""

    settings: Settings
    database: Database | None
    providers: httpx.AsyncClient
    local: httpx.AsyncClient
    is_up: bool
    """Whether the web shim answers, which stands for all that `metarr up` starts."""


@asynccontextmanager
async def open_patient(settings: Settings) -> AsyncIterator[Patient]:
    """An installation to look at, as it is."""
    database = _database(settings)
    try:
        async with open_client() as providers, open_client(through_proxy=False) as local:
            yield Patient(settings, database, providers, local, await _is_up(settings, local))
    finally:
        if database:
            await database.close()


def _database(settings: Settings) -> Database | None:
    try:
        return Database(database_url(settings), pool_size=10)
    except (MetarrError, ArgumentError, ValueError):
        return None


def shim_url(settings: Settings) -> str:
    """Where the web shim should answer on this machine."""
    host = EVERYWHERE.get(settings.web.host, settings.web.host)
    return f"http://{host}:{settings.web.port}{settings.web.base_path}"


async def _is_up(settings: Settings, http: httpx.AsyncClient) -> bool:
    try:
        answer = await http.get(f"{shim_url(settings)}/ping", timeout=PING_SECONDS)
        return answer.is_success and answer.json() == {"status": "OK"}
    except (httpx.HTTPError, ValueError):
        return False
