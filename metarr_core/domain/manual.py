"""What a person enters about a film that no provider knows. Every field that is given is locked."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from metarr_core.domain import metadata as md
from metarr_core.domain.text import storable
from metarr_core.domain.webhooks import FIRST_FILM_YEAR, LAST_SENSIBLE_YEAR

LONGEST_TEXT, LONGEST_LIST = 20_000, 500
LONGEST_FILM_MINUTES = 100_000


def _said(text: str) -> str:
    if not (said := storable(text).strip()):
        raise ValueError("it says nothing; leave the field out instead")
    return said


Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_said)]
Texts = Annotated[list[Text], Field(max_length=LONGEST_LIST)]
FIELDS = (
    *("title", "original_title", "sort_title", "year", "plot", "tagline", "runtime"),
    *("certification", "release_date", "trailer_url"),
)


class ManualActor(BaseModel):
    """Somebody on the screen, in billing order."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    role: Text | None = None


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
    certification: Text | None = Field(None, title="Certification")
    release_date: date | None = Field(None, title="Released on")
    trailer_url: Text | None = Field(None, title="Address of a trailer")
    genres: Texts | None = Field(None, title="Genres")
    studios: Texts | None = Field(None, title="Studios")
    countries: Texts | None = Field(None, title="Countries")
    tags: Texts | None = Field(None, title="Tags")
    actors: Annotated[list[ManualActor], Field(max_length=LONGEST_LIST)] | None = Field(None, title="Cast")
    directors: Texts | None = Field(None, title="Directors")
    writers: Texts | None = Field(None, title="Writers")

    @property
    def given(self) -> tuple[str, ...]:
        """The fields of a film that are given, by the names of their locks."""
        names = [name for name in (*FIELDS, *md.LISTS) if getattr(self, name, None) is not None]
        return (*names, "crew") if self.directors is not None or self.writers is not None else tuple(names)

    def metadata(self) -> md.Metadata:
        """The same as the gateway takes it."""
        fields = {name: getattr(self, name) for name in FIELDS}
        return md.Metadata(
            fields={name: value for name, value in fields.items() if value is not None},
            genres=_tuple(self.genres),
            studios=_tuple(self.studios),
            countries=_tuple(self.countries),
            tags=_tuple(self.tags),
            actors=None if self.actors is None else tuple(md.Part(md.Person(one.name), one.role) for one in self.actors),
            crew=self._crew() if "crew" in self.given else None,
        )

    def _crew(self) -> tuple[md.Credit, ...]:
        directors = (md.Credit(md.Person(name), "Director", "Directing") for name in self.directors or ())
        writers = (md.Credit(md.Person(name), "Writer", "Writing") for name in self.writers or ())
        return (*directors, *writers)


def _tuple(texts: list[str] | None) -> tuple[str, ...] | None:
    return None if texts is None else tuple(texts)
