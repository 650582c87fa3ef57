"""Keeps what was watched of a film over everything that a player forgets it by: an upgrade, a refresh, the trash.

It is in the database before a player's entry is touched, so that nothing is lost when we are killed in the middle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from metarr_core.clients.kodi import Kodi, KodiMovie
from metarr_core.db import watched as db
from metarr_core.domain.watched import Watched, carried_over
from metarr_core.errors import PlayerUnreachable
from metarr_core.operations.player_films import PlayerFilm
from metarr_core.runtime import Runtime


async def keep(
    runtime: Runtime, player: str, film: PlayerFilm, entries: Sequence[KodiMovie], leaving: Sequence[KodiMovie]
) -> None:
    """Keep what a player's entries of a film say, before they are renewed or removed."""
    changing = {one.file for one in leaving} | {one.file for one in film.shown if one.is_new_to_library}
    said = {entry.file: entry.watched for entry in entries if entry.file in changing and entry.watched != Watched()}
    if said:
        async with runtime.database.transaction() as session:
            await db.keep(session, film.movie_id, player, said)


async def put_back(runtime: Runtime, kodi: Kodi, film: PlayerFilm, known: AbstractSet[str]) -> None:
    """Say again what was kept, to the entry of the same file, else to those that have come in its place.

    `known` are the files that the player had before. Raises PlayerUnreachable, also where it does not keep it.
    """
    async with runtime.database.transaction() as session:
        kept = await db.kept(session, film.movie_id, film.sharers)
    if not kept or not film.shown:
        return
    present = {one.file: one for one in film.shown}
    for entry in await _entries(kodi, film):
        whole = carried_over(entry.watched, _meant_for(entry.file, kept, set(present), known), present[entry.file].duration)
        await _say(kodi, entry, whole)
    async with runtime.database.transaction() as session:
        await db.forget(session, film.movie_id, film.sharers)


def _meant_for(file: str, kept: Mapping[str, Watched], present: AbstractSet[str], known: AbstractSet[str]) -> list[Watched]:
    """What was kept of this file, and, where it is one that has come, of those that are gone."""
    heirs = present - known or present
    gone = [watched for one, watched in kept.items() if one not in present] if file in heirs else []
    return [*([kept[file]] if file in kept else []), *gone]


async def _say(kodi: Kodi, entry: KodiMovie, whole: Watched) -> None:
    if entry.watched.agrees_with(whole):
        return
    await kodi.set_watched(entry, whole)
    now = next((one for one in await kodi.movies_in(entry.file[: -len(_name(entry.file))]) if one.file == entry.file), None)
    if now is None or not now.watched.agrees_with(whole):
        raise PlayerUnreachable(kodi.name, f"it was told what was watched of {entry.file} but does not keep it")


def _name(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]


async def _entries(kodi: Kodi, film: PlayerFilm) -> list[KodiMovie]:
    present = {one.file for one in film.shown}
    folders = dict.fromkeys(one.folder for one in film.shown)
    return [entry for folder in folders for entry in await kodi.movies_in(folder) if entry.file in present]
