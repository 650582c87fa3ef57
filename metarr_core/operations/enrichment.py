"""Enriches a film from its providers: texts, people, and the pictures that could be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from metarr_core.clients.tmdb import Tmdb, TmdbMovie
from metarr_core.db import activity, artwork, movies
from metarr_core.domain.artwork import ArtworkType, Candidate, Scored, score
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId
from metarr_core.domain.metadata import Identity, Who
from metarr_core.errors import NotFoundError, ProviderUnavailable
from metarr_core.runtime import Runtime, now
from metarr_core.settings.artwork import Artwork


@dataclass(frozen=True)
class Enriched:
    """The film knows what its providers know; `trouble` says which of them has to be asked again later."""

    trouble: ProviderUnavailable | None = None


@dataclass(frozen=True)
class NotEnriched:
    """The film stays as it is, and why."""

    why: str


async def enrich_movie(runtime: Runtime, movie_id: MovieId) -> Enriched | NotEnriched:
    """Ask TMDB about a film and write what it tells through the gateway. Raises ProviderUnavailable.

    A film that TMDB does not know ends in 'error' only if it never was enriched: a good state is never replaced.
    """
    if runtime.tmdb is None:
        return await _not_enriched(runtime, movie_id, "providers.tmdb.api_key is not set; enrichment waits for it")
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
    if not (movie.tmdb_id or movie.imdb_id):
        return await _not_enriched(runtime, movie_id, "it has no id of a provider yet; it has to be identified first")
    try:
        tmdb_id = await _tmdb_id(runtime.tmdb, movie.tmdb_id, movie.imdb_id)
        if (twin := await _twin(runtime, movie_id, tmdb_id)) is not None:
            why = f"it is the same film as film {twin}, which has TMDB's id {tmdb_id}"
            return await _not_enriched(runtime, movie_id, why)
        found = await runtime.tmdb.movie(tmdb_id, _asked_languages(runtime.settings.artwork))
    except NotFoundError as exc:
        return await _not_enriched(runtime, movie_id, str(exc), is_final=movie.enriched_at is None)
    more, trouble = await _more_candidates(runtime, tmdb_id)
    await _write(runtime, movie_id, found, more)
    return Enriched(found.trouble or trouble)


async def _tmdb_id(tmdb: Tmdb, tmdb_id: int | None, imdb_id: str | None) -> TmdbId:
    if tmdb_id:
        return TmdbId(tmdb_id)
    return await tmdb.by_imdb_id(ImdbId(imdb_id or ""))


async def _twin(runtime: Runtime, movie_id: MovieId, tmdb_id: TmdbId) -> int | None:
    """Another film that has this id: one that was known by IMDb's alone may turn out to be the same."""
    async with runtime.database.transaction() as session:
        found = await movies.find(session, Identity("", tmdb_id=tmdb_id), "")
    return found.id if found and found.id != movie_id else None


async def _more_candidates(runtime: Runtime, tmdb_id: TmdbId) -> tuple[tuple[Candidate, ...], ProviderUnavailable | None]:
    """fanart.tv's pictures. Without them the film is still enriched: what it offered before stays; it is asked later."""
    if runtime.fanart_tv is None:
        return (), None
    try:
        return await runtime.fanart_tv.candidates(tmdb_id), None
    except ProviderUnavailable as exc:
        return (), exc


def _asked_languages(settings: Artwork) -> tuple[str, ...]:
    return tuple(dict.fromkeys(language for kind in ArtworkType for language in settings.languages_of(kind)))


async def _write(runtime: Runtime, movie_id: MovieId, found: TmdbMovie, more: tuple[Candidate, ...]) -> None:
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        changed = await movies.write_metadata(session, movie, found.metadata, who=Who.PROVIDER)
        movie.tmdb_id, movie.imdb_id = found.tmdb_id, found.imdb_id or movie.imdb_id
        offered = _scored(runtime.settings.artwork, (*found.candidates, *more), movie.original_language)
        await artwork.write_candidates(session, movie_id, offered)
        await movies.set_status(session, movie_id, "enriched", enriched_at=now())
        fitting = sum(one.passed_over is None for one in offered)
        description = f"{movie.title}: providers told of {len(changed)} fields and {fitting} pictures fit"
        activity.tell(session, "movie.enriched", description, movie_id=movie_id, details={"changed": changed})


def _scored(settings: Artwork, offered: tuple[Candidate, ...], original_language: str | None) -> list[Scored]:
    return [score(one, settings.taste(one.type), original_language) for one in offered]


async def _not_enriched(runtime: Runtime, movie_id: MovieId, why: str, *, is_final: bool = False) -> NotEnriched:
    async with runtime.database.transaction() as session:
        if is_final:
            await movies.set_status(session, movie_id, "error")
        activity.tell(session, "movie.not_enriched", why, movie_id=movie_id, severity="warning")
    return NotEnriched(why)
