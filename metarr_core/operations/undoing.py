"""Takes a person's changes of pictures back: one change, with the lock as it was before, or the choice altogether."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import artwork, cache, movies, replacements
from metarr_core.db.cache import Origin
from metarr_core.db.replacements import TOLD, Change, Place
from metarr_core.db.tables.activity import Activity
from metarr_core.db.tables.artwork import AssetReference
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import JobId, MovieId
from metarr_core.errors import ProviderUnavailable, StateConflict
from metarr_core.operations import foreign_edits
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.cache_check import mend
from metarr_core.operations.editing import usable
from metarr_core.operations.replacing import make_room
from metarr_core.runtime import Runtime


async def change_to_undo(
    session: AsyncSession, movie_id: MovieId, artwork_type: ArtworkType, change_id: int | None
) -> Activity:
    """The change that is meant, the last one where none is named. Raises NotFoundError, StateConflict."""
    movie = await usable(session, movie_id)
    if change_id is not None:
        return await replacements.change(session, movie_id, artwork_type, change_id)
    last = await replacements.changes(session, movie_id, artwork_type, 1)
    if not last:
        raise StateConflict(f"nobody has changed the {artwork_type} of {movie.title}, so there is nothing to undo")
    return last[0]


async def undo(
    runtime: Runtime, movie_id: MovieId, artwork_type: ArtworkType, change_id: int, job: JobId | None = None
) -> bool:
    """Choose again what was there before a change, under the caller's lock; False where that is done. Twice is once.

    A `job` that comes back has done it already: what a person said since stays.
    Raises NotFoundError, also where the picture has left the cache; StateConflict.
    """
    await _have_again(runtime, movie_id, artwork_type, change_id)
    await foreign_edits.settle(runtime, movie_id)
    async with runtime.database.transaction() as session:
        movie = await usable(session, movie_id)
        last = await replacements.changes(session, movie_id, artwork_type, 1)
        if last and last[0].details.get("undone") == change_id:
            return False
        change = (await replacements.change(session, movie_id, artwork_type, change_id)).details
        if job and await replacements.newest_job(session, movie_id, artwork_type, change["position"]) >= job:
            return False
        position, places = change["position"], await replacements.places(session, movie_id, artwork_type)
        after = await _put_back(session, movie_id, artwork_type, change, places)
        told = f"User took back the replacement of {artwork_type} for {movie.title}"
        is_locked = artwork_type in movie.locked_fields
        made = Change(artwork_type, position, places.get(position), after, is_locked, change_id, job)
        replacements.tell(session, movie, made, told)
        set_or_clear = movies.lock if change["was_locked"] else movies.unlock
        await set_or_clear(session, movie_id, artwork_type)
    return True


async def _have_again(runtime: Runtime, movie_id: MovieId, artwork_type: ArtworkType, change_id: int) -> None:
    """See to it that the bytes of the picture before a change are in the cache. Raises StateConflict, NotFoundError."""
    async with runtime.database.transaction() as session:
        before = (await replacements.change(session, movie_id, artwork_type, change_id)).details["before"]
        content = await cache.content(session, before["content_hash"]) if before else None
    if content is None or await asyncio.to_thread(runtime.cache.path(content.path).is_file):
        return
    origins = [Origin(before["provider"] or "the address", before["url"], artwork_type)] if before["url"] else []
    if await mend(runtime, content, origins) is None:
        raise StateConflict("the cache has lost the picture of that time, and nobody has it any more")


async def _put_back(
    session: AsyncSession, movie_id: MovieId, artwork_type: ArtworkType, change: dict[str, Any], places: dict[int, Place]
) -> Place | None:
    before, position = change["before"], change["position"]
    if before is None:
        await replacements.vacate(session, movie_id, artwork_type, position)
        return None
    asset = await replacements.content(session, before["content_hash"])
    told = {name: before[name] for name in TOLD}
    reference = AssetReference(asset_id=asset.id, movie_id=movie_id, type=artwork_type, position=position, **told)
    await make_room(session, reference, places)
    await artwork.choose(session, reference, by_person=True)
    return reference, asset


async def choose_again(runtime: Runtime, movie_id: MovieId, artwork_type: ArtworkType, job: JobId | None = None) -> int:
    """Unlock a type and fill it from the candidates, under the caller's lock; gives how many pictures it has now.

    What a person chose makes room for a provider's picture where there is one, and stays where there is none; what is
    blocked goes in any case. Where a person has chosen since the `job` was asked for, all that is not blocked stays.
    Raises NotFoundError, StateConflict; ProviderUnavailable where the best comes later.
    """
    await foreign_edits.settle(runtime, movie_id)
    async with runtime.database.transaction() as session:
        movie = await usable(session, movie_id)
        before = await replacements.places(session, movie_id, artwork_type)
        is_overtaken = job is not None and await replacements.newest_job(session, movie_id, artwork_type) > job
        was_locked = artwork_type in movie.locked_fields
        if not is_overtaken:
            await movies.unlock(session, movie_id, artwork_type)
    trouble = None
    if not is_overtaken:
        trouble = (await download_artwork(runtime, movie_id, (artwork_type,), keeps_choices=False)).trouble
    async with runtime.database.transaction() as session:
        await _vacate_blocked(session, movie_id, artwork_type)
        after = await replacements.places(session, movie_id, artwork_type)
        told = f"Metarr chooses the {artwork_type} for {movie.title} again"
        for position in sorted(before.keys() | after.keys()):
            both = before.get(position), after.get(position)
            if _content(both[0]) != _content(both[1]):
                replacements.tell(session, movie, Change(artwork_type, position, *both, was_locked, job=job), told)
    _raise(trouble)
    return len(after)


async def _vacate_blocked(session: AsyncSession, movie_id: MovieId, artwork_type: ArtworkType) -> None:
    blocked = await replacements.blocked_urls(session, movie_id, artwork_type)
    for position, (reference, _) in (await replacements.places(session, movie_id, artwork_type)).items():
        if reference.url in blocked:
            await replacements.vacate(session, movie_id, artwork_type, position)


def _content(place: Place | None) -> int | None:
    return place[1].id if place else None


def _raise(trouble: ProviderUnavailable | None) -> None:
    if trouble is not None:
        raise trouble
