"""Artwork: its types, what providers offer, and which of it is chosen, with reasons that one can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ArtworkType(StrEnum):
    """Kodi's names; a movie has a column `<type>_id` for each."""

    POSTER = "poster"
    FANART = "fanart"
    BANNER = "banner"
    CLEARLOGO = "clearlogo"
    CLEARART = "clearart"
    DISCART = "discart"
    KEYART = "keyart"
    LANDSCAPE = "landscape"
    CHARACTERART = "characterart"
    THUMB = "thumb"


@dataclass(frozen=True)
class Candidate:
    """A picture that a provider offers. `language` is ISO 639-1, None without text; sizes in pixels, as claimed."""

    type: ArtworkType
    provider: str
    url: str
    language: str | None = None
    width: int = 0
    height: int = 0
    vote_average: float = 0.0
    vote_count: int = 0


@dataclass(frozen=True)
class Scored:
    """A candidate with its score (higher is better) and why."""

    candidate: Candidate
    score: float
    reasons: tuple[str, ...]


WEIGHT_LANGUAGE = 100.0
WEIGHT_VOTES = 10.0
WEIGHT_RESOLUTION = 5.0

TYPICAL_VOTE, TYPICAL_VOTE_COUNT = 5.0, 5
"""Votes are shrunk towards the typical one: a single vote of 10.0 beats nothing."""

FULL_WIDTH = {ArtworkType.POSTER: 2000, ArtworkType.FANART: 3840, ArtworkType.CLEARLOGO: 800}
"""Wider than this looks no better on a player."""


def score(candidate: Candidate, languages: Sequence[str], original_language: str | None) -> Scored | None:
    """The candidate with its score; None where its language is not wanted.

    `languages` is the order of the settings: codes, 'original' and 'none'.
    """
    wanted = [original_language if language == "original" else language for language in languages]
    own = candidate.language or "none"
    if own not in wanted:
        return None
    rank = wanted.index(own)
    votes = _shrunken(candidate.vote_average, candidate.vote_count)
    sharpness = min(candidate.width / FULL_WIDTH.get(candidate.type, 1000), 1.0)
    total = WEIGHT_LANGUAGE * (len(wanted) - rank) + WEIGHT_VOTES * votes / 10 + WEIGHT_RESOLUTION * sharpness
    return Scored(
        candidate,
        round(total, 3),
        (
            f"language {own} is choice {rank + 1} of {len(wanted)}",
            f"{candidate.vote_average:g} from {candidate.vote_count} votes counts as {votes:.2f}",
            f"{candidate.width}x{candidate.height}",
        ),
    )


def _shrunken(average: float, count: int) -> float:
    return (average * count + TYPICAL_VOTE * TYPICAL_VOTE_COUNT) / (count + TYPICAL_VOTE_COUNT)


def ranked(candidates: Sequence[Scored]) -> list[Scored]:
    """Best first; equal scores by address, so that the choice is the same each time."""
    return sorted(candidates, key=lambda scored: (-scored.score, scored.candidate.url))


def languages_to_ask(languages: Sequence[str], original_language: str | None) -> tuple[str, ...]:
    """The language codes of an order, as a provider takes them; 'null' is a picture without text."""
    codes = [original_language if language == "original" else language for language in languages]
    return tuple(dict.fromkeys("null" if code == "none" else code for code in codes if code))
