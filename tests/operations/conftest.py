"""A film of Radarr's, and the Radarr that tells of it."""

from __future__ import annotations

import pytest

from tests.operations.upgrades import adopted_film, scripted_radarr


@pytest.fixture
def radarr(runtime, house):
    return scripted_radarr(runtime, house)


@pytest.fixture
async def film(runtime, radarr):
    return await adopted_film(runtime, radarr)
