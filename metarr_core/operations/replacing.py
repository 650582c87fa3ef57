"""Makes a picture the film's choice, and locks its type: nothing but a person changes it from then on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import artwork, library_files, movies, replacements
from metarr_core.db.replacements import Change, Place
from metarr_core.db.tables.artwork import AssetReference
from metarr_core.domain.ids import JobId, Sha256
from metarr_core.domain.jobs import JobType
from metarr_core.domain.replacement import Source, Wish
from metarr_core.operations import film_jobs, foreign_edits
from metarr_core.operations.editing import usable
from metarr_core.operations.staging import Staged, refuse_similar
from metarr_core.runtime import Runtime


@dataclass(frozen=True)
class Replaced:
    """What became of a wish; `is_new` is False where the film had this very picture, locked, or has had it since."""

    title: str
    sha256: str
    is_new: bool


async def ask_to_replace(runtime: Runtime, wish: Wish, *, undo: int | None = None) -> JobId:
    """Queue a wish whose picture is in the cache, or that a change is undone. Raises NotFoundError."""
    payload = {
        "movie_id": wish.movie_id,
        "artwork_type": wish.type.value,
        "source": wish.source.value,
        "sha256": wish.sha256,
        "url": wish.url,
        "candidate_id": wish.candidate_id,
        "position": wish.position,
        "allow_similar": wish.allow_similar,
        "undo": undo,
    }
    async with runtime.database.transaction() as session:
        return await film_jobs.queue(session, wish.movie_id, JobType.REPLACE_ARTWORK, payload)


async def replace_artwork(runtime: Runtime, wish: Wish, job: JobId | None = None) -> Replaced:
    """Choose the picture of a wish, which is in the cache, under the caller's lock: all of it or nothing. Twice is once.

    A `job` that comes back, because its files could not be written, has chosen already: what a person said since stays.
    Raises NotFoundError, StateConflict, SimilarArtwork.
    """
    left = await foreign_edits.settle(runtime, wish.movie_id)
    async with runtime.database.transaction() as session:
        movie = await usable(session, wish.movie_id)
        if job and await replacements.newest_job(session, wish.movie_id, wish.type, wish.position) >= job:
            return Replaced(movie.title, wish.sha256, is_new=False)
        asset = await replacements.content(session, wish.sha256)
        await library_files.disown_left(session, wish.movie_id, wish.sha256, left)
        places = await replacements.places(session, wish.movie_id, wish.type)
        before = places.get(wish.position)
        is_locked = wish.type in movie.locked_fields
        if before and before[1].id == asset.id and is_locked:
            return Replaced(movie.title, wish.sha256, is_new=False)
        if not wish.allow_similar:
            staged = Staged(Sha256(asset.content_hash), asset.width or 0, asset.height or 0, asset.perceptual_hash or "")
            refuse_similar(staged, [one for _, one in places.values()])
        reference = await _reference(session, wish, asset.id)
        await make_room(session, reference, places)
        await artwork.choose(session, reference, by_person=True)
        told = f"User replaced {wish.type} for {movie.title}"
        change = Change(wish.type, wish.position, before, (reference, asset), was_locked=is_locked, job=job)
        replacements.tell(session, movie, change, told)
        await movies.lock(session, wish.movie_id, wish.type)
        return Replaced(movie.title, wish.sha256, is_new=True)


async def _reference(session: AsyncSession, wish: Wish, asset_id: int) -> AssetReference:
    """The new choice, with where it comes from; a candidate that is no longer offered is still a provider's picture."""
    place = {"asset_id": asset_id, "movie_id": wish.movie_id, "type": wish.type, "position": wish.position}
    if wish.source is Source.UPLOAD:
        return AssetReference(**place, source="user")
    offered = await replacements.candidate_at(session, wish.movie_id, wish.type, wish.url)
    if offered is None:
        return AssetReference(**place, source="provider", url=wish.url)
    told = {name: getattr(offered, name) for name in ("provider", "url", "language", "score")}
    return AssetReference(**place, source="provider", **told)


async def make_room(session: AsyncSession, at: AssetReference, places: dict[int, Place]) -> None:
    """A picture that the film has at another place changes places with the one it replaces."""
    elsewhere = next((position for position, (_, asset) in places.items() if asset.id == at.asset_id), at.position)
    if elsewhere == at.position or at.position not in places:
        return
    displaced, _ = places[at.position]
    names = ("asset_id", "movie_id", "type", "source", "provider", "url", "language", "score")
    moved = AssetReference(**{name: getattr(displaced, name) for name in names}, position=elsewhere)
    await artwork.choose(session, moved, by_person=True)
