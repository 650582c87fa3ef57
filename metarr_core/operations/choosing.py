"""What a person says about a film: which one it is, what is to be known of it, or that nobody wants to know."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, artwork, history, jobs, movies
from metarr_core.db import trash as trash_db
from metarr_core.db.tables.movies import Movie
from metarr_core.domain.ids import JobId, MovieId, TmdbId
from metarr_core.domain.jobs import JobType, Priority
from metarr_core.domain.manual import ManualMetadata
from metarr_core.domain.metadata import Who
from metarr_core.errors import InvalidFields, NotFoundError, StateConflict
from metarr_core.operations import film_jobs, foreign_edits
from metarr_core.operations.bulk import enqueue_enrichment
from metarr_core.operations.editing import usable
from metarr_core.operations.identifying import IDENTIFIED, give_id
from metarr_core.runtime import Runtime, now

ENTERED = "movie.manually_enriched"


async def ask_to_identify(runtime: Runtime, movie_id: MovieId, wish: dict[str, Any]) -> JobId:
    """Put into the queue what a person says about a film; `wish` are parameters of `identify-media`.

    Raises NotFoundError, StateConflict.
    """
    async with runtime.database.transaction() as session:
        await usable(session, movie_id)
        return await film_jobs.queue(session, movie_id, JobType.IDENTIFY_MEDIA, {"movie_ids": [movie_id], **wish})


async def check_film(runtime: Runtime, tmdb_id: TmdbId) -> str:
    """The title of a film at TMDB, or its number without a key. Raises NotFoundError, ProviderUnavailable."""
    if runtime.tmdb is None:
        return f"TMDB {tmdb_id}"
    try:
        film = await runtime.tmdb.film(tmdb_id)
    except NotFoundError as exc:
        raise NotFoundError(f"TMDB knows no film with the number {tmdb_id}; look it up at themoviedb.org") from exc
    return f"{film.title} ({film.year})" if film.year else film.title


async def named_by(runtime: Runtime, job: JobId) -> MovieId | None:
    """The film that has the files since this job recorded which film a person says they are; None: it has not, so far."""
    async with runtime.database.transaction() as session:
        return await activity.film_of_job(session, IDENTIFIED, job)


async def choose_film(runtime: Runtime, movie_id: MovieId, tmdb_id: TmdbId, job: JobId | None = None) -> MovieId | None:
    """Record which film a person says this is, under the caller's lock, and queue its enrichment.

    What a provider told of another film goes; what is locked, and pictures that a person chose, stay. Gives the film that
    has the files from now on; None where a person has said otherwise since the `job` was asked for, and that stays.
    Raises NotFoundError, StateConflict, ProviderUnavailable.
    """
    async with runtime.database.transaction() as session:
        await usable(session, movie_id)
        if job and await activity.newest_job(session, movie_id, IDENTIFIED) > job:
            return None
    named = await check_film(runtime, tmdb_id)
    await foreign_edits.settle(runtime, movie_id)
    async with runtime.database.transaction() as session:
        movie = await usable(session, movie_id)
        before = {"title": movie.title, "tmdb_id": movie.tmdb_id, "status": movie.identification_status}
        if movie.tmdb_id != tmdb_id:
            await movies.forget_metadata(session, movie)
            await artwork.forget_provided(session, movie)
        told = f"User identified movie: {before['title']} → {named}, TMDB {tmdb_id}"
        stays_hidden = movie.identification_status == "ignored" and await _was_ignored_since(session, movie_id, job)
        film = await give_id(session, movie_id, tmdb_id, told, {"before": before, "by": "user", "job": job})
        if stays_hidden and film == movie_id:
            await movies.set_status(session, film, "ignored")
        else:
            await _show_again(session, film)
        await enqueue_enrichment(session, [film], Priority.HIGH, force=True)
    return film


async def _was_ignored_since(session: AsyncSession, movie_id: MovieId, job: JobId | None) -> bool:
    """Whether a person has said, since a job was asked for, that nobody wants to know of a film."""
    asked_at = await jobs.asked_at(session, job) if job else None
    return asked_at is not None and await activity.was_told_since(session, movie_id, "movie.ignored", asked_at)


async def _show_again(session: AsyncSession, movie_id: MovieId) -> None:
    """Whoever says that a file is a film wants to see it, also where that film was ignored before."""
    movie = await trash_db.locked(session, movie_id)
    if movie.identification_status == "ignored":
        await movies.set_status(session, movie_id, status_without_ignoring(movie))
        activity.tell(session, "movie.unignored", f"User no longer ignores {movie.title}", movie_id=movie_id)


async def enter_metadata(runtime: Runtime, movie_id: MovieId, manual: ManualMetadata, job: JobId | None = None) -> None:
    """Write what a person knows of a film, under the caller's lock: it counts as enriched, and every field given is locked.

    A `job` that comes back has written it already. Of what a person said since it was asked for, all stays.
    Raises NotFoundError, StateConflict, InvalidFields.
    """
    if not manual.locks:
        raise InvalidFields({"metadata": "no field is given; give at least one, such as title"})
    async with runtime.database.transaction() as session:
        movie = await usable(session, movie_id)
        if job and await activity.was_told_of_job(session, movie_id, ENTERED, job):
            return
        asked_at = await jobs.asked_at(session, job) if job else None
        newer = await history.said_since(session, movie_id, asked_at) if asked_at else set()
        told = manual.metadata(await movies.read_metadata(session, movie)).without(newer)
        changed = await movies.write_metadata(session, movie, told, who=Who.USER)
        await movies.set_status(session, movie_id, "enriched", enriched_at=now())
        line = f"User manually enriched movie with custom metadata: {movie.title}"
        details = {"changed": changed, "locked": [name for name in manual.locks if name not in newer], "job": job}
        activity.tell(session, ENTERED, line, movie_id=movie_id, severity="success", details=details)


async def ignore(runtime: Runtime, movie_id: MovieId) -> bool:
    """Hide a film: scans and enrichment pass it over; False where it is hidden already. Raises NotFoundError."""
    async with runtime.database.transaction() as session:
        movie = await trash_db.locked(session, movie_id)
        if movie.identification_status == "ignored":
            return False
        before = movie.identification_status
        await movies.set_status(session, movie_id, "ignored")
        told = f"User ignores {movie.title}: scans and enrichment pass it over"
        activity.tell(session, "movie.ignored", told, movie_id=movie_id, details={"before": before})
    return True


async def take_back(runtime: Runtime, movie_id: MovieId) -> str:
    """Show an ignored film again; gives its status. Raises NotFoundError, StateConflict."""
    async with runtime.database.transaction() as session:
        movie = await trash_db.locked(session, movie_id)
        if movie.identification_status != "ignored":
            raise StateConflict(f"{movie.title} is not ignored, so there is nothing to take back")
        status = status_without_ignoring(movie)
        await movies.set_status(session, movie_id, status)
        told = f"User no longer ignores {movie.title}"
        activity.tell(session, "movie.unignored", told, movie_id=movie_id, details={"status": status})
    return status


def status_without_ignoring(movie: Movie) -> str:
    """How far a film has come, by what is known of it."""
    if movie.enriched_at is not None:
        return "enriched"
    return "identified" if movie.tmdb_id or movie.imdb_id else "unidentified"
