"""Fetches the best pictures of a film into the cache. One that fails makes room for the next; no film fails for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from metarr_core.db import activity, movies
from metarr_core.db import artwork as db
from metarr_core.db.tables.artwork import AssetCandidate, AssetReference, CacheAsset
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import MovieId, Sha256
from metarr_core.errors import ArtworkRejected, NotFoundError, ProviderUnavailable
from metarr_core.files.images import Picture, look_at
from metarr_core.runtime import Runtime

AT_ONCE = 4
TYPES = (ArtworkType.POSTER, ArtworkType.FANART, ArtworkType.CLEARLOGO)


@dataclass(frozen=True)
class Downloads:
    """What became of a film's pictures: how many it has now, and what failed for now, in words."""

    stored: int
    failed: tuple[str, ...]


async def download_artwork(runtime: Runtime, movie_id: MovieId) -> Downloads:
    """Choose and fetch the pictures of a film; what it has already is not fetched again. Raises StorageUnavailable."""
    async with runtime.database.transaction() as session:
        locked = set((await movies.get(session, movie_id)).locked_fields)
        offered = await db.candidates(session, movie_id)
        has = {(one.type, one.position): one for one in await db.chosen(session, movie_id)}
    slots = asyncio.Semaphore(AT_ONCE)
    counts = runtime.settings.artwork.count
    wanted = [
        _fill(runtime, slots, [one for one in offered if one.type == kind], counts.get(kind, 1), has)
        for kind in TYPES
        if kind not in locked
    ]
    filled = await asyncio.gather(*wanted)
    failed = tuple(reason for _, reasons in filled for reason in reasons)
    stored = sum(number for number, _ in filled)
    await _tell(runtime, movie_id, stored, failed)
    return Downloads(stored, failed)


async def _fill(
    runtime: Runtime,
    slots: asyncio.Semaphore,
    offered: Sequence[AssetCandidate],
    count: int,
    has: dict[tuple[str, int], db.Chosen],
) -> tuple[int, list[str]]:
    """Fill the places of one type with its best candidates; gives how many are filled, and what failed for now."""
    remaining, failed, position = list(offered), [], 0
    while position < count and remaining:
        candidate = remaining.pop(0)
        current = has.get((candidate.type, position))
        if current is not None and _is_kept(runtime, current, candidate):
            position += 1
            continue
        async with slots:
            reason = await _take(runtime, candidate, position)
        if reason is None:
            position += 1
        else:
            failed.append(reason)
    return position, failed


def _is_kept(runtime: Runtime, current: db.Chosen, candidate: AssetCandidate) -> bool:
    """Whether the place holds this candidate already, or a choice of the user, with its bytes in the cache."""
    is_choice = current.source != "provider" or current.url == candidate.url
    return is_choice and runtime.cache.path(current.cache_path).exists()


async def _take(runtime: Runtime, candidate: AssetCandidate, position: int) -> str | None:
    """Fetch one candidate and make it the film's; gives why that failed."""
    draft = runtime.cache.draft(f"{candidate.movie_id}/{candidate.type}/{candidate.url}")
    try:
        content_hash = await runtime.pictures.fetch(candidate.provider, candidate.url, draft)
        picture = await asyncio.to_thread(look_at, draft)
    except (NotFoundError, ArtworkRejected, ProviderUnavailable) as exc:
        await asyncio.to_thread(draft.unlink, missing_ok=True)
        async with runtime.database.transaction() as session:
            await db.note_failure(session, candidate.id, str(exc))
        return f"{candidate.type} {candidate.url}: {exc}"
    size = draft.stat().st_size
    path = await asyncio.to_thread(runtime.cache.keep, draft, content_hash, picture.extension)
    await _record(runtime, candidate, position, _asset(content_hash, path, size, picture))
    return None


def _asset(content_hash: Sha256, path: str, size: int, picture: Picture) -> CacheAsset:
    return CacheAsset(
        content_hash=content_hash,
        file_path=path,
        file_size=size,
        mime=picture.mime,
        width=picture.width,
        height=picture.height,
        perceptual_hash=picture.perceptual_hash,
    )


async def _record(runtime: Runtime, candidate: AssetCandidate, position: int, asset: CacheAsset) -> None:
    async with runtime.database.transaction() as session:
        reference = AssetReference(
            asset_id=await db.keep_content(session, asset),
            movie_id=candidate.movie_id,
            type=candidate.type,
            position=position,
            source="provider",
            provider=candidate.provider,
            url=candidate.url,
            language=candidate.language,
            score=candidate.score,
        )
        await db.choose(session, reference)
        await db.note_failure(session, candidate.id, None)


async def _tell(runtime: Runtime, movie_id: MovieId, stored: int, failed: Sequence[str]) -> None:
    if not stored and not failed:
        return
    async with runtime.database.transaction() as session:
        description = f"{stored} pictures are in the cache" + (f", {len(failed)} could not be fetched" if failed else "")
        severity: activity.Severity = "warning" if failed else "info"
        activity.tell(
            session,
            "artwork.downloaded",
            description,
            movie_id=movie_id,
            severity=severity,
            details={"failed": list(failed)},
        )
