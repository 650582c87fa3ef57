"""The shim over a library on disk and a database of its own; nobody here needs a provider or a player."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from metarr_core.settings import Settings
from tests.conftest import settings_of
from tests.web.shim import Shim, open_shim

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    (tmp_path / "movies").mkdir()
    return settings_of(tmp_path, database_url, NOBODY, NOBODY)


@pytest.fixture
async def shim(settings: Settings) -> AsyncIterator[Shim]:
    async with open_shim(settings) as opened:
        yield opened


@pytest.fixture
async def stranger(shim: Shim) -> AsyncIterator[httpx.AsyncClient]:
    """A client without the key."""
    async with httpx.AsyncClient(base_url=shim.url) as client:
        yield client
