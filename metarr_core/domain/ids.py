"""Names for the things that ids point to."""

from __future__ import annotations

from typing import NewType

MovieId = NewType("MovieId", int)
FileId = NewType("FileId", int)
EventId = NewType("EventId", int)
JobId = NewType("JobId", int)
TmdbId = NewType("TmdbId", int)
ImdbId = NewType("ImdbId", str)
Sha256 = NewType("Sha256", str)
"""SHA-256 as 64 hex digits."""
TitleKey = NewType("TitleKey", str)
"""One title, such as movie:tmdb:45745: what must never be worked on twice at a time."""


def title_key(tmdb_id: TmdbId | None, imdb_id: ImdbId | None, path: str) -> TitleKey:
    """The key of a film: by TMDB's id, else IMDb's, else the path of its folder or file."""
    if tmdb_id:
        return TitleKey(f"movie:tmdb:{tmdb_id}")
    if imdb_id:
        return TitleKey(f"movie:imdb:{imdb_id}")
    return TitleKey(f"movie:path:{path}")
