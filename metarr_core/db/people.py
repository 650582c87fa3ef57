"""The lists of a film: cast, crew, genres, studios, countries, collection. A list is replaced as a whole."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import any_, case, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.base import Base
from metarr_core.db.tables import people as t
from metarr_core.db.tables.movies import Collection, Movie
from metarr_core.domain import metadata as md
from metarr_core.domain.ids import MovieId
from metarr_core.domain.metadata import Credit, Metadata, Part, Person

_NAMED: tuple[tuple[str, type[Base], type[Base], str], ...] = (
    ("genres", t.Genre, t.MovieGenre, "genre_id"),
    ("studios", t.Studio, t.MovieStudio, "studio_id"),
    ("countries", t.Country, t.MovieCountry, "country_id"),
    ("tags", t.Tag, t.MovieTag, "tag_id"),
)


async def replace_lists(session: AsyncSession, movie_id: MovieId, metadata: Metadata, names: Names[str]) -> None:
    """Write the lists of these names."""
    for name, table, link, column in _NAMED:
        if name in names:
            values: tuple[str, ...] = getattr(metadata, name) or ()
            ids = await ids_by_key(session, table, "name", [{"name": value} for value in values])
            await _relink(session, link, movie_id, [{column: ids[value]} for value in values])
    if "actors" in names:
        await _relink(session, t.MovieActor, movie_id, await _parts(session, metadata.actors or ()))
    if "crew" in names:
        await _relink(session, t.MovieCrew, movie_id, await _credits(session, metadata.crew or ()))


async def _parts(session: AsyncSession, parts: Sequence[Part]) -> list[dict[str, Any]]:
    ids = await _people(session, t.Actor, [part.person for part in parts])
    return [
        {"actor_id": ids[one], "name": one.name, "thumb_url": one.thumb_url, "role": part.role}
        for part in parts
        for one in [part.person]
    ]


async def _credits(session: AsyncSession, crew: Sequence[Credit]) -> list[dict[str, Any]]:
    ids = await _people(session, t.CrewMember, [credit.person for credit in crew])
    return [
        {"crew_id": ids[one.person], "name": one.person.name, "job": one.job, "department": one.department} for one in crew
    ]


async def read_lists(session: AsyncSession, movie_id: MovieId, metadata: Metadata) -> Metadata:
    """The metadata with the lists of a film."""
    genres, studios, countries, tags = [
        await _names(session, table, link, column, movie_id) for _, table, link, column in _NAMED
    ]
    cast = await session.execute(
        select(t.MovieActor, t.Actor.tmdb_id)
        .join(t.MovieActor, t.MovieActor.actor_id == t.Actor.id)
        .where(t.MovieActor.movie_id == movie_id)
        .order_by(t.MovieActor.position)
    )
    crew = await session.execute(
        select(t.MovieCrew, t.CrewMember.tmdb_id)
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
        actors=tuple(Part(Person(one.name, tmdb_id, one.thumb_url), one.role) for one, tmdb_id in cast),
        crew=tuple(Credit(Person(one.name, tmdb_id), one.job, one.department) for one, tmdb_id in crew),
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


async def collection_id(session: AsyncSession, collection: md.Collection) -> int:
    """The row of a collection, brought up to date; not where a film shows it whose collection is locked."""
    known = {name: value for name, value in vars(collection).items() if value is not None}
    statement = insert(Collection).values(**known)
    is_locked = (
        select(Movie.id)
        .where(Movie.collection_id == Collection.id, literal("collection") == any_(Movie.locked_fields))
        .correlate(Collection)
        .exists()
    )
    fresh = {name: case((is_locked, getattr(Collection, name)), else_=statement.excluded[name]) for name in known}
    key: dict[str, Any] = (
        {"index_elements": [Collection.tmdb_id]}
        if collection.tmdb_id
        else {"index_elements": [Collection.name], "index_where": Collection.tmdb_id.is_(None)}
    )
    found = await session.execute(statement.on_conflict_do_update(**key, set_=fresh).returning(Collection.id))
    return int(found.scalar_one())


async def _names(session: AsyncSession, table: Any, link: Any, column: str, movie_id: MovieId) -> tuple[str, ...]:
    found = await session.execute(
        select(table.name)
        .join(link, getattr(link, column) == table.id)
        .where(link.movie_id == movie_id)
        .order_by(link.position)
    )
    return tuple(found.scalars())
