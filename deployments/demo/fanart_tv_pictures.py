"""Which pictures fanart.tv has of a film, and their bytes."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from deployments.demo import pictures
from deployments.demo.film import Film

ANOTHER = 20
"""From this variant on, pictures are others than TMDB's."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of picture as fanart.tv names it: size in pixels, the suffix of its files, and how it is drawn."""

    name: str
    size: tuple[int, int]
    suffix: str
    draw: Callable[[Film, int, int, int], bytes]


def _logo(film: Film, width: int, height: int, variant: int) -> bytes:
    return pictures.logo(film.title, width, height, variant=variant)


def _disc(film: Film, width: int, _height: int, variant: int) -> bytes:
    return pictures.disc(film.title, width, variant=variant)


def _scene_with_title(film: Film, width: int, height: int, variant: int) -> bytes:
    return pictures.scene_with_title(film.title, film.year, width, height, variant=variant)


def _scene(film: Film, width: int, height: int, variant: int) -> bytes:
    return pictures.fanart(film.title, film.year, width, height, variant=variant)


def _poster(film: Film, width: int, height: int, variant: int) -> bytes:
    return pictures.poster(film.title, film.year, width, height, variant=variant)


KINDS = (
    Kind("hdmovielogo", (800, 310), "png", _logo),
    Kind("hdmovieclearart", (1000, 562), "png", _logo),
    Kind("moviedisc", (1000, 1000), "png", _disc),
    Kind("moviebanner", (1000, 185), "jpg", _scene_with_title),
    Kind("moviethumb", (1000, 562), "jpg", _scene_with_title),
    Kind("moviebackground", (1920, 1080), "jpg", _scene),
    Kind("movieposter", (1000, 1426), "jpg", _poster),
)


@dataclass(frozen=True, slots=True)
class FanartTvPicture:
    """One picture of a film; `language` as fanart.tv writes it: "" and "00" are none."""

    film: Film
    kind: Kind
    position: int
    language: str
    likes: int

    @property
    def path(self) -> str:
        """Where it lies, as in `/fanart/movies/45745/moviedisc/0.png`."""
        return f"/fanart/movies/{self.film.tmdb_id}/{self.kind.name}/{self.position}.{self.kind.suffix}"

    @property
    def media_type(self) -> str:
        """Its MIME type."""
        return "image/png" if self.kind.suffix == "png" else "image/jpeg"


def pictures_of(film: Film) -> tuple[FanartTvPicture, ...]:
    """The film's pictures, by kind, most likes first."""
    return tuple(
        FanartTvPicture(film, kind, position, "00" if kind.name == "moviebackground" else language, likes)
        for kind in KINDS
        for position, (language, likes) in enumerate((("en", 3), ("de", 1), ("en", 0)))
    )


@functools.lru_cache(maxsize=512)
def draw(picture: FanartTvPicture, width: int | None = None) -> bytes:
    """The picture's bytes."""
    whole, height = picture.kind.size
    size = (width, round(height * width / whole)) if width else picture.kind.size
    return picture.kind.draw(picture.film, *size, ANOTHER + picture.position)
