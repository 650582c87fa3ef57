"""The doctor at a real Kodi's bed."""

from __future__ import annotations

import pytest

from metarr_core.operations.doctor.checks import all_checks
from metarr_core.operations.doctor.examination import examine
from metarr_core.operations.doctor.findings import Finding, Severity
from metarr_core.operations.doctor.patient import open_patient
from metarr_core.settings import Settings
from tests.kodi.conftest import settings_with

pytestmark = pytest.mark.kodi


async def told(settings: Settings) -> list[Finding]:
    async with open_patient(settings) as patient:
        return await examine([check for check in all_checks(patient) if check.about.name == "player 'kodi'"])


async def test_a_source_that_it_has_is_seen(house, real_kodi, kodi_movies):
    (kodi_movies / "A film (2000)").mkdir(exist_ok=True)
    version, library = await told(settings_with(house, kodi_movies, real_kodi))
    assert version.sentence.startswith("Kodi 2")
    assert library.severity is Severity.OK, library
    assert str(kodi_movies) in library.sentence


async def test_a_source_that_it_does_not_have_is_told(house, real_kodi):
    _, library = await told(settings_with(house, house.movies, real_kodi))
    assert library.severity is Severity.PROBLEM
    assert "none of its video sources" in library.sentence


async def test_a_folder_below_its_source_that_is_not_there_cannot_be_listed(house, real_kodi, kodi_movies):
    (house.movies / "A film (2000)").mkdir()
    document = settings_with(house, house.movies, real_kodi).model_dump()
    document["player_groups"][0]["path_mappings"] = [
        {"metarr_path": str(house.movies), "player_path": str(kodi_movies / "not there")}
    ]
    _, library = await told(Settings.model_validate(document))
    assert library.severity is Severity.PROBLEM
    assert "not there" in library.sentence


async def test_a_password_that_it_refuses_is_told(house, real_kodi, kodi_movies):
    document = settings_with(house, kodi_movies, real_kodi).model_dump()
    document["player_groups"][0]["players"][0]["password"] = "wrong"
    (found,) = await told(Settings.model_validate(document))
    assert found.severity is Severity.PROBLEM
    assert "refuses username and password" in found.sentence
