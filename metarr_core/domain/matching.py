"""Which film of a provider's a file is: how sure that is from 0 to 1, by one table of weights, with the reasons in words.

A wrong match is worse than none. So a film is accepted only where it is nearly certain and clearly ahead of the second. A
year that is one off, or none in the name, needs a film that is as long as the file, or, where that is not known, a title
that is not short: short ones are used again and again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from metarr_core.domain.ids import TmdbId
from metarr_core.domain.title_words import numbers, tokens, without_article

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
    "a short title, as several films have": -0.06,
    "the year is one off": -0.1,
    "another release in that year": -0.06,
    "the year is two off": -0.25,
    "another year": -0.4,
    "as long as the file": 0.06,
    "not as long as the file": -0.06,
    "far from as long as the file": -0.2,
}
"""What is added to the similarity of the titles, which is 1.0 where they are equal."""

SHORT_TITLE = 3
"""Words, without an article."""
EQUAL_MINUTES = 1.5
SHORTEST_SHARE, LONGEST_SHARE, FAR_MINUTES = 0.75, 1.4, 20.0
"""A file may be an extended edition; it is hardly ever a quarter shorter."""
A_CLIP_MINUTES = 5.0
"""A file that is shorter than this, of a film that is not, is a clip, and its length says nothing."""


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
    """Years of all releases, anywhere; a name may have the year of a festival or of another country."""
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
    matches = tuple(sorted((weigh(wanted, film) for film in order), key=lambda match: -match.confidence))
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


def weigh(wanted: Wanted, film: Film) -> Match:
    """How sure it is that this film is the one that is looked for."""
    similarity, found = max(_titles(wanted, film), key=lambda one: one[0] + sum(WEIGHTS[name] for name in one[1]))
    found += (*_year(wanted, film), *_length(wanted, film))
    confidence = similarity + sum(WEIGHTS[name] for name in found)
    told = "the same title" if similarity == 1 else f"a title that is {similarity:.0%} similar"
    return Match(film, round(min(max(confidence, 0.0), 1.0), 4), (told, *found))


def _titles(wanted: Wanted, film: Film) -> Iterator[tuple[float, tuple[str, ...]]]:
    """Each title that is looked for against each title of the film: similarity, and what weighs on it."""
    known: list[tuple[str, tuple[str, ...]]] = [(film.title, ()), (film.original_title or film.title, ())]
    known += [(title, ("an alternative title",)) for title in film.other_titles]
    for looked_for in wanted.titles:
        ours = tokens(looked_for)
        for title, weight in known:
            similarity, more = _similar(ours, tokens(title))
            yield similarity, (*weight, *more)


def _similar(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[float, tuple[str, ...]]:
    if not ours or not theirs:
        return 0.0, ()
    if ours == theirs:
        return 1.0, ()
    if "".join(ours) == "".join(theirs):
        return 1.0, ("words joined or apart",)
    plain, other = without_article(ours), without_article(theirs)
    if plain == other:
        return 1.0, ("an article more or less",)
    similarity = Indel.normalized_similarity(" ".join(plain), " ".join(other))
    weights = ("spelt otherwise", *(("other numbers",) if numbers(plain) != numbers(other) else ()))
    more = abs(len(plain) - len(other))
    return similarity, (*weights, *("a word more or less",) * more)


def _year(wanted: Wanted, film: Film) -> tuple[str, ...]:
    if wanted.year is not None and wanted.year == film.year:
        return ()
    words = max((len(without_article(tokens(title))) for title in wanted.titles), default=0)
    short = ("a short title, as several films have",) if words <= SHORT_TITLE else ()
    if wanted.year is None:
        return ("no year in the name", *short)
    if film.year is None:
        return ("no year at the provider", *short)
    if abs(wanted.year - film.year) == 1 and wanted.year in film.release_years:
        return ("another release in that year", *short)
    return (*_OFF.get(abs(wanted.year - film.year), ("another year",)), *short)


_OFF = {1: ("the year is one off",), 2: ("the year is two off",)}


def _length(wanted: Wanted, film: Film) -> tuple[str, ...]:
    if not wanted.minutes or not film.minutes or (wanted.minutes < A_CLIP_MINUTES < film.minutes):
        return ()
    if _equal(wanted.minutes, film.minutes):
        return ("as long as the file",)
    is_like = SHORTEST_SHARE * film.minutes <= wanted.minutes <= LONGEST_SHARE * film.minutes
    is_far = not is_like and abs(wanted.minutes - film.minutes) > FAR_MINUTES
    return ("far from as long as the file",) if is_far else ("not as long as the file",)


def _equal(minutes: float, other: float) -> bool:
    return abs(minutes - other) <= EQUAL_MINUTES
