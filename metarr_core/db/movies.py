"""Films: found by what identifies them, listed, and written through one gateway that knows the locks."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import ColumnElement, all_, any_, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import history, people
from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import Collection, Movie, MovieFile
from metarr_core.domain import metadata as md
from metarr_core.domain.ids import ImdbId, MovieId, TitleKey, TmdbId, title_key
from metarr_core.errors import NotFoundError


async def get(session: AsyncSession, movie_id: MovieId) -> Movie:
    """A film. Raises NotFoundError."""
    movie = await session.get(Movie, movie_id)
    if movie is None:
        raise NotFoundError(f"there is no film {movie_id}")
    return movie


async def some(session: AsyncSession, movie_ids: Sequence[MovieId]) -> list[Movie]:
    """The films of these that there are, by title."""
    rows = select(Movie).where(Movie.id.in_(movie_ids)).order_by(Movie.title, Movie.id)
    return list((await session.execute(rows)).scalars())


async def title_key_of(session: AsyncSession, movie_id: MovieId) -> TitleKey:
    """The key of a film's title. Raises NotFoundError."""
    return key_of(await get(session, movie_id))


async def title_keys(session: AsyncSession, movie_ids: Sequence[MovieId]) -> dict[MovieId, TitleKey]:
    """The keys of those of the films that there are."""
    return {MovieId(movie.id): key_of(movie) for movie in await some(session, movie_ids)}


def key_of(movie: Movie) -> TitleKey:
    """The key of a film's title; of one without ids, by its own file."""
    tmdb_id = TmdbId(movie.tmdb_id) if movie.tmdb_id else None
    return title_key(tmdb_id, ImdbId(movie.imdb_id) if movie.imdb_id else None, movie.file_path or f"movie {movie.id}")


async def title_of(session: AsyncSession, movie_id: MovieId) -> str | None:
    """A film's title; None where there is no such film."""
    return (await session.execute(select(Movie.title).where(Movie.id == movie_id))).scalar_one_or_none()


async def find(session: AsyncSession, identity: md.Identity, path: str) -> Movie | None:
    """The film that a file belongs to: by TMDB's id, else IMDb's, else the one that has this very file."""
    if identity.tmdb_id:
        known = Movie.tmdb_id == identity.tmdb_id
    elif identity.imdb_id:
        known = Movie.imdb_id == identity.imdb_id
    else:
        known = Movie.id.in_(select(MovieFile.movie_id).where(MovieFile.path == path))
    movie = (await session.execute(select(Movie).where(known).limit(1))).scalar_one_or_none()
    if movie is None and identity.tmdb_id and identity.imdb_id:
        return await find(session, md.Identity(identity.title, imdb_id=identity.imdb_id), path)
    return movie


async def add(session: AsyncSession, identity: md.Identity, library: str, priority: int) -> Movie:
    """A new film."""
    library_id = (await session.execute(select(Library.id).where(Library.name == library))).scalar_one()
    movie = Movie(
        library_id=library_id,
        title=identity.title,
        year=identity.year,
        tmdb_id=identity.tmdb_id,
        imdb_id=identity.imdb_id,
        identification_status="identified" if identity.tmdb_id or identity.imdb_id else "unidentified",
        enrichment_priority=priority,
        locked_fields=[],
    )
    session.add(movie)
    await session.flush()
    return movie


async def write_metadata(
    session: AsyncSession, movie: Movie, metadata: md.Metadata, *, who: md.Who, only_gaps: bool = False
) -> list[str]:
    """The gateway through which every piece of metadata comes: locked fields stay, and nothing known is erased.

    A person's word overrides locks, and locks what it tells. `only_gaps` writes only where nothing is known so far. What
    was there before goes into the history, also where it stays and is only locked. Gives the names of the fields that
    changed.
    """
    await _hold(session, movie)
    if who is not md.Who.USER:
        return await _write(session, movie, metadata.without(set(movie.locked_fields)), who, only_gaps=only_gaps)
    locked = list(movie.locked_fields)
    changed = await _write(session, movie, metadata, who, only_gaps=only_gaps, locks={*metadata.names} - {*locked})
    movie.locked_fields = list(dict.fromkeys((*locked, *metadata.names)))
    await session.flush()
    return changed


async def forget_metadata(session: AsyncSession, movie: Movie) -> None:
    """Forget what providers told of a film that turned out to be another; locked fields stay, and a film keeps a title."""
    await _hold(session, movie)
    everything = md.Metadata(erased=frozenset((*FIELDS, *md.WHOLE)) - {"title"})
    await _write(session, movie, everything.without(set(movie.locked_fields)), md.Who.USER)


