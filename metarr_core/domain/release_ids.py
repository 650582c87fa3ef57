"""Ids that stand in names of files and folders: `{tmdb-603}`, `[imdbid-tt0133093]`, `tt0133093`."""

from __future__ import annotations

import re

from metarr_core.domain.ids import ImdbId, TmdbId

LARGEST_TMDB_ID = 2**31 - 1
_TMDB = re.compile(
    r"[{\[(]\s*tmdb(?:id)?\s*[-=:_ ]\s*(?P<id>\d{1,18})\s*[)\]}]|\btmdb(?:id)?[-=](?P<bare>\d{1,18})\b", re.IGNORECASE
)
_IMDB = re.compile(r"[{\[(]?\s*(?:\bimdb(?:id)?\s*[-=:_ ]\s*)?\b(?P<id>tt\d{7,9})\b\s*[)\]}]?", re.IGNORECASE)
_OTHER = re.compile(r"[{\[(]\s*(?:tvdb|tvdbid|trakt|anidb|tvmaze)\s*[-=:_ ]\s*\w+\s*[)\]}]", re.IGNORECASE)


def cut_ids(name: str) -> tuple[str, TmdbId | None, ImdbId | None]:
    """The name without its ids, and the ids."""
    tmdb, imdb = _TMDB.search(name), _IMDB.search(name)
    number = int(tmdb["id"] or tmdb["bare"]) if tmdb else 0
    for pattern in (_TMDB, _IMDB, _OTHER):
        name = pattern.sub(" ", name)
    tmdb_id = TmdbId(number) if 0 < number <= LARGEST_TMDB_ID else None
    return name, tmdb_id, ImdbId(imdb["id"].lower()) if imdb else None
