"""Which film of a provider's a file is: how sure that is from 0 to 1, by one table of weights, with the reasons in words.

A wrong match is worse than none. So a film is accepted only where it is nearly certain and clearly ahead of the second. A
year that is one off, or none in the name, needs a film that is as long as the file, or, where that is not known, a title
that hardly any other film has: one of several words, which stand in the title of no other film that was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metarr_core.domain.ids import TmdbId
from metarr_core.domain.title_likeness import Likeness, likeness, stands_in_any
from metarr_core.domain.title_words import without_article

THRESHOLD = 0.85
LEAD = 0.05
"""So far the best has to be ahead of the second."""

WEIGHTS = {
    "an alternative title": -0.06,
    "an article more or less": -0.06,
    "words joined or apart": -0.01,
    "spelt otherwise": -0.12,
    "other numbers": -0.3,
    "a word more or less": -0.05,
    "no year in the name": -0.1,
    "no year at the provider": -0.12,
    "a title that other films may have": -0.06,
    "the year is one off": -0.1,
    "first shown in that year": -0.06,
    "the year is two off": -0.25,
    "another year": -0.4,
    "as long as the file": 0.06,
    "nearly as long as the file": 0.0,
    "not as long as the file": -0.06,
    "far from as long as the file": -0.2,
    "the length of the file is not known": 0.0,
    "the file is a clip, so its length says nothing": 0.0,
}
"""What is added to the similarity of the titles, which is 1.0 where they are equal."""

MANY_WORDS, MANY_WORDS_WITHOUT_YEAR = 3, 4
"""Words of a title, without an article, from which on hardly two films have it."""
EQUAL_MINUTES, NEARLY_EQUAL_MINUTES = 1.0, 2.5
"""Providers tell whole minutes."""
SHORT_FILM_SHARE = 0.1
SHORTEST_SHARE, LONGEST_SHARE, FAR_MINUTES = 0.75, 1.4, 20.0
"""A file may be an extended edition; it is hardly ever a quarter shorter."""
A_CLIP_MINUTES, LONGEST_MINUTES = 5.0, 1000.0
"""A file that is shorter, of a film that is not, is a clip, and one that is longer than any film is damaged."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for: titles that it may have, the likeliest first; `minutes` are those of the file."""

    titles: tuple[str, ...]
    year: int | None = None
    minutes: float | None = None


@dataclass(frozen=True)
class Film:
    """A film as a provider tells of it. `minutes`, `release_years` and `other_titles` are known only from its details."""

    tmdb_id: TmdbId
    title: str
    original_title: str | None = None
    other_titles: tuple[str, ...] = ()
    year: int | None = None
    minutes: int | None = None
    release_years: frozenset[int] = frozenset()
    """Years of all releases, anywhere: a name may have the year of the festival at which the film was first shown."""
    poster_url: str | None = None
    overview: str | None = None


@dataclass(frozen=True)
class Match:
    """A film, how sure it is that the file is this film, from 0 to 1, and why."""

    film: Film
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """All matches, the best first; `accepted` is sure enough; `why` says in a sentence why, or why none is."""

    matches: tuple[Match, ...]
    accepted: Match | None
    why: str


def judge(wanted: Wanted, films: Sequence[Film]) -> Verdict:
    """Weigh films against what is looked for. Of equal ones, the one that comes first stays first."""
    unique = {film.tmdb_id: film for film in reversed(films)}
    order = [unique[tmdb_id] for tmdb_id in dict.fromkeys(film.tmdb_id for film in films)]
    matches = tuple(sorted((weigh(wanted, film, order) for film in order), key=lambda match: -match.confidence))
    if not matches:
        return Verdict((), None, "no film was found by this name")
    best, rivals = matches[0], matches[1:]
    if best.confidence < THRESHOLD:
        return Verdict(matches, None, f"the likeliest, {_named(best)}, is not sure enough: {'; '.join(best.reasons)}")
    if rivals and best.confidence - rivals[0].confidence < LEAD:
        return Verdict(matches, None, f"{_named(best)} and {_named(rivals[0])} are both likely")
    return Verdict(matches, best, f"{_named(best)}: {'; '.join(best.reasons)}")


