"""What the cache holds by the rows: which contents nobody uses, which are on their way out, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.locks import lock_id
from metarr_core.db.tables.artwork import AssetReference, CacheAsset, CacheDeparture, LibraryFile
from metarr_core.domain.ids import MovieId, Sha256


@dataclass(frozen=True)
class Content:
    """A content of the cache: where it lies, its size in bytes, and whether something uses it or is to keep it."""

    id: int
    content_hash: Sha256
    path: str
    size: int
    is_needed: bool


def _lock_name(content_hash: str) -> str:
    return f"content:{content_hash}"


async def hold(session: AsyncSession, content_hash: str) -> None:
    """Keep the content's file from being cleaned up until the transaction ends. Others may hold it too."""
    await session.execute(text("SELECT pg_advisory_xact_lock_shared(:id)"), {"id": lock_id(_lock_name(content_hash))})


async def seize(session: AsyncSession, content_hash: str) -> bool:
    """Hold a content alone until the transaction ends; False where somebody holds it."""
    row = await session.execute(text("SELECT pg_try_advisory_xact_lock(:id)"), {"id": lock_id(_lock_name(content_hash))})
    return bool(row.scalar_one())


def _is_orphan(before: datetime, *, or_original: bool) -> ColumnElement[bool]:
    """Nobody has used it since then; one that was never used counts from when it came. Originals only where asked for."""
    unused = or_(CacheAsset.orphaned_at.is_(None), CacheAsset.orphaned_at < before)
    long_unused = and_(CacheAsset.reference_count == 0, CacheAsset.created_at < before, unused)
    return long_unused if or_original else and_(long_unused, CacheAsset.is_original.is_(False))


async def orphans(session: AsyncSession, before: datetime, *, or_original: bool = False) -> list[Content]:
    """Contents that can go, the oldest first; with what users and other programs gave where `or_original`."""
    rows = select(CacheAsset).where(_is_orphan(before, or_original=or_original)).order_by(CacheAsset.id)
    return [_content(asset) for asset in (await session.execute(rows)).scalars()]


def _content(asset: CacheAsset) -> Content:
    is_needed = asset.reference_count > 0 or asset.is_original
    return Content(asset.id, Sha256(asset.content_hash), asset.file_path, asset.file_size, is_needed)


async def send_off(
    session: AsyncSession, asset_ids: Sequence[int], before: datetime, *, or_original: bool = False
) -> list[Content]:
    """Delete the rows of those that are still orphans, and note that their files are to follow; gives them.

    What somebody links at this moment is passed over.
    """
    mine = select(CacheAsset).where(CacheAsset.id.in_(asset_ids), _is_orphan(before, or_original=or_original))
    going = list((await session.execute(mine.with_for_update(skip_locked=True))).scalars())
    contents = [_content(asset) for asset in going]
    if contents:
        left = insert(CacheDeparture).values([{"path": one.path} for one in contents]).on_conflict_do_nothing()
        await session.execute(left)
        await session.execute(delete(CacheAsset).where(CacheAsset.id.in_([one.id for one in contents])))
    return contents


async def departures(session: AsyncSession) -> list[str]:
    """Paths of files whose rows are gone."""
    return list((await session.execute(select(CacheDeparture.path).order_by(CacheDeparture.path))).scalars())


async def has_left(session: AsyncSession, path: str) -> None:
    """The file has followed its row, or has a row again."""
    await session.execute(delete(CacheDeparture).where(CacheDeparture.path == path))


async def is_known(session: AsyncSession, content_hash: str) -> bool:
    """Whether a content has a row."""
    return bool((await session.execute(select(exists().where(CacheAsset.content_hash == content_hash)))).scalar_one())


async def shard(session: AsyncSession, prefix: str) -> list[Content]:
    """The contents whose hash begins so."""
    rows = select(CacheAsset).where(CacheAsset.content_hash.startswith(prefix)).order_by(CacheAsset.content_hash)
    return [_content(asset) for asset in (await session.execute(rows)).scalars()]


async def content(session: AsyncSession, content_hash: str) -> Content | None:
    """One content; None where there is none."""
    found = await session.execute(select(CacheAsset).where(CacheAsset.content_hash == content_hash))
    asset = found.scalar_one_or_none()
    return _content(asset) if asset else None


async def count(session: AsyncSession) -> int:
    """How many contents there are."""
    return int((await session.execute(select(func.count()).select_from(CacheAsset))).scalar_one())


async def forget(session: AsyncSession, asset_id: int) -> bool:
    """Delete the row of a content without file that nothing needs; False where something does by now."""
    unneeded = (CacheAsset.id == asset_id, CacheAsset.reference_count == 0, CacheAsset.is_original.is_(False))
    gone = await session.execute(delete(CacheAsset).where(*unneeded).returning(CacheAsset.id))
    return gone.scalar_one_or_none() is not None


async def copies(session: AsyncSession, content_hash: str) -> list[str]:
    """Paths in libraries at which we published a content."""
    rows = select(LibraryFile.path).where(LibraryFile.sha256 == content_hash).order_by(LibraryFile.path)
    return list((await session.execute(rows)).scalars())


@dataclass(frozen=True)
class Origin:
    """Where a provider's picture came from, and as which type of artwork."""

    provider: str
    url: str
    type: str


async def origins(session: AsyncSession, asset_id: int) -> list[Origin]:
    """Where a content can be had again."""
    told = (AssetReference.provider, AssetReference.url, AssetReference.type)
    mine = (AssetReference.asset_id == asset_id, AssetReference.source == "provider", AssetReference.url.is_not(None))
    rows = await session.execute(select(*told).where(*mine).distinct())
    return [Origin(provider or "the address", url or "", kind) for provider, url, kind in rows]


async def users_of(session: AsyncSession, asset_id: int) -> list[MovieId]:
    """The films that use a content."""
    rows = select(AssetReference.movie_id).where(AssetReference.asset_id == asset_id).distinct()
    return [MovieId(movie_id) for movie_id in (await session.execute(rows)).scalars() if movie_id is not None]


def hash_of(path: str) -> str:
    """The hash by which a file of the cache is named."""
    return PurePosixPath(path).stem