async def _hold(session: AsyncSession, movie: Movie) -> None:
    """The film as it is now, locks included, and until the end of the transaction."""
    await session.flush()
    await session.refresh(movie, with_for_update=True)


async def _write(
    session: AsyncSession,
    movie: Movie,
    told: md.Metadata,
    who: md.Who,
    *,
    only_gaps: bool = False,
    locks: AbstractSet[str] = frozenset(),
) -> list[str]:
    before = await read_metadata(session, movie)
    after = before.with_more(told, only_gaps=only_gaps)
    changed = [name for name in told.names if after.value(name) != before.value(name)]
    if changed:
        await _apply(session, movie, after, changed)
    if remembered := [name for name in told.names if name in {*changed, *locks}]:
        history.tell(session, movie, before, remembered, changed, who)
        await session.flush()
    return changed


async def _apply(session: AsyncSession, movie: Movie, after: md.Metadata, changed: Sequence[str]) -> None:
    for name in changed:
        if name in FIELDS:
            setattr(movie, name, after.fields.get(name))
    movie.alternative_titles = list(after.alternative_titles or ())
    movie.external_ids = dict(after.external_ids or {})
    if "collection" in changed:
        movie.collection_id = await people.collection_id(session, after.collection) if after.collection else None
    await people.replace_lists(session, MovieId(movie.id), after, changed)
    movie.updated_at = func.now()


async def lock(session: AsyncSession, movie_id: MovieId, field: str) -> bool:
    """Lock a metadata field or an artwork type of a film; False where it is locked already."""
    unlocked = (Movie.id == movie_id, literal(field) != all_(Movie.locked_fields))
    locked = func.array_append(Movie.locked_fields, field)
    rows = await session.execute(update(Movie).where(*unlocked).values(locked_fields=locked).returning(Movie.id))
    return rows.first() is not None


async def unlock(session: AsyncSession, movie_id: MovieId, field: str) -> bool:
    """Unlock a metadata field or an artwork type of a film; False where it is not locked."""
    locked = (Movie.id == movie_id, literal(field) == any_(Movie.locked_fields))
    left = func.array_remove(Movie.locked_fields, field)
    rows = await session.execute(update(Movie).where(*locked).values(locked_fields=left).returning(Movie.id))
    return rows.first() is not None


async def read_metadata(session: AsyncSession, movie: Movie) -> md.Metadata:
    """Everything that is known of a film."""
    collection = await session.get(Collection, movie.collection_id) if movie.collection_id else None
    values = {name: getattr(movie, name) for name in FIELDS}
    return await people.read_lists(
        session,
        MovieId(movie.id),
        md.Metadata(
            fields={name: value for name, value in values.items() if value is not None},
            collection=_as_value(collection) if collection else None,
            alternative_titles=tuple(movie.alternative_titles),
            external_ids=movie.external_ids,
        ),
    )


def _as_value(row: Collection) -> md.Collection:
    return md.Collection(row.tmdb_id, row.name, row.overview, row.poster_url, row.fanart_url)


FIELDS = (
    *("title", "original_title", "sort_title", "year", "plot", "tagline", "runtime", "rating", "votes"),
    *("certification", "release_date", "original_language", "trailer_url"),
)


async def set_status(session: AsyncSession, movie_id: MovieId, status: str, *, enriched_at: datetime | None = None) -> None:
    """Set how far a film's identification has come."""
    values = {"identification_status": status} | ({"enriched_at": enriched_at} if enriched_at else {})
    await session.execute(update(Movie).where(Movie.id == movie_id).values(**values))


async def page(
    session: AsyncSession, status: str | None, query: str | None, limit: int, offset: int
) -> tuple[Sequence[tuple[Movie, str]], int]:
    """Films with the names of their libraries, by title, and how many there are. The trash is left out."""
    where: list[ColumnElement[bool]] = [Movie.trashed_at.is_(None)]
    if status:
        where.append(Movie.identification_status == status)
    if query:
        where.append(
            or_(Movie.title.icontains(query, autoescape=True), Movie.original_title.icontains(query, autoescape=True))
        )
    total = (await session.execute(select(func.count()).select_from(Movie).where(*where))).scalar_one()
    rows = await session.execute(
        select(Movie, Library.name)
        .join(Library, Library.id == Movie.library_id)
        .where(*where)
        .order_by(Movie.title, Movie.id)
        .limit(limit)
        .offset(offset)
    )
    return [(movie, library) for movie, library in rows], total
