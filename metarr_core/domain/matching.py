"""Which film of a provider's a file is: how sure that is from 0 to 1, by one table of weights, with the reasons in words.

A wrong match is worse than none. So a film is accepted only where it is nearly certain and clearly ahead of the second. A
year that is one off, or none in the name, needs evidence. The rarer the title, the less: one of two telling words (three
without a year), which stand in the title of no other film that was found, is enough; the commonest need a length that few
films have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metarr_core.domain.film_length import ALIKE, compared, why_unknown
from metarr_core.domain.ids import TmdbId
from metarr_core.domain.title_likeness import Likeness, likeness, stands_in_any
from metarr_core.domain.title_words import rarity, telling_words, tokens

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
    "no year in the name": -0.12,
    "no year at the provider": -0.12,
    "a title that other films may have": -0.06,
    "a title that many films may have": -0.08,
    "the year is one off": -0.1,
    "first shown in that year": -0.06,
    "the year is two off": -0.25,
    "another year": -0.4,
    "as long as the file": 0.06,
    "as long as the file, as many films are": 0.04,
    "about as long as the file, as many films are": 0.02,
    "not as long as the file": -0.06,
    "far from as long as the file": -0.2,
    "the film of that title a year apart is as long as the file": -0.1,
    "the length of the file is not known": 0.0,
    "the file is a clip, so its length says nothing": 0.0,
}
"""What is added to the similarity of the titles, which is 1.0 where they are equal."""


@dataclass(frozen=True)
class Rarity:
    """How many telling words, of which common ones count half, and how many letters in them a title has at least."""

    words: float
    letters: int


RARE, RARE_WITHOUT_YEAR = (Rarity(2, 9), Rarity(1, 14)), (Rarity(3, 14),)
"""From which on, one of them, hardly two films of about one year, or of any, have a title."""


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
    off, reasons = _year(wanted, film, like), list(like.reasons)
    if off:
        reasons += [off, *_commonness(like, film, found, RARE_WITHOUT_YEAR if off in _WITHOUT_YEAR else RARE)]
    reasons += _length(wanted, film, like, found, is_asked=bool(off))
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


def _year(wanted: Wanted, film: Film, like: Likeness) -> str:
    """What is to be said of the year; nothing where it is the same."""
    if wanted.year is None:
        return "no year in the name"
    if film.year is None:
        return "no year at the provider"
    if wanted.year != film.year and _is_word_of_title(wanted, like):
        return "no year in the name"
    if wanted.year == film.year - 1 and wanted.year in film.release_years:
        return "first shown in that year"
    return _OFF.get(abs(wanted.year - film.year), "another year")


def _is_word_of_title(wanted: Wanted, like: Likeness) -> bool:
    """Whether the name was read in two ways, and in this one what may be its year is the first or last word of the title."""
    year, plain = (str(wanted.year),), tokens(wanted.titles[0])
    return like.wanted in {(*year, *plain), (*plain, *year)}


_WITHOUT_YEAR = {"no year in the name", "no year at the provider"}
_OFF = {0: "", 1: "the year is one off", 2: "the year is two off"}


def _commonness(like: Likeness, film: Film, found: Sequence[Film], least: Sequence[Rarity]) -> tuple[str, ...]:
    """Whether other films may have this title: its words stand in that of another one, or they tell little."""
    others = (one for one in found if one.tmdb_id != film.tmdb_id)
    if any(stands_in_any(like.wanted, (one.title, one.original_title or "")) for one in others):
        return ("a title that many films may have",)
    telling = telling_words(like.wanted)
    words, letters = rarity(telling), sum(map(len, telling))
    is_rare = any(words >= one.words and letters >= one.letters for one in least)
    return () if is_rare else ("a title that other films may have",)


def _length(wanted: Wanted, film: Film, like: Likeness, found: Sequence[Film], *, is_asked: bool) -> Iterator[str]:
    """What is to be said of the length; `is_asked`: also why it says nothing."""
    if why := why_unknown(wanted.minutes, film.minutes):
        if is_asked:
            yield why
    elif wanted.minutes and film.minutes:
        yield (told := compared(wanted.minutes, film.minutes))
        if told not in ALIKE and not is_asked and any(_is_namesake_as_long(wanted, like, film, one) for one in found):
            yield "the film of that title a year apart is as long as the file"


def _is_namesake_as_long(wanted: Wanted, like: Likeness, film: Film, other: Film) -> bool:
    """Whether another film, which the provider has a year before or after, fits the title as well and the length better."""
    is_near = bool(film.year and other.year) and abs((film.year or 0) - (other.year or 0)) == 1
    if not (is_near and wanted.minutes and other.minutes) or compared(wanted.minutes, other.minutes) not in ALIKE:
        return False
    return max(one.similarity for one in _likenesses(wanted, other)) >= like.similarity
