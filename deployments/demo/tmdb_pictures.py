"""Which pictures TMDB has of a film, and their bytes."""

import functools
from dataclasses import dataclass
from typing import Literal

from deployments.demo import pictures
from deployments.demo.film import Film

Kind = Literal["posters", "backdrops", "logos"]
FULL_SIZE: dict[Kind, tuple[int, int]] = {"posters": (1000, 1500), "backdrops": (1920, 1080), "logos": (800, 310)}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a film; `language` None = without text."""

    film: Film
    kind: Kind
    position: int
    language: str | None
    vote_average: float
    vote_count: int

    @property
    def file_path(self) -> str:
        """Its name at the picture server, as in `/45745-posters-1-en.jpg`."""
        suffix = "png" if self.kind == "logos" else "jpg"
        return f"/{self.film.tmdb_id}-{self.kind}-{self.position}-{self.language or 'null'}.{suffix}"

    @property
    def full_size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return FULL_SIZE[self.kind]

    @property
    def media_type(self) -> str:
        """Its MIME type."""
        return "image/png" if self.kind == "logos" else "image/jpeg"


def pictures_of(film: Film) -> tuple[Picture, ...]:
    """The film's pictures in TMDB's order, which is not that of `vote_average`: one vote of 10 ranks last."""
    other = film.original_language if film.original_language != "en" else "fr"
    return (
        Picture(film, "posters", 0, "en", 5.6, 31),
        Picture(film, "posters", 1, other, 5.4, 14),
        Picture(film, "posters", 2, None, 5.2, 9),
        Picture(film, "posters", 3, "en", 10.0, 1),
        Picture(film, "backdrops", 0, None, 5.7, 22),
        Picture(film, "backdrops", 1, None, 5.3, 8),
        Picture(film, "backdrops", 2, None, 0.0, 0),
        Picture(film, "backdrops", 3, "en", 5.1, 3),
        Picture(film, "logos", 0, "en", 5.5, 6),
        Picture(film, "logos", 1, other, 5.0, 2),
    )


@functools.lru_cache(maxsize=512)
def draw(picture: Picture, size: str) -> bytes:
    """The picture in one of TMDB's sizes: `original`, `w` + width or `h` + height in pixels."""
    width, height = picture.full_size
    if size != "original":
        scale = int(size[1:]) / (height if size.startswith("h") else width)
        width, height = round(width * scale), round(height * scale)
    return _drawn(picture, width, height)


def _drawn(picture: Picture, width: int, height: int) -> bytes:
    film, number = picture.film, picture.position
    if picture.kind == "logos":
        return pictures.logo(film.title, width, height, variant=number)
    if picture.kind == "backdrops":
        return pictures.fanart(film.title, film.year, width, height, variant=number)
    text = picture.language is not None
    return pictures.poster(film.title, film.year, width, height, variant=number, with_text=text)
