"""What tests share: a real PostgreSQL, a library on disk, a provider that speaks HTTP, and a runtime over all of it."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from deployments.demo.fanart_tv import FanartTvStandIn
from deployments.demo.film import Film
from deployments.demo.films import FILMS
from deployments.demo.kodi import KodiStandIn
from deployments.demo.serving import serve
from deployments.demo.tmdb import TmdbStandIn
from metarr_core.db import mirror, schema
from metarr_core.db.embedded import EmbeddedPostgres
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import Settings
from tests.real_kodi.programs import installed

TMDB_KEY = "0123456789abcdef0123456789abcdef"
FANART_TV_KEY = "fedcba9876543210fedcba9876543210"


NO_KODI = installed()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a real Kodi where there is none: from one place, so that pytest tells it in one line."""
    if NO_KODI is not None and item.get_closest_marker("kodi"):
        pytest.skip(NO_KODI)


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder below /tmp that the database's user may pass, as pytest's own is not when root runs the tests."""
    with tempfile.TemporaryDirectory(prefix="metarr-tests-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="session")
def postgres(open_folder: Path) -> Iterator[EmbeddedPostgres]:
    """The embedded server, with an empty database of the newest schema to copy."""
    server = EmbeddedPostgres(open_folder / "database")
    server.start()
    with psycopg.connect(server.url("postgres", "postgresql"), autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):  # what is lost with the machine is no loss here
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
    server.create_database("pristine")
    schema.upgrade(server.url("pristine"))
    yield server
    server.stop()


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database of its own, with the newest schema; gone with the test."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.url("postgres", "postgresql"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE pristine STRATEGY file_copy")
        yield postgres.url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class House:
    """A library on disk, a Kodi, a TMDB and a fanart.tv, and the settings that name them."""

    movies: Path
    settings: Settings
    tmdb: TmdbStandIn
    fanart_tv: FanartTvStandIn
    kodi: KodiStandIn

    def folder(self, film: Film) -> Path:
        """The film's folder."""
        folder = self.movies / f"{film.title} ({film.year})"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@pytest.fixture
async def house(tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    movies = tmp_path / "movies"
    movies.mkdir()
    tmdb, fanart_tv, kodi = TmdbStandIn(FILMS, TMDB_KEY), FanartTvStandIn(FILMS, FANART_TV_KEY), KodiStandIn([movies])
    async with serve(tmdb.app) as tmdb_url, serve(fanart_tv.app) as fanart_tv_url, serve(kodi.app) as kodi_url:
        settings = settings_of(tmp_path, database_url, tmdb_url, kodi_url, fanart_tv_url)
        yield House(movies, settings, tmdb, fanart_tv, kodi)


def settings_of(root: Path, database_url: str, tmdb_url: str, kodi_url: str, fanart_tv_url: str | None = None) -> Settings:
    fanart_tv = {"api_key": FANART_TV_KEY, "base_url": f"{fanart_tv_url}/v3"} if fanart_tv_url else {}
    return Settings.model_validate(
        {
            "paths": {"data_dir": root / "data"},
            "database": {"url": database_url},
            "providers": {
                "tmdb": {"api_key": TMDB_KEY, "base_url": f"{tmdb_url}/3", "image_base_url": f"{tmdb_url}/t/p"},
                "fanart_tv": fanart_tv,
            },
            "libraries": [{"name": "Movies", "path": root / "movies"}],
            "managers": [
                {
                    "name": "radarr",
                    "type": "radarr",
                    "path_mappings": [{"manager_path": "/data/movies", "metarr_path": str(root / "movies")}],
                }
            ],
            "player_groups": [
                {"name": "home", "players": [{"name": "sofa", "url": kodi_url, "username": "kodi", "password": "kodi"}]}
            ],
        }
    )


@pytest.fixture
async def runtime(house: House) -> AsyncIterator[Runtime]:
    async with open_runtime(house.settings) as opened:
        async with opened.database.transaction() as session:
            await mirror.mirror(session, house.settings)
        yield opened
