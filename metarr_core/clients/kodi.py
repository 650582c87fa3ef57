"""Kodi's JSON-RPC over HTTP, as Kodi 20 really behaves. What an answer means for us is decided in operations."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import httpx

from metarr_core.domain.watched import Watched
from metarr_core.errors import PlayerRefuses, PlayerUnreachable
from metarr_core.settings.entries import Player

TIMEOUT = httpx.Timeout(connect=3, read=10, write=5, pool=10)
MOVIE_PROPERTIES = [
    "title",
    "file",
    "uniqueid",
    "art",
    "playcount",
    "lastplayed",
    "userrating",
    "dateadded",
    "resume",
    "cast",
]
MARK = "metarr"
"""The name of a mark of ours among an entry's ids: no skin shows them, and nothing asks for one of this name."""


@dataclass(frozen=True)
class KodiMovie:
    """A film in a Kodi's library. Its id changes with every refresh: the file is its identity."""

    id: int
    file: str
    title: str
    unique_ids: dict[str, str]
    art: dict[str, str]
    cast: tuple[str, ...]
    watched: Watched
    """Of this, RefreshMovie loses all but the resume point and the date."""

    @property
    def is_marked(self) -> bool:
        """Whether it is still the entry that was marked."""
        return MARK in self.unique_ids


@dataclass(frozen=True)
class KodiVersion:
    """Which Kodi a player is."""

    name: str
    major: int
    minor: int


class Kodi:
    """One Kodi. Every method raises PlayerUnreachable."""

    def __init__(self, player: Player, http: httpx.AsyncClient) -> None:
        self.name = player.name
        self.events_url = player.events_url
        """Where it tells of itself."""
        self._url = f"{player.url}/jsonrpc"
        self._auth = (player.username, player.password.get_secret_value())
        self._http = http

    async def call(self, method: str, **params: Any) -> Any:
        """The result of one method."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        try:
            response = await self._http.post(self._url, json=request, auth=self._auth, timeout=TIMEOUT)
            answer = response.json() if response.status_code == HTTPStatus.OK else {}
        except httpx.HTTPError as exc:
            raise PlayerUnreachable(self.name, f"no answer from {self._url} ({type(exc).__name__}); is it on?") from exc
        except ValueError as exc:
            raise PlayerUnreachable(self.name, f"{self._url} does not answer like Kodi; check its url") from exc
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            raise PlayerRefuses(self.name, "it refuses username and password; check them in metarr.toml")
        if "result" not in answer:
            raise PlayerUnreachable(self.name, f"{method}: {answer.get('error') or f'HTTP {response.status_code}'}")
        return answer["result"]

    async def movies_in(self, folder: str) -> list[KodiMovie]:
        """The films of a folder (with its slash at the end) in the library."""
        found = await self.call(
            "VideoLibrary.GetMovies",
            properties=MOVIE_PROPERTIES,
            filter={"field": "path", "operator": "is", "value": folder},
        )
        return [_movie(row) for row in found.get("movies", [])]

    async def list_directory(self, folder: str) -> None:
        """Read a folder afresh, which also renews Kodi's cached listing of it. One that it may not read is no matter."""
        try:
            await self.call("Files.GetDirectory", directory=folder, media="files")
        except PlayerUnreachable as exc:
            if "Files.GetDirectory" not in exc.reason:
                raise

    async def version(self) -> KodiVersion:
        """Which Kodi it is."""
        found = (await self.call("Application.GetProperties", properties=["name", "version"])) or {}
        version = found.get("version") or {}
        return KodiVersion(str(found.get("name", "Kodi")), int(version.get("major", 0)), int(version.get("minor", 0)))

    async def video_sources(self) -> list[str]:
        """The folders of its video sources; a source of several folders counts as each of them."""
        found = await self.call("Files.GetSources", media="video")
        return [folder for source in found.get("sources") or [] for folder in _folders_of(source["file"])]

    async def count_entries(self, folder: str) -> int:
        """How much lies in a folder, as this player sees it."""
        found = await self.call("Files.GetDirectory", directory=folder, media="files", limits={"start": 0, "end": 1})
        return int(found["limits"]["total"])

    async def scan(self, folder: str) -> None:
        """Start a scan of a folder; it goes on in the background, and a wrong folder looks exactly like a good one."""
        await self.call("VideoLibrary.Scan", directory=folder, showdialogs=False)

    async def refresh(self, movie: KodiMovie) -> None:
        """Read a film's NFO and artwork again; its id, playcount, lastplayed and userrating are lost."""
        await self.call("VideoLibrary.RefreshMovie", movieid=movie.id, ignorenfo=False)

    async def mark(self, movie: KodiMovie) -> None:
        """Mark a film's entry: the one that a refresh puts in its place has no mark. Nothing else changes."""
        await self.call("VideoLibrary.SetMovieDetails", movieid=movie.id, uniqueid={MARK: "is read anew"})

    async def unmark(self, movie: KodiMovie) -> None:
        """Take the mark off again."""
        await self.call("VideoLibrary.SetMovieDetails", movieid=movie.id, uniqueid={MARK: None})

    async def set_watched(self, movie: KodiMovie, watched: Watched) -> None:
        """Say what was watched; what is empty stays as it is."""
        details = {name: getattr(watched, name) for name in ("playcount", "lastplayed", "userrating", "dateadded")}
        if watched.position:
            details["resume"] = {"position": watched.position, "total": watched.total}
        await self.call("VideoLibrary.SetMovieDetails", movieid=movie.id, **{k: v for k, v in details.items() if v})

    async def remove(self, movie: KodiMovie) -> None:
        """Remove a film's entry, and nothing on disk; what was watched goes with it."""
        await self.call("VideoLibrary.RemoveMovie", movieid=movie.id)

    async def forget_textures(self, name: str) -> None:
        """Drop cached pictures by a part of their address: under an unchanged name Kodi would keep the old picture."""
        found = await self.call(
            "Textures.GetTextures",
            properties=["url"],
            filter={"field": "url", "operator": "contains", "value": name},
        )
        for texture in found.get("textures", []):
            await self.call("Textures.RemoveTexture", textureid=texture["textureid"])


def _folders_of(source: str) -> list[str]:
    """multipath:// holds folders, each encoded, between slashes."""
    if not source.startswith("multipath://"):
        return [source]
    return [unquote(part) for part in source.removeprefix("multipath://").split("/") if part]


def _movie(row: dict[str, Any]) -> KodiMovie:
    return KodiMovie(
        id=row["movieid"],
        file=row["file"],
        title=row["title"],
        unique_ids=row.get("uniqueid") or {},
        art=row.get("art") or {},
        cast=tuple(actor["name"] for actor in row.get("cast", [])),
        watched=_watched(row),
    )


def _watched(row: dict[str, Any]) -> Watched:
    resume = row.get("resume") or {}
    return Watched(
        playcount=row.get("playcount") or 0,
        lastplayed=row.get("lastplayed") or "",
        userrating=row.get("userrating") or 0,
        dateadded=row.get("dateadded") or "",
        position=resume.get("position") or 0.0,
        total=resume.get("total") or 0.0,
    )
