"""The dispatcher's desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from metarr_core.runtime import Runtime, open_runtime
from tests.conftest import settings_of
from tests.dispatcher.desk import Desk
from tests.web.shim import Tables

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
async def runtime(tmp_path: Path, database_url: str) -> AsyncIterator[Runtime]:
    async with open_runtime(settings_of(tmp_path, database_url, NOBODY, NOBODY)) as opened:
        yield opened


@pytest.fixture
def desk(runtime: Runtime, database_url: str) -> Desk:
    return Desk(runtime, Tables(database_url))
