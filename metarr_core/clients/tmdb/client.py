"""Asks TMDB. Owns addresses, the key in both its kinds, and the rate: 'somewhere in the 40 requests per second range'."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx

from metarr_core.clients.memory import ProviderMemory
from metarr_core.clients.provider import Provider
from metarr_core.clients.tmdb import answers, images
from metarr_core.clients.tmdb.texts import Locale
from metarr_core.domain.artwork import Candidate, languages_to_ask
from metarr_core.domain.ids import ImdbId, TmdbId
from metarr_core.domain.matching import Film
from metarr_core.domain.metadata import Collection, Metadata
from metarr_core.errors import NotFoundError, ProviderUnavailable
from metarr_core.settings.sections import Tmdb as TmdbSettings

NAME = "tmdb"
REQUESTS_PER_SECOND = 40
APPENDED = "credits,images,videos,release_dates,external_ids,keywords,translations,alternative_titles"


@dataclass(frozen=True)
class TmdbMovie:
    """Everything that TMDB tells of a film; `trouble` says what of the less important has to be asked again later."""

    tmdb_id: TmdbId
    imdb_id: ImdbId | None
    metadata: Metadata
    candidates: tuple[Candidate, ...]
    trouble: ProviderUnavailable | None = None


class Tmdb:
    """A client of TMDB. Its methods raise NotFoundError, ProviderUnavailable and DatabaseUnavailable."""

    def __init__(self, settings: TmdbSettings, provider: Provider) -> None:
        self._settings, self._provider = settings, provider
        self._locale = Locale.of(settings.language, settings.country)

    @classmethod
    def from_settings(cls, settings: TmdbSettings, http: httpx.AsyncClient, memory: ProviderMemory) -> Tmdb | None:
        """A client, or None where no key is set."""
        key = settings.api_key.get_secret_value()
        return cls(settings, Provider(NAME, key, http, memory, REQUESTS_PER_SECOND)) if key else None

    async def movie(self, tmdb_id: TmdbId, artwork_languages: Sequence[str]) -> TmdbMovie:
        """A film with its credits and pictures. `artwork_languages` as in the settings: codes, 'original', 'none'."""
        document = await self._details(tmdb_id, APPENDED, languages_to_ask(artwork_languages, None))
        if not answers.tells_of(document, tmdb_id):
            raise _rubbish()
        image_sets = [document.get("images")]
        original = answers.original_language(document)
        all_languages = languages_to_ask(artwork_languages, original)
        troubles: list[ProviderUnavailable] = []
        if original in all_languages and original not in languages_to_ask(artwork_languages, None):
            again = await _spared(self._details(tmdb_id, "images", all_languages), troubles)  # now the language is known
            image_sets.append(again.get("images"))
        metadata = answers.metadata(document, self._settings.image_base_url, self._locale)
        return TmdbMovie(
            tmdb_id=tmdb_id,
            imdb_id=answers.imdb_id(document),
            metadata=replace(metadata, collection=await self._collection(metadata.collection, troubles)),
            candidates=images.candidates(image_sets, self._settings.image_base_url),
            trouble=troubles[0] if troubles else None,
        )

    async def _details(self, tmdb_id: TmdbId, appended: str, image_languages: Sequence[str]) -> dict[str, Any]:
        return await self._get(
            f"/movie/{tmdb_id}",
            language=self._settings.language,
            append_to_response=appended,
            include_image_language=",".join(image_languages),
            include_video_language=",".join(dict.fromkeys((self._locale.language, "en"))),
        )

    async def _collection(self, known: Collection | None, troubles: list[ProviderUnavailable]) -> Collection | None:
        """The collection with its text and pictures; what the film itself tells of it is enough where that fails."""
        if known is None:
            return None
        asking = self._get(f"/collection/{known.tmdb_id}", language=self._settings.language)
        document = await _spared(asking, troubles)
        return answers.collection(document, self._settings.image_base_url) or known

    async def by_imdb_id(self, imdb_id: ImdbId) -> TmdbId:
        """The film with an id of IMDb."""
        document = await self._get(f"/find/{imdb_id}", external_source="imdb_id")
        found = answers.first_movie_id(document)
        if found is None:
            raise NotFoundError(f"TMDB knows no film with the id {imdb_id}")
        return found

    async def search(self, query: str, *, year: int | None = None, page: int = 1) -> tuple[tuple[Film, ...], int]:
        """A page of the films in whose titles all the words stand, and how many there are; `year` is taken strictly."""
        of_year = {"primary_release_year": str(year)} if year else {}
        document = await self._get(
            "/search/movie", query=query, page=str(page), language=self._settings.language, include_adult="false", **of_year
        )
        if not isinstance(document.get("results"), list):
            raise _rubbish()
        return answers.films(document, self._settings.image_base_url), answers.total(document)

    async def film(self, tmdb_id: TmdbId) -> Film:
        """A film as it is compared with others: with its length and all its titles."""
        document = await self._get(
            f"/movie/{tmdb_id}",
            language=self._settings.language,
            append_to_response="alternative_titles,translations,release_dates",
        )
        found = answers.film(document, self._settings.image_base_url)
        if found is None or not answers.tells_of(document, tmdb_id):
            raise _rubbish()
        return found

    async def _get(self, path: str, **params: str) -> dict[str, Any]:
        key = self._settings.api_key.get_secret_value()
        is_token = "." in key  # a read token is a JWT; a v3 key is 32 hex digits
        return await self._provider.ask(
            self._settings.base_url + path,
            params,
            secret={} if is_token else {"api_key": key},
            headers={"Authorization": f"Bearer {key}"} if is_token else {},
        )


def _rubbish() -> ProviderUnavailable:
    """An answer that is JSON and no answer: an outage, and nothing that is known of a film."""
    return ProviderUnavailable(NAME, "its answer is not to what was asked; is its base_url right?")


async def _spared(asking: Awaitable[dict[str, Any]], troubles: list[ProviderUnavailable]) -> dict[str, Any]:
    """An answer that a film can do without for now: an empty one where it cannot be had, and why."""
    try:
        return await asking
    except NotFoundError:
        return {}
    except ProviderUnavailable as exc:
        troubles.append(exc)
        return {}
