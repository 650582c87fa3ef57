"""Artwork: its types, what providers offer, and which of it is chosen, with reasons that one can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt


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

CERTAINTY = 1.96
"""Standard deviations: votes count for what they say with 95 % certainty."""

FULL_WIDTH = {ArtworkType.POSTER: 2000, ArtworkType.FANART: 3840, ArtworkType.CLEARLOGO: 800}
"""Wider than this looks no better on a player."""


def score(candidate: Candidate, languages: Sequence[str], original_language: str | None) -> Scored | None:
    """The candidate with its score; None where its language is not wanted.

    `languages` is the order of the settings: codes, 'original' and 'none'.
    """
    wanted = _codes(languages, original_language)
    own = candidate.language or "none"
    if own not in wanted:
        return None
    rank = wanted.index(own)
    votes = _certain(candidate.vote_average, candidate.vote_count)
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


def _certain(average: float, count: int) -> float:
    """What the votes say for certain, 0 to 10 (Wilson's lower bound): one vote of 10.0 does not beat nine of 5.2."""
    if count <= 0:
        return 0.0
    share, slack = min(max(average / 10, 0.0), 1.0), CERTAINTY**2 / count
    margin = CERTAINTY * sqrt(share * (1 - share) / count + slack / (4 * count))
    return 10 * (share + slack / 2 - margin) / (1 + slack)


def ranked(candidates: Sequence[Scored]) -> list[Scored]:
    """Best first; equal scores by address, so that the choice is the same each time."""
    return sorted(candidates, key=lambda scored: (-scored.score, scored.candidate.url))


def languages_to_ask(languages: Sequence[str], original_language: str | None) -> tuple[str, ...]:
    """The language codes of an order, as a provider takes them; 'null' is a picture without text."""
    codes = _codes(languages, original_language)
    return tuple(dict.fromkeys("null" if code == "none" else code for code in codes if code))


def _codes(languages: Sequence[str], original_language: str | None) -> list[str | None]:
    """The languages of an order in ISO 639-1: pictures have no dialect, pt-BR is pt."""
    return [original_language if language == "original" else language.partition("-")[0] for language in languages]
