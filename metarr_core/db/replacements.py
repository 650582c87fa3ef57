"""What a person's choice of a picture needs of the database: staged contents, candidates, places, and earlier choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity
from metarr_core.db.tables.activity import Activity
from metarr_core.db.tables.artwork import AssetCandidate, AssetReference, CacheAsset
from metarr_core.db.tables.movies import Movie
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import JobId, MovieId
from metarr_core.errors import NotFoundError

Place = tuple[AssetReference, CacheAsset]
"""What a film has at a place, and its bytes."""

TOLD = ("source", "provider", "url", "language", "score")
"""What a change tells of a choice, so that it can be made again."""

CHANGED = "asset.replaced"
"""What the story calls a change of a picture by a person. Its details tell the picture before and after it."""


@dataclass(frozen=True)
class Change:
    """What a person, or Metarr at a person's word, changed at one place.

    `undone` is the change that this one takes back, `job` the job that asked for it.
    """

    type: str
    position: int
    before: Place | None
    after: Place | None
    was_locked: bool
    undone: int | None = None
    job: JobId | None = None


def tell(session: AsyncSession, movie: Movie, change: Change, told: str) -> None:
    """Tell the story of a change, so that it can be undone."""
    details = {
        **{name: getattr(change, name) for name in ("type", "position", "was_locked", "undone", "job")},
        "before": _told(*change.before) if change.before else None,
        "after": _told(*change.after) if change.after else None,
    }
    activity.tell(session, CHANGED, told, movie_id=MovieId(movie.id), details=details)


def _told(reference: AssetReference, asset: CacheAsset) -> dict[str, Any]:
    return {"content_hash": asset.content_hash, **{name: getattr(reference, name) for name in TOLD}}


async def content(session: AsyncSession, content_hash: str) -> CacheAsset:
    """A picture of the cache. Raises NotFoundError."""
    rows = await session.execute(select(CacheAsset).where(CacheAsset.content_hash == content_hash))
    asset = rows.scalar_one_or_none()
    if asset is None or not asset.perceptual_hash:
        raise NotFoundError(f"there is no picture {content_hash} in the cache; upload it first")
    return asset


async def candidate(session: AsyncSession, movie_id: MovieId, artwork_type: str, candidate_id: int) -> AssetCandidate:
    """A picture that was offered for a film. Raises NotFoundError."""
    found = await session.get(AssetCandidate, candidate_id)
    if found is None or (found.movie_id, found.type) != (movie_id, artwork_type):
        raise NotFoundError(
            f"film {movie_id} has no candidate {candidate_id} of type {artwork_type}; look at the list again"
        )
    return found


async def candidate_at(
    session: AsyncSession, movie_id: MovieId, artwork_type: ArtworkType, url: str
) -> AssetCandidate | None:
    """The candidate that has this address, if there is one."""
    mine = (AssetCandidate.movie_id == movie_id, AssetCandidate.type == artwork_type, AssetCandidate.url == url)
    return (await session.execute(select(AssetCandidate).where(*mine))).scalar_one_or_none()


async def places(session: AsyncSession, movie_id: MovieId, artwork_type: str) -> dict[int, Place]:
    """What a film has of a type, by place."""
    rows = await session.execute(
        select(AssetReference, CacheAsset)
        .join(CacheAsset, CacheAsset.id == AssetReference.asset_id)
        .where(AssetReference.movie_id == movie_id, AssetReference.type == artwork_type)
    )
    return {reference.position: (reference, asset) for reference, asset in rows}


async def changes(session: AsyncSession, movie_id: MovieId, artwork_type: str, limit: int) -> Sequence[Activity]:
    """How a person changed the pictures of a type, the newest first."""
    mine = (Activity.entity_type == "movie", Activity.entity_id == movie_id, Activity.event_type == CHANGED)
    of_type = Activity.details["type"].as_string() == artwork_type
    rows = select(Activity).where(*mine, of_type).order_by(Activity.id.desc()).limit(limit)
    return (await session.execute(rows)).scalars().all()


async def newest_job(
    session: AsyncSession, movie_id: MovieId, artwork_type: ArtworkType, position: int | None = None
) -> JobId:
    """The newest job that changed the pictures of a type, or the one at a place; 0 where none did."""
    of_type = {"type": artwork_type} if position is None else {"type": artwork_type, "position": position}
    mine = (Activity.entity_type == "movie", Activity.entity_id == movie_id, Activity.event_type == CHANGED)
    newest = select(func.max(Activity.details["job"].as_integer())).where(*mine, Activity.details.contains(of_type))
    return JobId((await session.execute(newest)).scalar_one() or 0)


async def change(session: AsyncSession, movie_id: MovieId, artwork_type: str, change_id: int) -> Activity:
    """One such change. Raises NotFoundError."""
    found = await session.get(Activity, change_id)
    if (
        found is None
        or (found.entity_type, found.entity_id, found.event_type) != ("movie", movie_id, CHANGED)
        or found.details["type"] != artwork_type
    ):
        raise NotFoundError(f"film {movie_id} has no change {change_id} of its {artwork_type}; list the type to see which")
    return found


async def vacate(session: AsyncSession, movie_id: MovieId, artwork_type: str, position: int) -> None:
    """Take the picture from a place."""
    mine = (AssetReference.movie_id == movie_id, AssetReference.type == artwork_type)
    await session.execute(delete(AssetReference).where(*mine, AssetReference.position == position))
    if position == 0:
        await session.execute(update(Movie).where(Movie.id == movie_id).values({f"{artwork_type}_id": None}))


async def block(session: AsyncSession, candidate: AssetCandidate, *, is_blocked: bool) -> None:
    """Keep a candidate from being chosen, for good, or let it be."""
    candidate.blocked = is_blocked
    does = "blocks" if is_blocked else "unblocks"
    told = f"User {does} a {candidate.type} of {candidate.provider}: {candidate.url}"
    details = {"type": candidate.type, "url": candidate.url, "candidate_id": candidate.id}
    kind = "artwork.blocked" if is_blocked else "artwork.unblocked"
    activity.tell(session, kind, told, movie_id=MovieId(candidate.movie_id or 0), details=details)
    await session.flush()


async def blocked_urls(session: AsyncSession, movie_id: MovieId, artwork_type: str) -> set[str]:
    """The addresses of pictures that are not to be the film's."""
    mine = (AssetCandidate.movie_id == movie_id, AssetCandidate.type == artwork_type, AssetCandidate.blocked)
    return set((await session.execute(select(AssetCandidate.url).where(*mine))).scalars())
