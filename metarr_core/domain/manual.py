"""What a person enters about a film. Every field that is given is locked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from metarr_core.domain import metadata as md
from metarr_core.domain.text import storable
from metarr_core.domain.webhooks import FIRST_FILM_YEAR, LAST_SENSIBLE_YEAR

LONGEST_TEXT, LONGEST_LIST = 20_000, 500
LONGEST_FILM_MINUTES = 100_000
BEST_RATING, MOST_VOTES = 10.0, 2**31 - 1
LARGEST_TMDB_ID = 2**31 - 1


def _said(text: str) -> str:
    if not (said := storable(text).strip()):
        raise ValueError("it says nothing; leave the field out instead")
    return said


def _language(text: str) -> str:
    if not re.fullmatch("[a-z]{2,3}", text):
        raise ValueError("it should be two or three small letters, such as de")
    return text


Language = Annotated[str, AfterValidator(_language)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_said)]
Texts = Annotated[list[Text], Field(max_length=LONGEST_LIST)]
FIELDS = (
    *("title", "original_title", "sort_title", "year", "plot", "tagline", "runtime"),
    *("rating", "votes", "certification", "release_date", "original_language", "trailer_url"),
)
TmdbNumber = Annotated[int, Field(ge=1, le=LARGEST_TMDB_ID)]


class ManualActor(BaseModel):
    """Somebody on the screen, in billing order."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    role: Text | None = None
    tmdb_id: TmdbNumber | None = None
    thumb_url: Text | None = None
    order: int | None = None
    """Accepted, so that what the API shows can be sent back; the order is that of the list."""


class ManualCredit(BaseModel):
    """A job at a film, as TMDB names jobs (Director, Screenplay)."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    job: Text
    tmdb_id: TmdbNumber | None = None


class ManualMetadata(BaseModel):
    """A film as a person tells of it; a field that is left out stays as it is, and is not locked."""

    model_config = ConfigDict(extra="forbid")

    title: Text | None = Field(None, title="Title")
    original_title: Text | None = Field(None, title="Original title")
    sort_title: Text | None = Field(None, title="Title for sorting")
    year: Annotated[int, Field(ge=FIRST_FILM_YEAR, le=LAST_SENSIBLE_YEAR)] | None = Field(None, title="Year")
    plot: Text | None = Field(None, title="Plot")
    tagline: Text | None = Field(None, title="Tagline")
    runtime: Annotated[int, Field(ge=1, le=LONGEST_FILM_MINUTES)] | None = Field(None, title="Length in minutes")
    rating: Annotated[float, Field(ge=0, le=BEST_RATING)] | None = Field(None, title="Rating, up to 10")
    votes: Annotated[int, Field(ge=0, le=MOST_VOTES)] | None = Field(None, title="Votes")
    certification: Text | None = Field(None, title="Certification")
    release_date: date | None = Field(None, title="Released on")
    original_language: Language | None = Field(None, title="Original language (de)")
    trailer_url: Text | None = Field(None, title="Address of a trailer")
    collection: Text | None = Field(None, title="Collection")
    alternative_titles: Texts | None = Field(None, title="Alternative titles")
    genres: Texts | None = Field(None, title="Genres")
    studios: Texts | None = Field(None, title="Studios")
    countries: Texts | None = Field(None, title="Countries")
    tags: Texts | None = Field(None, title="Tags")
    actors: Annotated[list[ManualActor], Field(max_length=LONGEST_LIST)] | None = Field(None, title="Cast")
    crew: Annotated[list[ManualCredit], Field(max_length=LONGEST_LIST)] | None = Field(None, title="Crew, as a whole")
    directors: Texts | None = Field(None, title="Directors")
    writers: Texts | None = Field(None, title="Writers")

    @model_validator(mode="after")
    def _crew_is_told_once(self) -> Self:
        if self.crew is not None and (self.directors is not None or self.writers is not None):
            raise ValueError("give either the crew as a whole, or directors and writers")
        return self

    @property
    def given(self) -> tuple[str, ...]:
        """The fields of a film that are given, by the names of their locks."""
        names = [name for name in (*FIELDS, *md.WHOLE) if getattr(self, name, None) is not None]
        return (*names, "crew") if self.directors is not None or self.writers is not None else tuple(names)

    @property
    def locks(self) -> tuple[str, ...]:
        """Everything that is given, by the names of its locks."""
        return self.given

    def metadata(self, known: md.Metadata | None = None) -> md.Metadata:
        """The same as the gateway takes it. People whom the film is `known` to have keep their ids and photos."""
        known = known or md.Metadata()
        fields = {name: getattr(self, name) for name in FIELDS}
        return md.Metadata(
            fields={name: value for name, value in fields.items() if value is not None},
            collection=self._collection(known.collection),
            genres=_tuple(self.genres),
            studios=_tuple(self.studios),
            countries=_tuple(self.countries),
            tags=_tuple(self.tags),
            alternative_titles=_tuple(self.alternative_titles),
            actors=self._cast(known.actors or ()),
            crew=self._crew(known.crew or ()),
        )

    def _collection(self, known: md.Collection | None) -> md.Collection | None:
        if self.collection is None or (known is not None and known.name == self.collection):
            return known if self.collection else None
        return md.Collection(None, self.collection)

    def _cast(self, known: Sequence[md.Part]) -> tuple[md.Part, ...] | None:
        if self.actors is None:
            return None
        people = {part.person.name: part.person for part in known}
        return tuple(md.Part(_person(one.name, one.tmdb_id, one.thumb_url, people), one.role) for one in self.actors)

    def _crew(self, known: Sequence[md.Credit]) -> tuple[md.Credit, ...] | None:
        people = {credit.person.name: credit.person for credit in known}
        departments = {credit.job: credit.department for credit in known}
        if self.crew is not None:
            return tuple(
                md.Credit(_person(one.name, one.tmdb_id, None, people), one.job, departments.get(one.job))
                for one in self.crew
            )
        if "crew" not in self.given:
            return None
        told = [
            *self._credits(self.directors, known, ("Director",), "Directing"),
            *self._credits(self.writers, known, md.WRITER_JOBS, "Writing"),
        ]
        return (*told, *(credit for credit in known if credit.job not in {"Director", *md.WRITER_JOBS}))

    @staticmethod
    def _credits(
        names: Sequence[str] | None, known: Sequence[md.Credit], jobs: Sequence[str], department: str
    ) -> list[md.Credit]:
        """Those with one of these jobs: as they are told, or else as they were."""
        before = [credit for credit in known if credit.job in jobs]
        if names is None:
            return before
        people = {credit.person.name: credit for credit in reversed(before)}
        return [people.get(name) or md.Credit(md.Person(name), jobs[0], department) for name in names]


def _person(name: str, tmdb_id: int | None, thumb_url: str | None, known: Mapping[str, md.Person]) -> md.Person:
    there = known.get(name)
    if there is None or tmdb_id not in {None, there.tmdb_id}:
        return md.Person(name, tmdb_id, thumb_url)
    return md.Person(name, there.tmdb_id, thumb_url or there.thumb_url)


def _tuple(texts: list[str] | None) -> tuple[str, ...] | None:
    return None if texts is None else tuple(texts)
