"""A real Kodi over the library of the house."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from metarr_core.db import mirror
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import Settings
from tests.conftest import House
from tests.real_kodi.kodi import RealKodi


@pytest.fixture(scope="session")
def kodi_movies() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="metarr-kodi-library-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def real_kodi(kodi_movies: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealKodi]:
    with RealKodi(tmp_path_factory.mktemp("kodi"), {"Movies": kodi_movies}) as kodi:
        yield kodi


def settings_with(house: House, kodi: RealKodi, movies: Path) -> Settings:
    """The settings of the house, with this library, and the real Kodi as the only player."""
    document = house.settings.model_dump()
    document["libraries"][0]["path"] = movies
    document["managers"][0]["path_mappings"] = [{"manager_path": "/data/movies", "metarr_path": str(movies)}]
    document["player_groups"][0]["players"] = [
        {
            "name": "kodi",
            "url": kodi.url,
            "username": kodi.username,
            "password": kodi.password,
            "websocket_url": kodi.websocket_url,
        }
    ]
    return Settings.model_validate(document)


@asynccontextmanager
async def mirrored_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with open_runtime(settings) as runtime:
        async with runtime.database.transaction() as session:
            await mirror.mirror(session, settings)
        yield runtime


@pytest.fixture
async def kodi_runtime(house: House, real_kodi: RealKodi, kodi_movies: Path) -> AsyncIterator[Runtime]:
    """A runtime whose only player is the real Kodi, and whose library is that Kodi's source."""
    async with mirrored_runtime(settings_with(house, real_kodi, kodi_movies)) as runtime:
        yield runtime
