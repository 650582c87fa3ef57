"""What is known about a film, wherever it comes from, and the rule that a lock is a lock."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from metarr_core.domain.ids import ImdbId, TmdbId


@dataclass(frozen=True)
class Person:
    """Somebody by TMDB's id; without one, the name is the identity."""

    name: str
    tmdb_id: int | None = None
    thumb_url: str | None = None


@dataclass(frozen=True)
class Part:
    """Who plays whom, in billing order."""

    person: Person
    role: str | None = None


@dataclass(frozen=True)
class Credit:
    """Who did what, as TMDB names jobs and departments."""

    person: Person
    job: str
    department: str | None = None


@dataclass(frozen=True)
class Collection:
    """A series of films that belong together."""

    tmdb_id: int
    name: str
    overview: str | None = None
    poster_url: str | None = None
    fanart_url: str | None = None


Scalar = str | int | float | date


@dataclass(frozen=True)
class Metadata:
    """Everything a provider tells of a film.

    `fields` are the plain columns of a movie; one that is missing says nothing, and never erases what is known.
    Lists are whole: None says nothing, an empty one says that there are none.
    """

    fields: Mapping[str, Scalar] = field(default_factory=dict)
    collection: Collection | None = None
    genres: tuple[str, ...] | None = None
    studios: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    alternative_titles: tuple[str, ...] | None = None
    external_ids: Mapping[str, str] | None = None
    actors: tuple[Part, ...] | None = None
    crew: tuple[Credit, ...] | None = None

    def without(self, locked: AbstractSet[str]) -> Metadata:
        """What may be written where these fields are locked; lists are locked as a whole."""
        lists = {name: None for name in LISTS if name in locked}
        unlocked = {name: value for name, value in self.fields.items() if name not in locked}
        return Metadata(**{**vars(self), **lists, "fields": unlocked})


LISTS = ("collection", "genres", "studios", "countries", "tags", "actors", "crew")


@dataclass(frozen=True)
class Identity:
    """What a film is, as far as its source can tell."""

    title: str
    year: int | None = None
    tmdb_id: TmdbId | None = None
    imdb_id: ImdbId | None = None
