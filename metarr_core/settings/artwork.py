"""[artwork]: how artwork is chosen, in general and for each type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from metarr_core.domain.artwork import ArtworkType
from metarr_core.settings.fields import Section

Count = Annotated[int, Field(ge=0, le=50)]
Language = Annotated[str, Field(pattern=r"^([a-z]{2}(-[A-Z]{2})?|original|none)$")]


class OneType(Section):
    """What differs for one artwork type."""

    languages: list[Language] = Field(min_length=1, description="As artwork.languages, for this type alone.")


WITHOUT_TEXT_FIRST = OneType(languages=["none", "en", "original"])


def _one_type(name: str, default: OneType | None = None) -> OneType | None:
    field: OneType | None = Field(default, description=f"What differs for {name}.")
    return field


class Artwork(Section):
    """How artwork is chosen."""

    languages: list[Language] = Field(
        ["en", "original", "none"], min_length=1, description="Best first; 'none' is without text."
    )
    count: dict[ArtworkType, Count] = Field(
        {ArtworkType.POSTER: 1, ArtworkType.FANART: 3}, description="How many of a type; others 1."
    )
    foreign_edit: Literal["adopt", "restore", "leave"] = Field(
        "adopt", description="What happens to published artwork that somebody else changed."
    )
    poster: OneType | None = _one_type("posters")
    fanart: OneType | None = _one_type("fanart", WITHOUT_TEXT_FIRST)
    banner: OneType | None = _one_type("banners")
    clearlogo: OneType | None = _one_type("clear logos")
    clearart: OneType | None = _one_type("clear art")
    discart: OneType | None = _one_type("disc art")
    keyart: OneType | None = _one_type("key art", WITHOUT_TEXT_FIRST)
    landscape: OneType | None = _one_type("landscapes")
    characterart: OneType | None = _one_type("character art")
    thumb: OneType | None = _one_type("thumbs")

    def languages_of(self, artwork_type: str) -> tuple[str, ...]:
        """The language order for one artwork type."""
        own: OneType | None = getattr(self, artwork_type, None)
        return tuple(own.languages if own else self.languages)