def _named(match: Match) -> str:
    year = f" ({match.film.year})" if match.film.year else ""
    return f"{match.film.title}{year} [{match.confidence:.2f}]"


def weigh(wanted: Wanted, film: Film, found: Sequence[Film] = ()) -> Match:
    """How sure it is that this film, among all that were found, is the one that is looked for."""
    like = max(_likenesses(wanted, film), key=lambda one: one.similarity + _sum(one.reasons))
    off, reasons = _year(wanted, film), list(like.reasons)
    if off:
        reasons += [off, *_commonness(like.wanted, wanted, film, found)]
    reasons += _length(wanted, film, is_asked=bool(off))
    told = "the same title" if like.similarity == 1 else f"a title that is {like.similarity:.0%} similar"
    confidence = min(max(like.similarity + _sum(reasons), 0.0), 1.0)
    return Match(film, round(confidence, 4), (told, *reasons))


def _sum(reasons: Sequence[str]) -> float:
    return sum(WEIGHTS[reason] for reason in reasons)


def _likenesses(wanted: Wanted, film: Film) -> Iterator[Likeness]:
    """Each title that is looked for against each title of the film."""
    for looked_for in wanted.titles:
        for title in dict.fromkeys((film.title, film.original_title or film.title)):
            yield likeness(looked_for, title)
        for title in film.other_titles:
            yield likeness(looked_for, title, "an alternative title")


def _year(wanted: Wanted, film: Film) -> str:
    """What is to be said of the year; nothing where it is the same."""
    if wanted.year is None:
        return "no year in the name"
    if film.year is None:
        return "no year at the provider"
    if wanted.year == film.year - 1 and wanted.year in film.release_years:
        return "first shown in that year"
    return _OFF.get(abs(wanted.year - film.year), "another year")


_OFF = {0: "", 1: "the year is one off", 2: "the year is two off"}


def _commonness(words: tuple[str, ...], wanted: Wanted, film: Film, found: Sequence[Film]) -> tuple[str, ...]:
    """Whether there may be other films of this title: it is short, or its words stand in that of another film."""
    many = MANY_WORDS if wanted.year else MANY_WORDS_WITHOUT_YEAR
    others = (one for one in found if one.tmdb_id != film.tmdb_id)
    is_alone = not any(stands_in_any(words, (one.title, one.original_title or "")) for one in others)
    is_rare = len(without_article(words)) >= many and is_alone
    return () if is_rare else ("a title that other films may have",)


def _length(wanted: Wanted, film: Film, *, is_asked: bool) -> tuple[str, ...]:
    """What is to be said of the length; `is_asked`: also why it says nothing."""
    if not wanted.minutes or wanted.minutes > LONGEST_MINUTES:
        return ("the length of the file is not known",) if is_asked else ()
    if not film.minutes:
        return ()
    if wanted.minutes < A_CLIP_MINUTES < film.minutes:
        return ("the file is a clip, so its length says nothing",) if is_asked else ()
    off = abs(wanted.minutes - film.minutes)
    if off <= min(EQUAL_MINUTES, max(EQUAL_MINUTES / 2, SHORT_FILM_SHARE * film.minutes)):
        return ("as long as the file",)
    if off <= min(NEARLY_EQUAL_MINUTES, SHORT_FILM_SHARE * film.minutes):
        return ("nearly as long as the file",)
    is_like = SHORTEST_SHARE * film.minutes <= wanted.minutes <= LONGEST_SHARE * film.minutes
    return ("far from as long as the file",) if not is_like and off > FAR_MINUTES else ("not as long as the file",)
