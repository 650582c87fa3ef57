"""Bulks: which films they have, whose turn it is, and how far they have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    and_,
    any_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.bulks import Bulk, BulkMovie
from metarr_core.db.tables.jobs import Job
from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import Movie, MovieFile
from metarr_core.domain.bulk import RECENTLY, Headway
from metarr_core.domain.ids import MovieId, TitleKey

Outcome = Literal["enriched", "not_enriched", "passed_over"]
KEPT_FOR = timedelta(days=14)
"""As long as Prefect keeps the runs that show them."""


def _wanted(*, force: bool) -> ColumnElement[bool]:
    """Films that can be enriched: with a provider's id, neither in the trash nor ignored; enriched ones only by force."""
    left_alone = ("ignored",) if force else ("ignored", "enriched")
    return and_(
        Movie.trashed_at.is_(None),
        Movie.identification_status.not_in(left_alone),
        or_(Movie.tmdb_id.is_not(None), Movie.imdb_id.is_not(None)),
    )


async def wanted(session: AsyncSession, movie_ids: Sequence[MovieId], *, force: bool) -> list[MovieId]:
    """Those of the films that can be enriched, once each, in the order in which they were given."""
    asked = Movie.id == any_(literal(list(movie_ids), ARRAY(BigInteger)))
    found = set((await session.execute(select(Movie.id).where(asked, _wanted(force=force)))).scalars())
    return [movie_id for movie_id in dict.fromkeys(movie_ids) if movie_id in found]


async def wanted_in(session: AsyncSession, library: str, *, force: bool) -> list[MovieId]:
    """The films of a library that can be enriched, oldest first; of all libraries for an empty name."""
    rows = select(Movie.id).join(Library, Library.id == Movie.library_id).where(_wanted(force=force), Library.enabled)
    rows = rows.where(Library.name == library) if library else rows
    return [MovieId(movie_id) for movie_id in (await session.execute(rows.order_by(Movie.id))).scalars()]


async def add(session: AsyncSession, movie_ids: Sequence[MovieId], priority: int, now: datetime, *, force: bool) -> int:
    """A new bulk of these films; those that ended long ago go."""
    await session.execute(delete(Bulk).where(Bulk.finished_at < now - KEPT_FOR))
    bulk = Bulk(is_forced=force)
    session.add(bulk)
    await session.flush()
    await session.execute(insert(BulkMovie), [{"bulk_id": bulk.id, "movie_id": movie_id} for movie_id in movie_ids])
    asked = Movie.id == any_(literal(list(movie_ids), ARRAY(BigInteger)))
    await session.execute(update(Movie).where(asked).values(enrichment_priority=priority))
    return bulk.id


async def left(session: AsyncSession, bulk_id: int, movie_ids: Sequence[MovieId]) -> list[MovieId]:
    """Those of the films that are not done yet, in the order in which they were given."""
    undone = (BulkMovie.bulk_id == bulk_id, BulkMovie.movie_id.in_(movie_ids), BulkMovie.outcome.is_(None))
    found = set((await session.execute(select(BulkMovie.movie_id).where(*undone))).scalars())
    return [movie_id for movie_id in movie_ids if movie_id in found]


@dataclass(frozen=True)
class Turn:
    """A film's turn: whether it is still wanted, was ever probed, and whether something urgent waits for its title."""

    is_wanted: bool
    is_probed: bool
    is_awaited: bool


async def turn(session: AsyncSession, bulk_id: int, movie_id: MovieId, title_key: TitleKey, now: datetime) -> Turn:
    """How things stand with a film now. What this bulk has begun itself, it goes on with, though it is enriched."""
    begun = select(or_(Bulk.is_forced, BulkMovie.attempts > 0)).join_from(Bulk, BulkMovie)
    is_begun = (await session.execute(begun.where(Bulk.id == bulk_id, BulkMovie.movie_id == movie_id))).scalar_one_or_none()
    unprobed = exists().where(
        MovieFile.movie_id == movie_id, MovieFile.missing_since.is_(None), MovieFile.probed_at.is_(None)
    )
    is_due = or_(Job.status == "running", and_(Job.status == "pending", Job.next_retry_at <= now))
    awaited = exists().where(Job.title_key == title_key, is_due)
    rows = select(_wanted(force=bool(is_begun)), ~unprobed, awaited).where(Movie.id == movie_id)
    found = (await session.execute(rows)).one_or_none()
    return Turn(*found) if found else Turn(is_wanted=False, is_probed=True, is_awaited=False)


async def begin(session: AsyncSession, bulk_id: int, movie_id: MovieId) -> None:
    """A film's work begins."""
    values = {"attempts": BulkMovie.attempts + 1}
    await session.execute(update(BulkMovie).where(*_one(bulk_id, movie_id)).values(values))


async def finish(session: AsyncSession, bulk_id: int, movie_id: MovieId, outcome: Outcome, at: datetime) -> None:
    """A film is done."""
    values = {"outcome": outcome, "done_at": at}
    await session.execute(update(BulkMovie).where(*_one(bulk_id, movie_id)).values(values))


def _one(bulk_id: int, movie_id: MovieId) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return BulkMovie.bulk_id == bulk_id, BulkMovie.movie_id == movie_id


async def end(session: AsyncSession, bulk_id: int, at: datetime) -> bool:
    """End a bulk of which every film is done; gives whether it ended just now."""
    undone = exists().where(BulkMovie.bulk_id == bulk_id, BulkMovie.outcome.is_(None))
    ending = update(Bulk).where(Bulk.id == bulk_id, Bulk.finished_at.is_(None), ~undone).values(finished_at=at)
    return (await session.execute(ending.returning(Bulk.id))).scalar_one_or_none() is not None


async def headway(session: AsyncSession, bulk_id: int, at: datetime) -> Headway:
    """How far a bulk has come."""
    is_done = BulkMovie.outcome.is_not(None)
    counted = select(
        func.count(),
        func.count().filter(is_done),
        func.count().filter(BulkMovie.outcome == "not_enriched"),
        func.count().filter(is_done, BulkMovie.done_at > at - RECENTLY),
    ).where(BulkMovie.bulk_id == bulk_id)
    total, done, not_enriched, lately = (await session.execute(counted)).one()
    began_at = (await session.execute(select(Bulk.created_at).where(Bulk.id == bulk_id))).scalar_one_or_none()
    return Headway(total, done, not_enriched, lately, began_at or at, at)


async def artifact_of(session: AsyncSession, bulk_id: int) -> str | None:
    """Where Prefect shows a bulk; None as long as it does not."""
    return (await session.execute(select(Bulk.artifact_id).where(Bulk.id == bulk_id))).scalar_one_or_none()


async def locked(session: AsyncSession, bulk_id: int) -> Bulk | None:
    """The row of a bulk, until the transaction ends."""
    return (await session.execute(select(Bulk).where(Bulk.id == bulk_id).with_for_update())).scalar_one_or_none()
