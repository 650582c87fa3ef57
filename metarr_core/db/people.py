"""The lists of a film: cast, crew, genres, studios, countries. A list is replaced as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.base import Base
from metarr_core.db.tables import people as t
from metarr_core.domain.ids import MovieId
from metarr_core.domain.metadata import Credit, Metadata, Part, Person

_NAMED: tuple[tuple[str, type[Base], type[Base], str], ...] = (
    ("genres", t.Genre, t.MovieGenre, "genre_id"),
    ("studios", t.Studio, t.MovieStudio, "studio_id"),
    ("countries", t.Country, t.MovieCountry, "country_id"),
    ("tags", t.Tag, t.MovieTag, "tag_id"),
)


LISTS = (*(name for name, *_ in _NAMED), "actors", "crew")


async def replace_lists(session: AsyncSession, movie_id: MovieId, metadata: Metadata, *, only_gaps: bool) -> None:
    """Write the lists that are given; with `only_gaps`, only those that are empty so far."""
    for name, table, link, column in _NAMED:
        values: tuple[str, ...] | None = getattr(metadata, name)
        if values is None or (only_gaps and await _has_any(session, link, movie_id)):
            continue
        ids = await ids_by_key(session, table, "name", [{"name": value} for value in values])
        await _relink(session, link, movie_id, [{column: ids[value]} for value in values])
    if metadata.actors is not None and not (only_gaps and await _has_any(session, t.MovieActor, movie_id)):
        ids = await _people(session, t.Actor, [part.person for part in metadata.actors])
        rows = [{"actor_id": ids[part.person], "role": part.role} for part in metadata.actors]
        await _relink(session, t.MovieActor, movie_id, rows)
    if metadata.crew is not None and not (only_gaps and await _has_any(session, t.MovieCrew, movie_id)):
        ids = await _people(session, t.CrewMember, [credit.person for credit in metadata.crew])
        rows = [{"crew_id": ids[c.person], "job": c.job, "department": c.department} for c in metadata.crew]
        await _relink(session, t.MovieCrew, movie_id, rows)


async def read_lists(session: AsyncSession, movie_id: MovieId, metadata: Metadata) -> Metadata:
    """The metadata with the lists of a film."""
    genres, studios, countries, tags = [
        await _names(session, table, link, column, movie_id) for _, table, link, column in _NAMED
    ]
    cast = await session.execute(
        select(t.Actor, t.MovieActor.role)
        .join(t.MovieActor, t.MovieActor.actor_id == t.Actor.id)
        .where(t.MovieActor.movie_id == movie_id)
        .order_by(t.MovieActor.position)
    )
    crew = await session.execute(
        select(t.CrewMember, t.MovieCrew.job, t.MovieCrew.department)
        .join(t.MovieCrew, t.MovieCrew.crew_id == t.CrewMember.id)
        .where(t.MovieCrew.movie_id == movie_id)
        .order_by(t.MovieCrew.position)
    )
    return replace(
        metadata,
        genres=genres,
        studios=studios,
        countries=countries,
        tags=tags,
        actors=tuple(Part(Person(actor.name, actor.tmdb_id, actor.thumb_url), role) for actor, role in cast),
        crew=tuple(Credit(Person(member.name, member.tmdb_id), job, department) for member, job, department in crew),
    )


async def ids_by_key(session: AsyncSession, table: Any, key: str, rows: Sequence[dict[str, Any]]) -> dict[Any, int]:
    """The ids of rows by their unique key, inserted or brought up to date; null never erases.

    Rows are sorted: two runs never deadlock.
    """
    unique = {row[key]: row for row in rows}
    if not unique:
        return {}
    statement = insert(table).values([unique[value] for value in sorted(unique)])
    columns = {name: func.coalesce(statement.excluded[name], getattr(table, name)) for name in rows[0]}
    statement = statement.on_conflict_do_update(index_elements=[getattr(table, key)], set_=columns)
    found = await session.execute(statement.returning(getattr(table, key), table.id))
    return {value: row_id for value, row_id in found}  # noqa: C416 - rows are no pairs to dict()


async def _people(session: AsyncSession, table: Any, people: Sequence[Person]) -> dict[Person, int]:
    by_id = [_row(table, person) | {"tmdb_id": person.tmdb_id} for person in people if person.tmdb_id]
    ids = await ids_by_key(session, table, "tmdb_id", by_id)
    nameless_id = {person.name for person in people if not person.tmdb_id}
    names = {name: await _by_name(session, table, name) for name in sorted(nameless_id)}
    return {person: ids[person.tmdb_id] if person.tmdb_id else names[person.name] for person in people}


def _row(table: Any, person: Person) -> dict[str, Any]:
    return {"name": person.name} | ({"thumb_url": person.thumb_url} if table is t.Actor else {})


async def _by_name(session: AsyncSession, table: Any, name: str) -> int:
    statement = insert(table).values(name=name)
    statement = statement.on_conflict_do_update(
        index_elements=[table.name], index_where=table.tmdb_id.is_(None), set_={"name": statement.excluded.name}
    )
    return int((await session.execute(statement.returning(table.id))).scalar_one())


async def _relink(session: AsyncSession, link: Any, movie_id: MovieId, rows: Sequence[dict[str, Any]]) -> None:
    await session.execute(delete(link).where(link.movie_id == movie_id))
    if rows:
        values = [{"movie_id": movie_id, "position": position, **row} for position, row in enumerate(rows)]
        await session.execute(insert(link), values)


async def _has_any(session: AsyncSession, link: Any, movie_id: MovieId) -> bool:
    return bool((await session.execute(select(exists().where(link.movie_id == movie_id)))).scalar_one())


async def _names(session: AsyncSession, table: Any, link: Any, column: str, movie_id: MovieId) -> tuple[str, ...]:
    found = await session.execute(
        select(table.name)
        .join(link, getattr(link, column) == table.id)
        .where(link.movie_id == movie_id)
        .order_by(link.position)
    )
    return tuple(found.scalars())
