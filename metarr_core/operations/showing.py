"""Makes a Kodi show a film as it is on disk, by the sequences that really work, and asks it afterwards whether it does.

Source: measured with Kodi 20.1. It skips a new folder whose parent's listing it has cached; a scan changes nothing of a film
that it has, and adds a file of another name beside it; a refresh, and the removal of an entry, lose what was watched; a
picture under an unchanged name stays the old one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from metarr_core.clients.kodi import Kodi, KodiMovie
from metarr_core.domain import paths
from metarr_core.errors import PlayerUnreachable
from metarr_core.files.fingerprint import is_there
from metarr_core.operations import watched
from metarr_core.operations.patience import wait_for
from metarr_core.operations.player_films import PlayerFilm, Shown
from metarr_core.runtime import Runtime

APPEAR_SECONDS = 4.0
REFRESH_SECONDS = 8.0


@dataclass(frozen=True)
class Before:
    """What a Kodi had of a film before it was shown anew: its entries, and those of them that are to go."""

    entries: tuple[KodiMovie, ...]
    leaving: tuple[KodiMovie, ...]


async def show(runtime: Runtime, kodi: Kodi, film: PlayerFilm) -> Before:
    """Make a Kodi have a film's files as they are on disk; gives what it had before, for `settle`.

    Raises PlayerUnreachable, also where Kodi says yes and does nothing.
    """
    entries = await _entries(kodi, film)
    leaving = await _leaving(film, entries)
    await watched.keep(runtime, kodi.name, film, entries, leaving)
    for shown in film.shown:
        await _show(kodi, shown)
    return Before(tuple(entries), tuple(leaving))


async def settle(runtime: Runtime, kodi: Kodi, film: PlayerFilm, before: Before) -> None:
    """Make a Kodi have no others of a film's files, and all that was watched of it. Raises PlayerUnreachable."""
    for entry in before.leaving:
        await kodi.remove(entry)
    if not film.is_in_trash:
        await watched.put_back(runtime, kodi, film, {entry.file for entry in before.entries})
    await _verify(kodi, film, before.leaving)


async def _entries(kodi: Kodi, film: PlayerFilm) -> list[KodiMovie]:
    """The film's entries, and what else is in its folders."""
    folders = dict.fromkeys([*(one.folder for one in film.shown), *(one.folder for one in film.gone)])
    return [entry for folder in folders for entry in await kodi.movies_in(folder)]


async def _leaving(film: PlayerFilm, entries: Sequence[KodiMovie]) -> list[KodiMovie]:
    """Entries of files that are gone, those included that we never knew of: the film was upgraded before we came."""
    gone, shown = {one.file for one in film.gone}, {one.file for one in film.shown}
    unknown = [entry for entry in entries if entry.file not in gone | shown]
    left = [entry for entry in unknown if await asyncio.to_thread(_is_left_over, film, entry)]
    return [entry for entry in entries if entry.file in gone] + left


def _is_left_over(film: PlayerFilm, entry: KodiMovie) -> bool:
    for shown in film.shown:
        name = entry.file.removeprefix(shown.folder)
        if name != entry.file and _is_right(entry, shown):
            return not is_there(shown.path.with_name(name))
    return False


async def _show(kodi: Kodi, shown: Shown) -> None:
    """Make a Kodi show a file of a film."""
    known = await _find(kodi, shown)
    if shown.is_new_to_player:
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
    """A new file: list afresh what Kodi may remember, then scan the folder; if that does not help, the whole library.

    Of a new folder, it remembers that its parent does not have it; of a known one, what lay in it.
    """
    parent = paths.as_folder(paths.parent(shown.folder))
    for listed, scanned in (((parent, shown.folder), shown.folder), ((shown.root, shown.folder), shown.root)):
        for folder in dict.fromkeys(listed):
            await kodi.list_directory(folder)
        await kodi.scan(scanned)
        if await _appears(kodi, shown):
            return
        await asyncio.to_thread(_renew, shown.path.parent)


def _renew(folder: Path) -> None:
    """Kodi skips a folder whose time, in seconds, is that of its last scan: what came within that second is never seen."""
    with suppress(OSError):
        os.utime(folder)


async def _appears(kodi: Kodi, shown: Shown) -> bool:
    return await wait_for(lambda: _find(kodi, shown), lambda found: found is not None, APPEAR_SECONDS) is not None


async def _refresh(kodi: Kodi, known: KodiMovie, shown: Shown) -> None:
    """A film that Kodi has: read it anew. The id may stay the same, so a mark tells the old entry from the new."""
    await kodi.mark(known)
    await kodi.list_directory(shown.folder)
    await kodi.refresh(known)
    found = await wait_for(lambda: _find(kodi, shown), lambda found: _is_anew(found, known), REFRESH_SECONDS)
    if found is not None and found.is_marked:
        await kodi.unmark(found)
        raise PlayerUnreachable(kodi.name, f"it was told to read {shown.file} anew but has not done so; is it busy?")


def _is_anew(found: KodiMovie | None, known: KodiMovie) -> bool:
    """Whether an entry was read anew, and all of it: what was watched is what Kodi forgets last.

    An entry without any id is one that Kodi is just removing.
    """
    if found is None or found.is_marked or (known.unique_ids and not found.unique_ids):
        return False
    return not known.watched.lastplayed or found.watched.lastplayed != known.watched.lastplayed


async def _verify(kodi: Kodi, film: PlayerFilm, leaving: Sequence[KodiMovie]) -> None:
    """One entry for each file and none for those that are gone."""
    entries = await _entries(kodi, film)
    for file in {entry.file for entry in leaving}:
        if any(entry.file == file for entry in entries):
            raise PlayerUnreachable(kodi.name, f"it was told that {file} is gone but still shows it")


async def _find(kodi: Kodi, shown: Shown) -> KodiMovie | None:
    return next((movie for movie in await kodi.movies_in(shown.folder) if movie.file == shown.file), None)


def _is_right(movie: KodiMovie, shown: Shown) -> bool:
    if shown.tmdb_id:
        return movie.unique_ids.get("tmdb") == shown.tmdb_id
    return movie.title == shown.title
