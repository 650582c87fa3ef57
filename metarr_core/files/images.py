"""Looks at pictures with Pillow: decodes them fully, trusts neither names nor headers, and takes their perceptual hash.

The hash is imagehash's phash, 64 bits as 16 hex digits. It ignores alpha, so pictures are flattened on grey first.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from metarr_core.errors import ArtworkRejected, StorageUnavailable, UnknownFormat

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = {"JPEG": ("jpg", "image/jpeg"), "PNG": ("png", "image/png"), "WEBP": ("webp", "image/webp")}
PHOTO_WITH_MORE = "MPO"
"""What Pillow calls a JPEG behind which others hang, as phones make them: its first picture is the picture."""
MOST_PIXELS = 80_000_000
HASH_SIZE = (256, 256)
GREY = 128
DEEP_MODES = {"I", "I;16", "I;16B", "I;16L"}
SCALABLE_MODES = {"L", "LA", "RGB", "RGBA"}
UNUSUAL_MODES = {"CMYK", *DEEP_MODES}
JPEG_QUALITY = 92
EXIF_ORIENTATION, NO_ORIENTATION, UPRIGHT, LYING = 0x0112, 0, 1, range(5, 9)
_STANDING = ("FLIP_LEFT_RIGHT", "ROTATE_180", "FLIP_TOP_BOTTOM")
TURNS = dict(enumerate((*_STANDING, "TRANSPOSE", "ROTATE_270", "TRANSVERSE", "ROTATE_90"), 2))
"""What makes a picture of each EXIF orientation upright, in Pillow's words."""
BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, ArithmeticError, struct.error)
"""What Pillow raises of files that are damaged, or made to hurt."""
MOST_ON_A_SIDE = 65_535
"""Pixels, as JPEG has it. A PNG of 39,000,000x1 is 40 kB, and took 47 s and 2 GB to be made small."""


@dataclass(frozen=True)
class Picture:
    """What a picture is; sizes in pixels as displayed."""

    width: int
    height: int
    extension: str
    mime: str
    perceptual_hash: str
    is_plain: bool
    """Upright, and in colours that every player knows."""


def look_at(path: Path, *, most_pixels: int = MOST_PIXELS) -> Picture:
    """Decode a picture fully.

    Raises UnknownFormat for what is none, ArtworkRejected for what is broken, or a decompression bomb; StorageUnavailable
    where it cannot be read: that says nothing about the picture.
    """
    with _opened(path) as image:
        return _decoded(image, most_pixels)


@contextmanager
def _opened(path: Path) -> Iterator[Image]:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - only the steps that touch pictures pay for it

    Image.MAX_IMAGE_PIXELS = None  # ours is the check in _decoded, which comes before anything is decoded
    try:
        with Image.open(path, formats=tuple(FORMATS)) as image:
            yield image
    except UnidentifiedImageError as exc:
        raise UnknownFormat("not a JPEG, PNG or WebP picture") from exc
    except BROKEN as exc:
        if isinstance(exc, OSError) and exc.errno is not None:  # of the operating system; Pillow's own have no number
            raise StorageUnavailable(path, exc.strerror or str(exc)) from exc
        raise ArtworkRejected(f"a broken picture: {exc}") from exc


def _decoded(image: Image, most_pixels: int) -> Picture:
    import imagehash  # noqa: PLC0415 - brings scipy along

    width, height = image.size
    has_more = image.format == PHOTO_WITH_MORE
    if getattr(image, "is_animated", False) and not has_more:
        raise ArtworkRejected("an animated picture; players show still ones")
    if width * height > most_pixels:
        raise ArtworkRejected(f"{width}x{height} is more than {most_pixels:,} pixels")
    if max(width, height) > MOST_ON_A_SIDE:
        raise ArtworkRejected(f"{width}x{height} is more than {MOST_ON_A_SIDE:,} pixels on a side")
    extension, mime = FORMATS["JPEG" if has_more else str(image.format)]
    orientation = _orientation(image)
    turned = orientation in LYING
    is_plain = orientation == UPRIGHT and image.mode not in UNUSUAL_MODES and extension != "webp" and not has_more
    image.draft("L", HASH_SIZE)  # JPEG: a quarter of the time, and truncation is still found
    image.load()
    upright = _turned(_small(_eight_bit(image)), orientation)
    return Picture(
        width=height if turned else width,
        height=width if turned else height,
        extension=extension,
        mime=mime,
        perceptual_hash=str(imagehash.phash(_flattened(upright))),
        is_plain=is_plain,
    )


def _orientation(image: Image) -> int:
    """The EXIF orientation that a picture claims: 1 to 8, or none that there is."""
    claimed = image.getexif().get(EXIF_ORIENTATION, UPRIGHT)
    return claimed if isinstance(claimed, int) else NO_ORIENTATION


def _turned(image: Image, orientation: int) -> Image:
    """The picture upright. Pillow's own way writes its EXIF anew, and fails where that makes no sense."""
    from PIL.Image import Transpose  # noqa: PLC0415

    return image.transpose(Transpose[TURNS[orientation]]) if orientation in TURNS else image


def _eight_bit(image: Image) -> Image:
    """A picture in sixteen bits of grey, in eight: Pillow's own conversion cuts off all that is not nearly black."""
    if image.mode not in DEEP_MODES:
        return image
    return image.point(lambda grey: grey * (1 / 256)).convert("L")


def _small(image: Image) -> Image:
    """A picture no larger than its hash needs: each step from here on would take a copy of all its pixels."""
    factor = min(image.size) // HASH_SIZE[0]
    return image.reduce(factor) if factor > 1 and image.mode in SCALABLE_MODES else image


def _flattened(image: Image) -> Image:
    from PIL import Image as Images  # noqa: PLC0415

    if not image.has_transparency_data:
        return image
    grey = Images.new("RGBA", image.size, (GREY, GREY, GREY, 255))
    return Images.alpha_composite(grey, image.convert("RGBA"))


def fit_for_players(path: Path, picture: Picture, largest: tuple[int, int]) -> Picture:
    """Write a picture anew, in place, where it is larger than players show, lies on its side, or is nothing usual.

    Raises ArtworkRejected, StorageUnavailable.
    """
    if picture.is_plain and picture.width <= largest[0] and picture.height <= largest[1]:
        return picture
    from PIL import Image  # noqa: PLC0415

    with _opened(path) as image:
        upright = _turned(_eight_bit(image), _orientation(image))
        plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")  # a palette cannot be scaled
        plain.thumbnail(largest, Image.Resampling.LANCZOS)
        if image.format == "PNG" or plain.mode == "RGBA":
            plain.save(path, "PNG", optimize=True)
        else:
            plain.save(path, "JPEG", quality=JPEG_QUALITY)
    return look_at(path)


def small_copy(path: Path, largest: tuple[int, int]) -> tuple[bytes, str]:
    """A picture made small, and its MIME type. Raises StorageUnavailable."""
    from PIL import Image  # noqa: PLC0415

    try:
        with Image.open(path, formats=tuple(FORMATS)) as image:
            image.draft("RGB", largest)
            image.thumbnail(largest)
            kind = "PNG" if image.has_transparency_data else "JPEG"
            small = io.BytesIO()
            image.convert("RGBA" if kind == "PNG" else "RGB").save(small, kind)
    except BROKEN as exc:
        raise StorageUnavailable(path, str(exc)) from exc
    return small.getvalue(), FORMATS[kind][1]
