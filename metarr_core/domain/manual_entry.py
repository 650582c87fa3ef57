"""A film that no provider knows, as a person enters it: what is known of it, and its pictures. All of it is locked."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import MovieId
from metarr_core.domain.manual import ManualMetadata
from metarr_core.domain.replacement import Source, Wish

Sha256Text = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ManualPicture(BaseModel):
    """A picture by its address, or by its SHA-256 where it is in the cache."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=1, max_length=2000)] | None = Field(None, title="Address")
    sha256: Sha256Text | None = Field(None, title="Hash of a picture in the cache")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.url is None and self.sha256 is None:
            raise ValueError("give the url of a picture, or the sha256 of one in the cache")
        return self


class ManualEntry(ManualMetadata):
    """A film as a person enters it; what is left out stays as it is, and is not locked."""

    artwork: dict[ArtworkType, ManualPicture] | None = Field(None, title="Artwork, by type")

    @property
    def locks(self) -> tuple[str, ...]:
        """The fields and types of artwork that are given, by the names of their locks."""
        return (*self.given, *(self.artwork or ()))

    def wishes(self, movie_id: MovieId) -> list[Wish]:
        """The pictures, as choices of a person."""
        return [
            Wish(
                movie_id,
                kind,
                Source.PROVIDER if one.url else Source.UPLOAD,
                sha256=one.sha256 or "",
                url=one.url or "",
                allow_similar=True,
            )
            for kind, one in (self.artwork or {}).items()
        ]
