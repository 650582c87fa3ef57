"""The made-up house of the demo: a library, settings, and the stand-ins around it, all below one folder."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployments.demo.clips import write_clip
from deployments.demo.fanart_tv import FanartTvStandIn
from deployments.demo.film import Film
from deployments.demo.films import FILMS
from deployments.demo.kodi import KodiStandIn
from deployments.demo.serving import serve
from deployments.demo.tmdb import TmdbStandIn

TMDB_KEY = "0123456789abcdef0123456789abcdef"
FANART_TV_KEY = "fedcba9876543210fedcba9876543210"
API_KEY = "demo"

SETTINGS = """\
[paths]
data_dir = {data}

[prefect]
port = 0

[web]
port = 0
api_key = {key}

[providers.tmdb]
api_key = {tmdb_key}
base_url = {tmdb_url}
image_base_url = {picture_url}

[providers.fanart_tv]
api_key = {fanart_tv_key}
base_url = {fanart_tv_url}

[[libraries]]
name = "Movies"
path = {movies}

[[managers]]
name = "radarr"
type = "radarr"
path_mappings = [{{ manager_path = "/data/movies", metarr_path = {movies} }}]

[[player_groups]]
name = "home"

[[player_groups.players]]
name = "living room"
url = {player_url}
websocket_url = {player_events}
username = {player_username}
password = {player_password}
"""


@dataclass(frozen=True)
class PlayerAccess:
    """Where a player is, and how one gets in."""

    url: str
    websocket_url: str = ""
    username: str = "kodi"
    password: str = "kodi"  # noqa: S105 - of a stand-in


@dataclass(frozen=True)
class Providers:
    """Where the stand-ins of the providers are served."""

    tmdb_url: str
    fanart_tv_url: str


def settings_text(root: Path, movies: Path, providers: Providers, player: PlayerAccess) -> str:
    """A metarr.toml for a library, with these providers and this player; Metarr's own files lie below `root`."""
    values = {
        "data": root / "data",
        "movies": movies,
        "key": API_KEY,
        "tmdb_key": TMDB_KEY,
        "tmdb_url": f"{providers.tmdb_url}/3",
        "picture_url": f"{providers.tmdb_url}/t/p",
        "fanart_tv_key": FANART_TV_KEY,
        "fanart_tv_url": f"{providers.fanart_tv_url}/v3",
        "player_url": player.url,
        "player_events": player.websocket_url,
        "player_username": player.username,
        "player_password": player.password,
    }
    return SETTINGS.format(**{name: json.dumps(str(value)) for name, value in values.items()})


@dataclass(frozen=True)
class House:
    """Where things are."""

    movies: Path
    config: Path
    tmdb: TmdbStandIn
    fanart_tv: FanartTvStandIn
    kodi: KodiStandIn

    def import_film(self, film: Film) -> tuple[Path, dict[str, Any]]:
        """Do as Radarr does: put a film's file into the library; gives its path, and the webhook that tells of it."""
        folder = self.movies / f"{film.title} ({film.year})"
        folder.mkdir(exist_ok=True)
        video = write_clip(folder / f"{film.title} ({film.year}) Bluray-1080p.mkv", title=film.title)
        return video, radarr_download(film, f"/data/movies/{folder.name}", video)


def radarr_download(film: Film, folder_path: str, video: Path) -> dict[str, Any]:
    """The webhook of an import, as Radarr sends it."""
    return {
        "eventType": "Download",
        "instanceName": "Radarr",
        "applicationUrl": "",
        "isUpgrade": False,
        "movie": {
            "id": film.tmdb_id % 1000,
            "title": film.title,
            "year": film.year,
            "releaseDate": film.release_date.isoformat(),
            "folderPath": folder_path,
            "tmdbId": film.tmdb_id,
            "imdbId": film.imdb_id,
            "overview": film.overview,
            "genres": list(film.genres),
        },
        "movieFile": {
            "id": 1,
            "relativePath": video.name,
            "path": f"{folder_path}/{video.name}",
            "size": video.stat().st_size,
        },
    }


@asynccontextmanager
async def made_up_house() -> AsyncIterator[House]:
    """The house, with its stand-ins being served; gone when the block ends."""
    tmdb, fanart_tv = TmdbStandIn(FILMS, TMDB_KEY), FanartTvStandIn(FILMS, FANART_TV_KEY)
    with _folder() as root:
        movies = root / "movies"
        movies.mkdir()
        kodi = KodiStandIn([movies])
        async with serve(tmdb.app) as tmdb_url, serve(fanart_tv.app) as fanart_tv_url, serve(kodi.app) as kodi_url:
            config = root / "metarr.toml"
            config.write_text(settings_text(root, movies, Providers(tmdb_url, fanart_tv_url), PlayerAccess(kodi_url)))
            yield House(movies, config, tmdb, fanart_tv, kodi)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder of our own that the database's user may pass."""
    with tempfile.TemporaryDirectory(prefix="metarr-demo-") as name:
        root = Path(name)
        root.chmod(0o711)
        yield root
