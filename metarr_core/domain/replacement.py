"""What a person's own choice of a picture must be like, and what counts as the same picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from metarr_core.domain.artwork import NEARLY_THE_SAME_BITS, ArtworkType
from metarr_core.domain.ids import MovieId

HASH_BITS = 64
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
"""Half of what automation takes: the web shim decodes these itself."""

SMALLEST = {
    ArtworkType.POSTER: (1000, 1500),
    ArtworkType.FANART: (1280, 720),
    ArtworkType.CLEARLOGO: (400, 155),
    ArtworkType.LANDSCAPE: (1000, 562),
    ArtworkType.BANNER: (1000, 185),
    ArtworkType.CLEARART: (500, 281),
}
"""Width and height in pixels, as displayed."""
SHORTEST_SIDE = 500
"""Of types that are not named above, in pixels."""


class Source(StrEnum):
    """Where a picture comes from that a person chose."""

    UPLOAD = "upload"
    PROVIDER = "provider"
    CANDIDATE = "candidate"
    AUTOMATIC = "automatic"
    """None of a person's: the lock goes, and Metarr chooses again."""


@dataclass(frozen=True)
class Wish:
    """A picture that is to be the film's at a place. `sha256` is given where it is in the cache already."""

    movie_id: MovieId
    type: ArtworkType
    source: Source
    sha256: str = ""
    url: str = ""
    candidate_id: int | None = None
    position: int = 0
    allow_similar: bool = False


def why_too_small(artwork_type: ArtworkType, width: int, height: int) -> str | None:
    """What is wrong with the size of a picture; None where it is large enough."""
    if artwork_type in SMALLEST:
        least_width, least_height = SMALLEST[artwork_type]
        if width < least_width or height < least_height:
            return f"{width}x{height} is too small; a {artwork_type} has at least {least_width}x{least_height} pixels"
    elif min(width, height) < SHORTEST_SIDE:
        return f"{width}x{height} is too small; a {artwork_type} has at least {SHORTEST_SIDE} pixels on its short side"
    return None


def similarity(bits: int) -> float:
    """How alike two pictures look, from 0 to 1, by how many bits of their perceptual hashes differ."""
    return 1 - bits / HASH_BITS


def looks_the_same(bits: int) -> bool:
    """Whether two pictures look the same: language and textless variants of one picture do."""
    return bits <= NEARLY_THE_SAME_BITS
