"""What a person's choice of a picture needs of the database: staged contents, candidates, places, and earlier choices."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.artwork import AssetCandidate, AssetReference, CacheAsset
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import MovieId
from metarr_core.errors import NotFoundError


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


async def places(
    session: AsyncSession, movie_id: MovieId, artwork_type: str
) -> dict[int, tuple[AssetReference, CacheAsset]]:
    """What a film has of a type, by place."""
    rows = await session.execute(
        select(AssetReference, CacheAsset)
        .join(CacheAsset, CacheAsset.id == AssetReference.asset_id)
        .where(AssetReference.movie_id == movie_id, AssetReference.type == artwork_type)
    )
    return {reference.position: (reference, asset) for reference, asset in rows}
