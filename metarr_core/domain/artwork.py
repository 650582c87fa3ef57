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
    """A candidate with its score (higher is better) and why; `passed_over` tells why the settings do not want it."""

    candidate: Candidate
    score: float
    reasons: tuple[str, ...]
    passed_over: str | None = None


@dataclass(frozen=True)
class Weights:
    """What counts how much in the choice of a picture."""

    language: float = 100.0
    """For each place in the order of languages: nothing else makes up for the wrong language."""
    votes: float = 1.0
    """For each point of the average vote, which is from 0 to 10."""
    width: float = 5.0
    """For the full width of a player, in proportion; wider looks no better."""


WEIGHTS = Weights()

CERTAINTY = 2.58
"""Standard deviations: votes count for what they say with 99 % certainty. With 95 %, four votes of 10.0 beat 44 of 6.5."""

FULL_WIDTH = {
    ArtworkType.POSTER: 2000,
    ArtworkType.KEYART: 2000,
    ArtworkType.FANART: 2560,
    ArtworkType.LANDSCAPE: 1920,
    ArtworkType.CLEARLOGO: 800,
}
USUAL_FULL_WIDTH = 1000

LARGEST = {
    ArtworkType.POSTER: (2000, 3000),
    ArtworkType.KEYART: (2000, 3000),
    ArtworkType.FANART: (3840, 2160),
    ArtworkType.LANDSCAPE: (1920, 1080),
    ArtworkType.CLEARLOGO: (1600, 1600),
}
USUAL_LARGEST = (2000, 2000)

NEARLY_THE_SAME_BITS = 6
"""Of the 64 of a perceptual hash: a similarity of 0.90."""


@dataclass(frozen=True)
class Taste:
    """What somebody wants of a type of artwork; sizes in pixels. `languages` is in order: codes, 'original' and 'none'."""

    languages: Sequence[str]
    minimum_votes: int = 0
    minimum_width: int = 0
    minimum_height: int = 0


def score(candidate: Candidate, taste: Taste, original_language: str | None) -> Scored:
    """The candidate with its score; one that the taste does not want tells why, and a person may still choose it."""
    wanted = wanted_languages(taste.languages, original_language)
    own = candidate.language or "none"
    place = wanted.index(own) if own in wanted else len(wanted)
    votes = certain(candidate.vote_average, candidate.vote_count)
    fullness = min(candidate.width / FULL_WIDTH.get(candidate.type, USUAL_FULL_WIDTH), 1.0)
    total = WEIGHTS.language * (len(wanted) - place) + WEIGHTS.votes * votes + WEIGHTS.width * fullness
    return Scored(
        candidate,
        round(total, 3),
        (
            f"language {own} is choice {place + 1} of {len(wanted)}" if own in wanted else f"language {own} is no choice",
            f"{candidate.vote_average:g} from {candidate.vote_count} votes counts as {votes:.2f}",
            f"{candidate.width}x{candidate.height} fills {fullness:.0%} of a screen",
        ),
        _why_passed_over(candidate, taste, wanted),
    )


def _why_passed_over(candidate: Candidate, taste: Taste, wanted: Sequence[str]) -> str | None:
    """Why a candidate is not wanted, None where it is. A size that the provider does not tell is no reason."""
    if (own := candidate.language or "none") not in wanted:
        return f"language {own} is not among {', '.join(wanted)}"
    if max(candidate.vote_count, 0) < taste.minimum_votes:
        return f"{candidate.vote_count} votes are fewer than {taste.minimum_votes}"
    if 0 < candidate.width < taste.minimum_width or 0 < candidate.height < taste.minimum_height:
        return f"{candidate.width}x{candidate.height} is smaller than {taste.minimum_width}x{taste.minimum_height}"
    return None


def wanted_languages(languages: Sequence[str], original_language: str | None) -> tuple[str, ...]:
    """An order of languages in ISO 639-1, 'original' replaced, each once: pictures have no dialect, pt-BR is pt."""
    replaced = (original_language if language == "original" else language.partition("-")[0] for language in languages)
    return tuple(dict.fromkeys(language for language in replaced if language))


def certain(average: float, count: int) -> float:
    """What the votes say for certain, 0 to 10 (Wilson's lower bound): one vote of 10.0 does not beat nine of 5.2."""
    if count <= 0:
        return 0.0
    share, slack = min(max(average / 10, 0.0), 1.0), CERTAINTY**2 / count
    margin = CERTAINTY * sqrt(share * (1 - share) / count + slack / (4 * count))
    return 10 * (share + slack / 2 - margin) / (1 + slack)


def distance(one: str, other: str) -> int:
    """In how many of 64 bits two perceptual hashes (16 hex digits each) differ."""
    return (int(one or "0", 16) ^ int(other or "0", 16)).bit_count()


def ranked(candidates: Sequence[Scored]) -> list[Scored]:
    """Best first; equal scores by address, so that the choice is the same each time."""
    return sorted(candidates, key=lambda scored: (-scored.score, scored.candidate.url))


def languages_to_ask(languages: Sequence[str], original_language: str | None) -> tuple[str, ...]:
    """The language codes of an order, as TMDB takes them; 'null' is a picture without text."""
    return tuple("null" if code == "none" else code for code in wanted_languages(languages, original_language))
