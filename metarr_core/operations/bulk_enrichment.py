"""Enriches the films of a chunk, a few beside each other, each under its own lock. What is done is done.

A film that something else works on, or that a webhook waits for, is passed over and comes back; a provider's bad hour ends
the chunk early, and what is left of it comes back. No film ends in `error` for either.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from metarr_core.clients.provider import giving_way
from metarr_core.db import activity, bulks, locks, movies
from metarr_core.db.bulks import Outcome
from metarr_core.db.locks import Locks
from metarr_core.domain.ids import MovieId
from metarr_core.domain.providers import FAILURES_TO_PAUSE
from metarr_core.errors import DatabaseUnavailable, LockBusy, NotFoundError, ProviderUnavailable, TransientError
from metarr_core.operations import artwork, enrichment, players, probing, publishing
from metarr_core.operations.enrichment import Enriched
from metarr_core.runtime import Runtime, now

logger = logging.getLogger(__name__)

FILMS_AT_ONCE = 4


@dataclass
class Chunk:
    """How far the films of a chunk have come."""

    bulk_id: int
    done: int = 0
    troubles: list[TransientError] = field(default_factory=list)
    """Why films come back, the most telling first."""
    failures: list[Exception] = field(default_factory=list)
    """What nobody expected; such a film is tried as often as any job."""
    is_ended: bool = False
    """A provider or the database has a bad hour: no other film is begun."""
    picture_troubles: int = 0
    """Films in a row for which a picture server did not answer."""

    def end(self, trouble: TransientError) -> None:
        """Begin no other film."""
        self.is_ended = True
        self.troubles.insert(0, trouble)

    @property
    def error(self) -> Exception | None:
        """Why the run has to come back for the rest; None when every film is done."""
        return next(iter((*self.troubles, *self.failures)), None)


async def enrich_chunk(runtime: Runtime, bulk_id: int, movie_ids: Sequence[MovieId]) -> Chunk:
    """Enrich the films of a chunk that are not done yet. Raises DatabaseUnavailable."""
    async with runtime.database.transaction() as session:
        left = iter(await bulks.left(session, bulk_id, movie_ids))
    chunk = Chunk(bulk_id)
    with giving_way():
        async with locks.opened(runtime.database) as titles, asyncio.TaskGroup() as group:
            for _ in range(FILMS_AT_ONCE):
                group.create_task(_work_through(runtime, chunk, titles, left))
    async with runtime.database.transaction() as session:
        if await bulks.end(session, bulk_id, now()):
            told = f"enrichment: {await bulks.headway(session, bulk_id, now())}"
            activity.tell(session, "bulk.done", told, severity="success", details={"bulk_id": bulk_id})
    return chunk


async def _work_through(runtime: Runtime, chunk: Chunk, titles: Locks, left: Iterator[MovieId]) -> None:
    for movie_id in left:
        if chunk.is_ended:
            return
        await _take_turn(runtime, chunk, titles, movie_id)


async def _take_turn(runtime: Runtime, chunk: Chunk, titles: Locks, movie_id: MovieId) -> None:
    """One film. Whatever happens to it, the others go on."""
    try:
        outcome = await _under_lock(runtime, chunk, titles, movie_id)
        if outcome is not None:
            async with runtime.database.transaction() as session:
                await bulks.finish(session, chunk.bulk_id, movie_id, outcome, now())
            chunk.done += 1
    except (ProviderUnavailable, DatabaseUnavailable) as exc:
        chunk.end(exc)
    except TransientError as exc:
        chunk.troubles.append(exc)
    except Exception as exc:
        logger.exception("film %d", movie_id)
        chunk.failures.append(exc)


async def _under_lock(runtime: Runtime, chunk: Chunk, titles: Locks, movie_id: MovieId) -> Outcome | None:
    """A film's work under its title's lock; None if it has to come back. Raises LockBusy."""
    try:
        async with runtime.database.transaction() as session:
            title_key = await movies.title_key_of(session, movie_id)
    except NotFoundError:
        return "passed_over"
    async with titles.held(title_key):
        async with runtime.database.transaction() as session:
            turn = await bulks.turn(session, chunk.bulk_id, movie_id, title_key, now())
            if turn.is_awaited:
                raise LockBusy(title_key)
            if not turn.is_wanted:
                return "passed_over"
            await bulks.begin(session, chunk.bulk_id, movie_id)
        return await _steps(runtime, chunk, movie_id, is_probed=turn.is_probed)


async def _steps(runtime: Runtime, chunk: Chunk, movie_id: MovieId, *, is_probed: bool) -> Outcome | None:
    """The steps of one film. What one provider lacks for now does not keep the rest from the film."""
    if not is_probed:
        await probing.probe_movie_files(runtime, movie_id)
    enriched = await enrichment.enrich_movie(runtime, movie_id)
    downloads = await artwork.download_artwork(runtime, movie_id)
    await publishing.publish_movie(runtime, movie_id)
    await players.leave_for_players(runtime, movie_id)
    if not isinstance(enriched, Enriched):
        return "not_enriched"
    return "enriched" if _is_whole(chunk, enriched.trouble, downloads.trouble) else None


def _is_whole(chunk: Chunk, of_provider: ProviderUnavailable | None, of_pictures: ProviderUnavailable | None) -> bool:
    """Whether nothing is left to come back for. A picture server that fails film after film ends the chunk."""
    chunk.troubles += [trouble for trouble in (of_provider, of_pictures) if trouble is not None]
    chunk.picture_troubles = chunk.picture_troubles + 1 if of_pictures else 0
    if of_pictures and chunk.picture_troubles >= FAILURES_TO_PAUSE:
        chunk.end(of_pictures)
    return of_provider is None and of_pictures is None
