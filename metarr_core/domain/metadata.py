"""What is known about a film, wherever it comes from, and the rule that a lock is a lock."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from metarr_core.domain.ids import ImdbId, TmdbId


class Who(StrEnum):
    """Who tells of a film."""

    USER = "user"
    """A person: overrides locks, and locks what it tells."""
    PROVIDER = "provider"
    NFO = "nfo"
    """Somebody else's NFO."""
    MANAGER = "manager"
    """Radarr."""
    FILE = "file"
    """The name of a file or folder."""


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


WRITER_JOBS = ("Writer", "Screenplay", "Story", "Author", "Novel")
"""The jobs of those who wrote a film, as TMDB names them."""


@dataclass(frozen=True)
class Collection:
    """A series of films that belong together; one without TMDB's id is known by its name."""

    tmdb_id: int | None
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

    erased: frozenset[str] = frozenset()
    """What is to be emptied: the one way to lose what is known. Only a person does that."""

    def without(self, locked: AbstractSet[str]) -> Metadata:
        """What may be written where these fields are locked; lists are locked as a whole."""
        lists = {name: None for name in WHOLE if name in locked}
        unlocked = {name: value for name, value in self.fields.items() if name not in locked}
        return Metadata(**{**vars(self), **lists, "fields": unlocked, "erased": self.erased - locked})

    def only(self, names: AbstractSet[str]) -> Metadata:
        """What is told of these fields; those of which nothing is known are told to be empty."""
        everything = frozenset((*self.fields, *WHOLE))
        unknown = frozenset(name for name in names if self.value(name) is None)
        return replace(self.without(everything - names), erased=unknown)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that this tells of."""
        lists = (name for name in WHOLE if getattr(self, name) is not None)
        return tuple(dict.fromkeys((*self.fields, *lists, *sorted(self.erased))))

    def value(self, name: str) -> object:
        """What is known of a field; an empty list is as good as nothing."""
        value = getattr(self, name) if name in WHOLE else self.fields.get(name)
        return None if value in ((), {}) else value

    def with_more(self, told: Metadata, *, only_gaps: bool = False) -> Metadata:
        """What is known once this has been told too; with `only_gaps`, where nothing is known so far."""
        names = [name for name in told.names if not (only_gaps and self.value(name) is not None)]
        lists: dict[str, Any] = {
            name: _empty(name) if name in told.erased else getattr(told, name) for name in names if name in WHOLE
        }
        if told.actors is not None and "actors" in lists:
            lists["actors"] = _with_photos(told.actors, self.actors or ())
        if told.collection is not None and "collection" in lists:
            lists["collection"] = _filled(told.collection, self.collection)
        plain = {name: told.fields[name] for name in names if name in told.fields}
        kept = {name: value for name, value in self.fields.items() if name not in told.erased}
        return replace(self, **lists, fields={**kept, **plain})


LISTS = ("collection", "genres", "studios", "countries", "tags", "actors", "crew")
WHOLE = (*LISTS, "alternative_titles", "external_ids")
"""What is told and locked as a whole."""


def _empty(name: str) -> object:
    return None if name == "collection" else {} if name == "external_ids" else ()


def _with_photos(told: tuple[Part, ...], known: tuple[Part, ...]) -> tuple[Part, ...]:
    """Somebody without a photo keeps the one that is known."""
    photos = {part.person.tmdb_id or part.person.name: part.person.thumb_url for part in known}
    return tuple(
        replace(part, person=replace(one, thumb_url=one.thumb_url or photos.get(one.tmdb_id or one.name)))
        for part in told
        for one in [part.person]
    )


def _filled(told: Collection, known: Collection | None) -> Collection:
    """What is not told of a collection is as it was, if it is still the same."""
    if known is None or known.tmdb_id != told.tmdb_id or not (told.tmdb_id or told.name == known.name):
        return told
    fresh = {name: value for name, value in vars(told).items() if value is not None}
    return replace(known, **fresh)


@dataclass(frozen=True)
class Identity:
    """What a film is, as far as its source can tell."""

    title: str
    year: int | None = None
    tmdb_id: TmdbId | None = None
    imdb_id: ImdbId | None = None
