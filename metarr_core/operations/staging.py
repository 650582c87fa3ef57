"""Takes a picture that a person chose into the cache: looked at to the end, hashed, and compared with what is published.

Nobody's film changes here, so it runs inside a request, and what is refused is refused at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from metarr_core.db import movies, replacements
from metarr_core.db.tables.artwork import CacheAsset
from metarr_core.domain.artwork import LARGEST, USUAL_LARGEST, distance
from metarr_core.domain.ids import Sha256
from metarr_core.domain.replacement import (
    MOST_BYTES,
    MOST_PIXELS,
    Source,
    Wish,
    looks_the_same,
    similarity,
    why_too_small,
)
from metarr_core.domain.text import storable
from metarr_core.errors import (
    ArtworkRejected,
    ArtworkTooLarge,
    InvalidFields,
    NotFoundError,
    ProviderUnavailable,
    SimilarArtwork,
    StateConflict,
    UnknownFormat,
)
from metarr_core.files import images, library
from metarr_core.files.picture_ends import cut_behind_end
from metarr_core.operations.storing import record_content
from metarr_core.runtime import Runtime


@dataclass(frozen=True)
class Staged:
    """A picture in the cache that nothing uses so far."""

    sha256: Sha256
    width: int
    height: int
    perceptual_hash: str


def draft(runtime: Runtime) -> Path:
    """Where a picture is written that is on its way into the cache; whoever asks for it removes it."""
    return runtime.cache.draft(f"staged {uuid4()}")


async def stage_upload(runtime: Runtime, wish: Wish, uploaded: Path) -> Wish:
    """Take an uploaded file in; gives the wish with its hash.

    Raises NotFoundError, StateConflict, SimilarArtwork, ArtworkRejected, ArtworkTooLarge, UnknownFormat.
    """
    await _check_film(runtime, wish)
    return await _take_in(runtime, wish, uploaded)


async def stage_address(runtime: Runtime, wish: Wish) -> Wish:
    """Fetch a picture from the address of a wish; one that a candidate has is taken as that candidate.

    Raises as stage_upload; where it cannot be fetched, ArtworkRejected.
    """
    await _check_film(runtime, wish)
    if storable(wish.url) != wish.url:
        raise ArtworkRejected("its address is none")
    async with runtime.database.transaction() as session:
        known = await replacements.candidate_at(session, wish.movie_id, wish.type, wish.url)
    if known is not None:
        return await stage_candidate(runtime, replace(wish, source=Source.CANDIDATE, candidate_id=known.id))
    fetched = draft(runtime)
    try:
        await runtime.pictures.fetch("the address", wish.url, fetched, most_bytes=MOST_BYTES, is_awaited=True)
        return await _take_in(runtime, wish, fetched)
    except (NotFoundError, ProviderUnavailable) as exc:
        raise ArtworkRejected(str(exc)) from exc
    finally:
        await asyncio.to_thread(fetched.unlink, missing_ok=True)


async def stage_candidate(runtime: Runtime, wish: Wish) -> Wish:
    """Fetch a candidate; it may be as small as providers' pictures are.

    Raises as stage_upload, and ProviderUnavailable.
    """
    await _check_film(runtime, wish)
    if wish.candidate_id is None:
        raise InvalidFields({"candidate_id": "say which candidate is meant"})
    async with runtime.database.transaction() as session:
        offered = await replacements.candidate(session, wish.movie_id, wish.type, wish.candidate_id)
    if offered.blocked:
        raise StateConflict("this candidate is blocked; unblock it first")
    fetched = draft(runtime)
    try:
        await runtime.pictures.fetch(offered.provider, offered.url, fetched, is_awaited=True)
        return await _take_in(runtime, replace(wish, url=offered.url), fetched)
    finally:
        await asyncio.to_thread(fetched.unlink, missing_ok=True)


async def _check_film(runtime: Runtime, wish: Wish) -> None:
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, wish.movie_id)
        places = await replacements.places(session, wish.movie_id, wish.type)
    if movie.trashed_at is not None:
        raise StateConflict(f"{movie.title} is in the trash; restore it first")
    if wish.position > len(places):
        raise InvalidFields({"position": f"the film has {len(places)} of this type; the next free place is {len(places)}"})


async def _take_in(runtime: Runtime, wish: Wish, path: Path) -> Wish:
    async with runtime.decoding:
        asset = await asyncio.to_thread(_kept, runtime, wish, path)
    staged = Staged(Sha256(asset.content_hash), asset.width or 0, asset.height or 0, asset.perceptual_hash or "")
    async with runtime.database.transaction() as session:
        await record_content(runtime, session, asset)
        published = [asset for _, asset in (await replacements.places(session, wish.movie_id, wish.type)).values()]
    if not wish.allow_similar:
        refuse_similar(staged, published)
    return replace(wish, sha256=staged.sha256)


def refuse_similar(staged: Staged, published: Iterable[CacheAsset]) -> None:
    """Raises SimilarArtwork where a picture looks like one of those, and is not the same."""
    if any(one.content_hash == staged.sha256 for one in published):
        return
    for one in published:
        if one.perceptual_hash and looks_the_same(bits := distance(staged.perceptual_hash, one.perceptual_hash)):
            raise SimilarArtwork(staged.sha256, one.content_hash, bits, similarity(bits))


def _kept(runtime: Runtime, wish: Wish, path: Path) -> CacheAsset:
    """The picture in the cache, as players can show it. Raises ArtworkRejected."""
    picture = _from_provider(wish, path) if wish.source is Source.CANDIDATE else _from_person(wish, path)
    size, content_hash = path.stat().st_size, library.sha256_of(path)
    return CacheAsset(
        content_hash=content_hash,
        file_path=runtime.cache.keep(path, content_hash, picture.extension),
        file_size=size,
        mime=picture.mime,
        width=picture.width,
        height=picture.height,
        perceptual_hash=picture.perceptual_hash,
    )


def _from_provider(wish: Wish, path: Path) -> images.Picture:
    return images.fit_for_players(path, images.look_at(path), LARGEST.get(wish.type, USUAL_LARGEST))


def _from_person(wish: Wish, path: Path) -> images.Picture:
    """A person's picture stays as large as it is, and byte for byte where players show it as it is."""
    if (size := path.stat().st_size) > MOST_BYTES:
        raise ArtworkTooLarge(f"{size:,} bytes; a picture has at most {MOST_BYTES:,}")
    cut_behind_end(path)
    picture = images.look_at(path, most_pixels=MOST_PIXELS)
    if picture.extension == "webp":
        raise UnknownFormat("a WebP picture; convert it to JPEG or PNG")
    if complaint := why_too_small(wish.type, picture.width, picture.height):
        raise ArtworkRejected(complaint)
    return images.fit_for_players(path, picture, (picture.width, picture.height))
