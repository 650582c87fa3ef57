"""An installation with a doctor in it: settings that tests change, and what the doctor says of one subject."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from deployments.demo.films import FILMS
from deployments.demo.kodi import KodiStandIn
from deployments.demo.serving import serve
from deployments.demo.tmdb import TmdbStandIn
from metarr_core.operations.doctor.checks import all_checks
from metarr_core.operations.doctor.examination import examine
from metarr_core.operations.doctor.findings import Finding, Severity
from metarr_core.operations.doctor.patient import open_patient
from metarr_core.settings import Settings
from tests.conftest import TMDB_KEY, settings_of
from tests.doctor.radarr import KEY, RadarrStandIn

NOBODY_LISTENS = 9
NOBODY = f"http://127.0.0.1:{NOBODY_LISTENS}"
Says = Callable[..., Awaitable[list[Finding]]]
Document = dict[str, Any]


@pytest.fixture
def movies(tmp_path: Path) -> Path:
    """The library."""
    movies = tmp_path / "movies"
    movies.mkdir()
    return movies


@pytest.fixture
def document(tmp_path: Path, movies: Path) -> Document:
    """The settings, as a test may change them. Behind their addresses is nobody, but where a test asks for somebody."""
    away = f"postgresql+psycopg://metarr@127.0.0.1:{NOBODY_LISTENS}/metarr"
    return settings_of(tmp_path, away, NOBODY, NOBODY).model_dump() | {"web": {"port": NOBODY_LISTENS}}


@pytest.fixture
def database(document: Document, database_url: str) -> str:
    """A database of the newest schema; gives its address."""
    document["database"]["url"] = database_url
    return database_url


@pytest.fixture
async def tmdb(document: Document) -> AsyncIterator[TmdbStandIn]:
    stand_in = TmdbStandIn(FILMS, TMDB_KEY)
    async with serve(stand_in.app) as url:
        document["providers"]["tmdb"]["base_url"] = f"{url}/3"
        yield stand_in


@pytest.fixture
async def kodi(document: Document, movies: Path) -> AsyncIterator[KodiStandIn]:
    stand_in = KodiStandIn([movies])
    async with serve(stand_in.app) as url:
        document["player_groups"][0]["players"][0]["url"] = url
        yield stand_in


@pytest.fixture
async def radarr(document: Document) -> AsyncIterator[RadarrStandIn]:
    stand_in = RadarrStandIn()
    async with serve(stand_in.app) as url:
        document["managers"][0].update(url=url, api_key=KEY)
        yield stand_in


@pytest.fixture
def says(document: Document) -> Says:
    """What the doctor says of one subject."""

    async def examined(subject: str) -> list[Finding]:
        async with open_patient(Settings.model_validate(document)) as patient:
            return await examine([check for check in all_checks(patient) if check.about.name == subject])

    return examined


def bad(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is not Severity.OK]


def only(findings: Sequence[Finding], severity: Severity) -> Finding:
    """The one finding of this severity; nothing else is bad, and it says what to do."""
    (finding,) = bad(findings)
    assert finding.severity is severity, finding
    assert finding.cure
    return finding


def all_well(findings: Sequence[Finding]) -> str:
    """The sentences of findings that are all well."""
    assert findings
    assert bad(findings) == []
    return "\n".join(finding.sentence for finding in findings)
