"""fanart.tv, API version 3: logos, clear art, disc art and banners that TMDB does not have.

An answer is a flat object with one list per type, absent where there is none; values are strings; no art at all is a 404.
"""

from __future__ import annotations

from typing import Any

import httpx

from metarr_core.clients.json_values import as_number, as_objects, as_text
from metarr_core.clients.memory import ProviderMemory
from metarr_core.clients.provider import Provider
from metarr_core.domain.artwork import ArtworkType, Candidate
from metarr_core.domain.ids import TmdbId
from metarr_core.errors import NotFoundError
from metarr_core.settings.sections import FanartTv as FanartTvSettings

NAME = "fanart_tv"
REQUESTS_PER_SECOND = 3
NO_LANGUAGE = {None, "00"}

TYPES: dict[str, tuple[ArtworkType, int, int]] = {
    "hdmovielogo": (ArtworkType.CLEARLOGO, 800, 310),
    "movielogo": (ArtworkType.CLEARLOGO, 400, 155),
    "movieposter": (ArtworkType.POSTER, 1000, 1426),
    "movie4kbackground": (ArtworkType.FANART, 3840, 2160),
    "moviebackground": (ArtworkType.FANART, 1920, 1080),
    "moviebanner": (ArtworkType.BANNER, 1000, 185),
    "moviethumb": (ArtworkType.LANDSCAPE, 1000, 562),
    "moviedisc": (ArtworkType.DISCART, 1000, 1000),
    "hdmovieclearart": (ArtworkType.CLEARART, 1000, 562),
    "movieart": (ArtworkType.CLEARART, 500, 281),
}
"""What fanart.tv's types are to Kodi, and the sizes that it asks of uploads; newer answers tell the sizes themselves."""

LIKE = 6.5
"""A like counts as a vote of this average: fanart.tv knows no dislikes."""


class FanartTv:
    """A client of fanart.tv."""

    def __init__(self, settings: FanartTvSettings, provider: Provider) -> None:
        self._settings, self._provider = settings, provider

    @classmethod
    def from_settings(cls, settings: FanartTvSettings, http: httpx.AsyncClient, memory: ProviderMemory) -> FanartTv | None:
        """A client, or None where no key is set."""
        key = settings.api_key.get_secret_value()
        return cls(settings, Provider(NAME, key, http, memory, REQUESTS_PER_SECOND)) if key else None

    async def candidates(self, tmdb_id: TmdbId) -> tuple[Candidate, ...]:
        """Every picture of a film; none is a normal answer. Raises ProviderUnavailable, DatabaseUnavailable."""
        secret = {"api_key": self._settings.api_key.get_secret_value()}
        try:
            document = await self._provider.ask(f"{self._settings.base_url}/movies/{tmdb_id}", {}, secret=secret, headers={})
        except NotFoundError:
            return ()
        return candidates(document)


def candidates(document: dict[str, Any]) -> tuple[Candidate, ...]:
    """The pictures of an answer."""
    found = {
        (artwork_type, url): _candidate(row, url, artwork_type, width, height)
        for kind, (artwork_type, width, height) in TYPES.items()
        for row in as_objects(document.get(kind))
        if (url := as_text(row.get("url")))
    }
    return tuple(found.values())


def _candidate(row: dict[str, Any], url: str, artwork_type: ArtworkType, width: int, height: int) -> Candidate:
    language = as_text(row.get("lang"))
    has_no_text = language in NO_LANGUAGE or artwork_type is ArtworkType.FANART  # its backgrounds never have, whatever lang
    likes = as_number(row.get("likes"), int) or 0
    return Candidate(
        type=artwork_type,
        provider=NAME,
        url=url,
        language=None if has_no_text else language,
        width=as_number(row.get("width"), int) or width,
        height=as_number(row.get("height"), int) or height,
        vote_average=LIKE if likes else 0.0,
        vote_count=likes,
    )
