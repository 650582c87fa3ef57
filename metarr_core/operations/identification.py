"""Finds out which films files are: by ids in their names, else by the NFO beside them, else by a search; or asks.

Twice is the same as once. A provider's bad hour leaves what is left for later, and no film ends in `error` for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.clients.provider import giving_way
from metarr_core.db import activity, locks, movies
from metarr_core.db import identifications as db
from metarr_core.domain.ids import ImdbId, MovieId, TitleKey, TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.matching import Film, Match, Verdict, Wanted, judge
from metarr_core.domain.nfo_ids import ids_of
from metarr_core.domain.nfo_keeping import LONGEST_BYTES
from metarr_core.domain.release_name import ReleaseName, read_name
from metarr_core.errors import DatabaseUnavailable, LockBusy, NotFoundError, ProviderUnavailable, TransientError
from metarr_core.files import library
from metarr_core.operations.bulk import enqueue_enrichment
from metarr_core.operations.film_search import search_film
from metarr_core.operations.identifying import give_id
from metarr_core.operations.lengths import minutes_on_disk
from metarr_core.runtime import Runtime

logger = logging.getLogger(__name__)

FILMS_AT_ONCE = 4
CANDIDATES_KEPT = 10
NO_KEY = "providers.tmdb.api_key is not set; without it, only ids in names and NFO files tell which film this is"


@dataclass
class Identified:
    """What became of films. `trouble` says why some of them have to be asked again later."""

    identified: list[MovieId] = field(default_factory=list)
    """Films that have an id now; where one turned out to be another that we know, that one."""
    unidentified: list[MovieId] = field(default_factory=list)
    trouble: TransientError | None = None


async def identify(runtime: Runtime, movie_ids: Sequence[MovieId]) -> Identified:
    """Identify those of the films that are unidentified, a few beside each other. Raises DatabaseUnavailable."""
    async with identifying(runtime, movie_ids) as chunk:
        left = iter(chunk.wanted)
        async with asyncio.TaskGroup() as group:
            for _ in range(FILMS_AT_ONCE):
                group.create_task(_work_through(left, chunk))
    return chunk.done


async def _work_through(left: Iterator[MovieId], chunk: Identifying) -> None:
    for movie_id in left:
        await chunk.take(movie_id)


@asynccontextmanager
async def identifying(runtime: Runtime, movie_ids: Sequence[MovieId]) -> AsyncIterator[Identifying]:
    """The identification of films, each taken when its turn has come. Raises DatabaseUnavailable."""
    async with runtime.database.transaction() as session:
        wanted = await db.wanted(session, movie_ids)
        keys = await movies.title_keys(session, wanted)
    async with locks.opened(runtime.database) as titles:
        with giving_way():
            yield Identifying(runtime, titles, {movie_id: keys[movie_id] for movie_id in wanted})


class Identifying:
    """Films that are being identified, and what became of those that have been taken so far."""

    def __init__(self, runtime: Runtime, titles: locks.Locks, wanted: Mapping[MovieId, TitleKey]) -> None:
        self.wanted = wanted
        self.done = Identified()
        self._runtime, self._titles = runtime, titles

    async def take(self, movie_id: MovieId) -> None:
        """Identify one of the films that are wanted. Where a provider has a bad hour, it is left for later."""
        done = self.done
        if movie_id not in self.wanted or isinstance(done.trouble, ProviderUnavailable | DatabaseUnavailable):
            return
        try:
            found = await self._under_lock(movie_id)
            (done.unidentified if found is None else done.identified).append(found or movie_id)
        except (ProviderUnavailable, DatabaseUnavailable) as exc:
            done.trouble = exc
        except TransientError as exc:
            done.trouble = done.trouble or exc
        except NotFoundError:
            logger.info("film %d went meanwhile", movie_id)

    async def _under_lock(self, movie_id: MovieId) -> MovieId | None:
        """The film that this one is, under its lock; None if nobody knows. Raises LockBusy, ProviderUnavailable."""
        title_key = self.wanted[movie_id]
        async with self._titles.held(title_key):
            return await identify_held(self._runtime, movie_id, title_key)


async def identify_held(runtime: Runtime, movie_id: MovieId, title_key: TitleKey | None = None) -> MovieId | None:
    """The film that an unidentified one is, under the caller's lock; None if nobody knows.

    Raises LockBusy, also where the film's key is not the one by which it is locked, and ProviderUnavailable.
    """
    async with runtime.database.transaction() as session:
        movie = await db.open_film(session, movie_id)
        if movie is None:
            return None
        if title_key not in {None, key := movies.key_of(movie)}:
            raise LockBusy(key)
        path = movie.file_path or movie.title
    name = read_name(path)
    if (film := await _by_ids(runtime, name, path)) is not None:
        told, verdict = f"{film.title}: {_source(name)} names its id", None
    else:
        minutes = await minutes_on_disk(runtime, movie_id, path)
        wanted = Wanted((name.title, *name.other_titles), name.year, minutes)
        verdict = await search(runtime, wanted)
        film, told = (verdict.accepted.film if verdict.accepted else None), verdict.why
    try:
        return await _settle(runtime, movie_id, name, film, verdict, told)
    except IntegrityError:
        logger.info("%s: at this moment something else has recorded the same film", path)
    try:
        return await _settle(runtime, movie_id, name, film, verdict, told)
    except IntegrityError as exc:
        raise LockBusy(f"movie:tmdb:{film.tmdb_id}" if film else path) from exc


def _source(name: ReleaseName) -> str:
    origin = name.origins.get("tmdb_id") or name.origins.get("imdb_id")
    return f"the name of its {origin}" if origin else "its NFO"


async def _by_ids(runtime: Runtime, name: ReleaseName, path: str) -> Film | None:
    """The film by ids in its names, else in its NFO; an id that the provider does not know says nothing."""
    for tmdb_id, imdb_id in ((name.tmdb_id, name.imdb_id), await asyncio.to_thread(_nfo_ids, Path(path))):
        if not (tmdb_id or imdb_id):
            continue
        if runtime.tmdb is None:
            return Film(tmdb_id, name.title, year=name.year) if tmdb_id else None
        try:
            return await runtime.tmdb.film(tmdb_id or await runtime.tmdb.by_imdb_id(ImdbId(imdb_id or "")))
        except NotFoundError as exc:
            logger.info("%s: %s", path, exc)
    return None


def _nfo_ids(video: Path) -> tuple[TmdbId | None, ImdbId | None]:
    for nfo in (video.with_suffix(".nfo"), video.with_name("movie.nfo")):
        found = ids_of(library.read_small(nfo, LONGEST_BYTES) or b"")
        if any(found):
            return found
    return None, None


async def search(runtime: Runtime, wanted: Wanted) -> Verdict:
    """What the provider knows by this name. Raises ProviderUnavailable."""
    if runtime.tmdb is None:
        return Verdict((), None, NO_KEY)
    return await search_film(runtime.tmdb, wanted)


async def search_by_id(runtime: Runtime, wanted: Wanted, tmdb_id: TmdbId | None, imdb_id: ImdbId | None) -> Verdict:
    """The film with an id, weighed against what is looked for. Raises ProviderUnavailable."""
    if runtime.tmdb is None:
        return Verdict((), None, NO_KEY)
    try:
        number = tmdb_id or await runtime.tmdb.by_imdb_id(ImdbId(imdb_id or ""))
        return judge(wanted, [await runtime.tmdb.film(number)])
    except NotFoundError as exc:
        return Verdict((), None, str(exc))


async def _settle(
    runtime: Runtime, movie_id: MovieId, name: ReleaseName, film: Film | None, verdict: Verdict | None, why: str
) -> MovieId | None:
    async with runtime.database.transaction() as session:
        matches = verdict.matches[:CANDIDATES_KEPT] if verdict else ()
        await db.note(session, movie_id, guess(name), [candidate(match) for match in matches], why)
        if film is not None:
            reasons = {"reasons": _reasons(verdict)}
            owner = await give_id(session, movie_id, film.tmdb_id, f"identified as {why}", reasons)
            if owner != movie_id:  # the film is enriched already, but nothing stands beside this copy of it yet
                await enqueue_enrichment(session, [owner], Priority.NORMAL, force=True)
            return owner
        await _tell_unidentified(session, movie_id, name, why)
    return None


def _reasons(verdict: Verdict | None) -> list[str]:
    return list(verdict.accepted.reasons) if verdict and verdict.accepted else []


async def _tell_unidentified(session: AsyncSession, movie_id: MovieId, name: ReleaseName, why: str) -> None:
    activity.tell(
        session,
        "movie.unidentified",
        f"{name} needs you to say which film it is: {why}",
        movie_id=movie_id,
        severity="warning",
    )


def guess(name: ReleaseName) -> dict[str, object]:
    """What a name tells, as it is stored and shown."""
    told = {field_: getattr(name, field_) for field_ in ("title", "year", "edition", "part", "tmdb_id", "imdb_id")}
    return {
        **told,
        "other_titles": list(name.other_titles),
        "origins": {part: str(one) for part, one in name.origins.items()},
    }


def candidate(match: Match) -> dict[str, object]:
    """A film that it may be, as it is stored and shown."""
    names = ("tmdb_id", "title", "original_title", "year", "minutes", "poster_url", "overview")
    return {
        **{name: getattr(match.film, name) for name in names},
        "confidence": match.confidence,
        "reasons": list(match.reasons),
    }
