"""Makes a Kodi show a film as it is on disk, by the sequences that really work, and asks it afterwards whether it does.

Source: measured with Kodi 20.1. It skips a new folder whose parent's listing it has cached; a scan changes nothing of a film
that it has; a refresh loses what was watched; a picture under an unchanged name stays the old one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from metarr_core.clients.kodi import Kodi, KodiMovie
from metarr_core.domain import paths
from metarr_core.errors import PlayerUnreachable

APPEAR_SECONDS = 4.0
REFRESH_SECONDS = 1.5
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Shown:
    """A film's file, its folder and its library as a player names them, and what tells that it is the right film."""

    file: str
    folder: str
    root: str
    title: str
    tmdb_id: str | None
    is_new_to_library: bool
    """Something was published since the player's library was last told."""
    is_new_to_player: bool
    """Something was published since this player was last told: its picture cache may be old."""


async def show(kodi: Kodi, shown: Shown) -> None:
    """Make a Kodi show a film as it is on disk. Raises PlayerUnreachable, also where Kodi says yes and does nothing."""
    known = await _find(kodi, shown)
    if known is not None and shown.is_new_to_player:
        await kodi.forget_textures(paths.parts(shown.folder)[-1])
    if known is None:
        await _add(kodi, shown)
    elif shown.is_new_to_library or not _is_right(known, shown):
        await _refresh(kodi, known, shown)
    found = await _find(kodi, shown)
    if found is None or not _is_right(found, shown):
        raise PlayerUnreachable(
            kodi.name,
            f"it was told of {shown.file} but does not show it; "
            "is the folder one of its video sources, with 'Local information only' as information provider?",
        )


async def _add(kodi: Kodi, shown: Shown) -> None:
    """A new film: list the parent afresh, then scan the folder; if that does not help, the same with the whole library."""
    parent = paths.as_folder(paths.parent(shown.folder))
    for listed, scanned in ((parent, shown.folder), (shown.root, shown.root)):
        await kodi.list_directory(listed)
        await kodi.scan(scanned)
        if await _appears(kodi, shown):
            return


async def _appears(kodi: Kodi, shown: Shown) -> bool:
    deadline = asyncio.get_running_loop().time() + APPEAR_SECONDS
    while (await _find(kodi, shown)) is None:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(POLL_SECONDS)
    return True


async def _refresh(kodi: Kodi, known: KodiMovie, shown: Shown) -> None:
    """A film that Kodi has: read it anew, and put back what was watched."""
    await kodi.list_directory(shown.folder)
    await kodi.refresh(known)
    deadline = asyncio.get_running_loop().time() + REFRESH_SECONDS
    found = await _find(kodi, shown)
    while (found is None or found.id == known.id) and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(POLL_SECONDS)
        found = await _find(kodi, shown)
    if found is not None and (lost := _lost(known, found)):
        await kodi.set_watched(found, lost)


def _lost(before: KodiMovie, after: KodiMovie) -> dict[str, Any]:
    return {name: value for name, value in before.watched.items() if after.watched.get(name) != value and value}


async def _find(kodi: Kodi, shown: Shown) -> KodiMovie | None:
    return next((movie for movie in await kodi.movies_in(shown.folder) if movie.file == shown.file), None)


def _is_right(movie: KodiMovie, shown: Shown) -> bool:
    if shown.tmdb_id:
        return movie.unique_ids.get("tmdb") == shown.tmdb_id
    return movie.title == shown.title
