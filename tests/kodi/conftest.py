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


def settings_with(house: House, movies: Path, *kodis: RealKodi) -> Settings:
    """The settings of the house, with this library, and real Kodis as the only players: `kodi`, `kodi2` and so on."""
    document = house.settings.model_dump()
    document["libraries"][0]["path"] = movies
    document["managers"][0]["path_mappings"] = [{"manager_path": "/data/movies", "metarr_path": str(movies)}]
    document["player_groups"][0]["players"] = [access(kodi, number) for number, kodi in enumerate(kodis, 1)]
    return Settings.model_validate(document)


def access(kodi: RealKodi, number: int) -> dict[str, str]:
    """How to get into a Kodi."""
    return {
        "name": f"kodi{number if number > 1 else ''}",
        "url": kodi.url,
        "websocket_url": kodi.websocket_url,
        "username": kodi.username,
        "password": kodi.password,
    }


@asynccontextmanager
async def mirrored_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with open_runtime(settings) as runtime:
        async with runtime.database.transaction() as session:
            await mirror.mirror(session, settings)
        yield runtime


@pytest.fixture
async def kodi_runtime(house: House, real_kodi: RealKodi, kodi_movies: Path) -> AsyncIterator[Runtime]:
    """A runtime whose only player is the real Kodi, and whose library is that Kodi's source."""
    async with mirrored_runtime(settings_with(house, kodi_movies, real_kodi)) as runtime:
        yield runtime
