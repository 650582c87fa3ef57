"""[artwork]: how artwork is chosen, in general and for each type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from metarr_core.domain.artwork import ArtworkType, Taste
from metarr_core.settings.fields import Section

Count = Annotated[int, Field(ge=0, le=50)]
Language = Annotated[str, Field(pattern=r"^([a-z]{2}(-[A-Z]{2})?|original|none)$")]


class OneType(Section):
    """What differs for one artwork type."""

    languages: list[Language] | None = Field(None, min_length=1, description="As artwork.languages, for this type alone.")
    count: Count | None = Field(None, description="How many pictures of this type; counts before artwork.count.")
    minimum_votes: Annotated[int, Field(ge=0)] = Field(0, description="Pictures with fewer votes are passed over.")
    minimum_width: Annotated[int, Field(ge=0)] = Field(0, description="In pixels; narrower pictures are passed over.")
    minimum_height: Annotated[int, Field(ge=0)] = Field(0, description="In pixels; lower pictures are passed over.")


WITHOUT_TEXT_FIRST = ("none", "en", "original")
WITHOUT_TEXT = {ArtworkType.FANART, ArtworkType.KEYART}
"""Types that are without text first, unless they have an order of their own."""


def _one_type(name: str, more: str = "") -> OneType:
    field: OneType = Field(OneType(), description=f"What differs for {name}.{more}")
    return field


TEXTLESS = ' Their languages are "none", "en", "original", unless they are set here.'


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
    poster: OneType = _one_type("posters")
    fanart: OneType = _one_type("fanart", TEXTLESS)
    banner: OneType = _one_type("banners")
    clearlogo: OneType = _one_type("clear logos")
    clearart: OneType = _one_type("clear art")
    discart: OneType = _one_type("disc art")
    keyart: OneType = _one_type("key art", TEXTLESS)
    landscape: OneType = _one_type("landscapes")
    characterart: OneType = _one_type("character art")
    thumb: OneType = _one_type("thumbs")

    def languages_of(self, artwork_type: str) -> tuple[str, ...]:
        """The language order for one artwork type."""
        usual = WITHOUT_TEXT_FIRST if artwork_type in WITHOUT_TEXT else self.languages
        return tuple(self._own(artwork_type).languages or usual)

    def count_of(self, artwork_type: ArtworkType) -> int:
        """How many pictures of a type a film has."""
        own = self._own(artwork_type).count
        return self.count.get(artwork_type, 1) if own is None else own

    def taste(self, artwork_type: ArtworkType) -> Taste:
        """What is wanted of one artwork type."""
        own = self._own(artwork_type)
        return Taste(self.languages_of(artwork_type), own.minimum_votes, own.minimum_width, own.minimum_height)

    def _own(self, artwork_type: str) -> OneType:
        own: OneType = getattr(self, artwork_type)
        return own
