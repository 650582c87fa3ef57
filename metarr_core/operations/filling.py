"""Fills the places that a film has for one type of artwork with its best candidates, one after another."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from metarr_core.db import artwork as db
from metarr_core.db.tables.artwork import AssetCandidate, AssetReference, CacheAsset
from metarr_core.domain.artwork import LARGEST, NEARLY_THE_SAME_BITS, USUAL_LARGEST, ArtworkType, distance
from metarr_core.domain.ids import Sha256
from metarr_core.domain.providers import FAILURES_TO_PAUSE
from metarr_core.errors import ArtworkRejected, MetarrError, NotFoundError, ProviderUnavailable
from metarr_core.files.images import Picture, fit_for_players, look_at
from metarr_core.files.library import sha256_of
from metarr_core.operations.storing import record_content
from metarr_core.runtime import Runtime


class _Twin(ArtworkRejected):
    """Nearly the same as a picture that has a place."""

    def __init__(self, perceptual_hash: str, why: str) -> None:
        super().__init__(why)
        self.perceptual_hash = perceptual_hash


@dataclass
class Visit:
    """What the fillings of one film share: a few pictures at a time, and whom not to ask again for now."""

    slots: asyncio.Semaphore
    failures: Counter[str] = field(default_factory=Counter)
    """Failures that may pass, in a row, by provider."""

    def may_ask(self, provider: str) -> bool:
        """Whether a provider is well enough: while its servers are down, 143 posters are not tried one after another."""
        return self.failures[provider] < FAILURES_TO_PAUSE


@dataclass
class Filling:
    """How far the filling of one type has come."""

    hashes: list[str] = field(default_factory=list)
    """Perceptual hashes of the places that are filled."""
    urls: set[str] = field(default_factory=set)
    """Addresses of what fills them."""
    failed: list[str] = field(default_factory=list)
    """What could not be used, in words."""
    trouble: ProviderUnavailable | None = None
    """A failure that may pass: worth another try of the same picture later."""

    def take_place(self, url: str | None, perceptual_hash: str) -> None:
        """The next place has a picture."""
        self.hashes.append(perceptual_hash)
        self.urls |= {url} if url else set()

    @property
    def position(self) -> int:
        """The next place."""
        return len(self.hashes)


async def fill(
    runtime: Runtime,
    visit: Visit,
    offered: Sequence[AssetCandidate],
    count: int,
    has: Mapping[int, db.Chosen],
) -> Filling:
    """Fill up to `count` places from candidates, best first; what a place holds already is not fetched again."""
    filling = Filling()
    for candidate in offered:
        _pass_choices_of_users(has, filling)
        if filling.position >= count:
            break
        current = has.get(filling.position)
        if current is not None and current.url == candidate.url and _is_cached(runtime, current):
            filling.take_place(current.url, current.perceptual_hash)
        elif _may_be_tried(candidate, filling):
            async with visit.slots:
                if visit.may_ask(candidate.provider):
                    await _take(runtime, visit, candidate, filling)
    moved_up = [one.id for position, one in has.items() if position >= filling.position and one.url in filling.urls]
    if moved_up:
        async with runtime.database.transaction() as session:
            await db.free_places(session, moved_up)
    return filling


def _may_be_tried(candidate: AssetCandidate, filling: Filling) -> bool:
    """What failed is not fetched again, unless it was only nearly the same as a picture that has no place now."""
    if candidate.failed_reason is None:
        return True
    return candidate.twin_hash is not None and not _twin(candidate.twin_hash, filling.hashes)


def _pass_choices_of_users(has: Mapping[int, db.Chosen], filling: Filling) -> None:
    """They stay, even while the cache has lost their bytes: it may only be away."""
    while (current := has.get(filling.position)) and current.source != "provider":
        filling.take_place(current.url, current.perceptual_hash)


def _is_cached(runtime: Runtime, chosen: db.Chosen) -> bool:
    return runtime.cache.path(chosen.cache_path).exists()


async def _take(runtime: Runtime, visit: Visit, candidate: AssetCandidate, filling: Filling) -> None:
    """Fetch one candidate and give it the next place, unless it is no good."""
    draft = runtime.cache.draft(f"{candidate.movie_id}/{candidate.type}/{candidate.url}")
    try:
        fetched = await runtime.pictures.fetch(candidate.provider, candidate.url, draft)
        picture, content_hash = await asyncio.to_thread(_looked_at, draft, fetched, ArtworkType(candidate.type))
        if twin := _twin(picture.perceptual_hash, filling.hashes):
            raise _Twin(picture.perceptual_hash, twin)
        asset = await asyncio.to_thread(_kept, runtime, draft, content_hash, picture)
    except (NotFoundError, ArtworkRejected, ProviderUnavailable) as exc:
        visit.failures[candidate.provider] = visit.failures[candidate.provider] + 1 if _may_pass(exc) else 0
        await _note_failure(runtime, candidate, exc, filling)
        return
    finally:
        await asyncio.to_thread(draft.unlink, missing_ok=True)
    visit.failures[candidate.provider] = 0
    if await _record(runtime, candidate, filling.position, asset):
        filling.take_place(candidate.url, picture.perceptual_hash)


def _may_pass(error: MetarrError) -> bool:
    return isinstance(error, ProviderUnavailable)


def _looked_at(draft: Path, fetched: Sha256, artwork_type: ArtworkType) -> tuple[Picture, Sha256]:
    """The picture, made fit for players, and the hash of its bytes: the one of the way here, unless it was written anew."""
    seen = look_at(draft)
    picture = fit_for_players(draft, seen, LARGEST.get(artwork_type, USUAL_LARGEST))
    return picture, fetched if picture is seen else sha256_of(draft)


def _twin(perceptual_hash: str, hashes: Sequence[str]) -> str:
    """Which picture that has a place is nearly the same, in words; empty where none is."""
    for position, other in enumerate(hashes):
        if (bits := distance(perceptual_hash, other)) <= NEARLY_THE_SAME_BITS:
            return f"nearly the same as the better one at place {position} ({bits} of 64 bits differ)"
    return ""


async def _note_failure(runtime: Runtime, candidate: AssetCandidate, error: MetarrError, filling: Filling) -> None:
    """A final failure is remembered, so that the picture is not fetched again; one that may pass is not."""
    filling.failed.append(f"{candidate.type} {candidate.url}: {error}")
    if isinstance(error, ProviderUnavailable):
        filling.trouble = error
        return
    async with runtime.database.transaction() as session:
        await db.note_failure(session, candidate.id, str(error), error.perceptual_hash if isinstance(error, _Twin) else None)


def _kept(runtime: Runtime, draft: Path, content_hash: Sha256, picture: Picture) -> CacheAsset:
    size = draft.stat().st_size
    return CacheAsset(
        content_hash=content_hash,
        file_path=runtime.cache.keep(draft, content_hash, picture.extension),
        file_size=size,
        mime=picture.mime,
        width=picture.width,
        height=picture.height,
        perceptual_hash=picture.perceptual_hash,
    )


async def _record(runtime: Runtime, candidate: AssetCandidate, position: int, asset: CacheAsset) -> bool:
    """Choose a candidate for a place; False where a person has blocked it while it was fetched."""
    async with runtime.database.transaction() as session:
        if await db.is_refused(session, candidate):
            return False
        reference = AssetReference(
            asset_id=await record_content(runtime, session, asset),
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
    return True
