"""Artwork drawn on the spot: the same arguments always give the same bytes, other titles another picture.

Shapes and their brightness come from a hash of the title, so that a perceptual hash tells the pictures apart too.
"""

import colorsys
import hashlib
import io

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Font = ImageFont.ImageFont | ImageFont.FreeTypeFont

SHAPES = 6


def poster(
    title: str, year: int, width: int = 1000, height: int = 1500, *, variant: int = 0, with_text: bool = True
) -> bytes:
    """A poster as JPEG; `variant` gives another picture of the same film."""
    canvas = _painted(f"poster {title} {year} {variant}", (width, height))
    if with_text:
        _write(canvas, f"{title} {year}", width // 9)
    return _encoded(canvas, "JPEG")


def fanart(title: str, year: int, width: int = 1920, height: int = 1080, *, variant: int = 0) -> bytes:
    """A fanart without text as JPEG."""
    return _encoded(_painted(f"fanart {title} {year} {variant}", (width, height)), "JPEG")


def logo(title: str, width: int = 800, height: int = 310, *, variant: int = 0) -> bytes:
    """The title on a transparent ground as PNG."""
    canvas = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    digest = hashlib.sha256(f"logo {title} {variant}".encode()).digest()
    _write(canvas, title, height // 4, _colour(digest[0], 0.65))
    return _encoded(canvas, "PNG")


def scene_with_title(title: str, year: int, width: int, height: int, *, variant: int = 0) -> bytes:
    """A scene with the title on it as JPEG: a banner or a landscape, by its proportions."""
    canvas = _painted(f"scene {title} {year} {variant}", (width, height))
    _write(canvas, title, height // 4)
    return _encoded(canvas, "JPEG")


def disc(title: str, diameter: int = 1000, *, variant: int = 0) -> bytes:
    """A printed disc with its hole on a transparent ground as PNG."""
    canvas = _painted(f"disc {title} {variant}", (diameter, diameter))
    _write(canvas, title, diameter // 12)
    shape = Image.new("L", canvas.size, 0)
    draw, edge, hole = ImageDraw.Draw(shape), diameter - 1, diameter * 0.42
    draw.ellipse((0, 0, edge, edge), fill=255)
    draw.ellipse((hole, hole, edge - hole, edge - hole), fill=0)
    canvas.putalpha(shape)
    return _encoded(canvas, "PNG")


def _painted(seed: str, size: tuple[int, int]) -> Image.Image:
    width, height = size
    digest = hashlib.sha512(seed.encode()).digest()
    canvas = Image.new("RGB", size, _colour(digest[0], 0.25))
    draw = ImageDraw.Draw(canvas)
    for start in range(1, 1 + SHAPES * 5, 5):
        x, y, wide, high, light = (byte / 255 for byte in digest[start : start + 5])
        left, top = (x - 0.2) * width, (y - 0.2) * height
        box = (left, top, left + (0.2 + wide / 2) * width, top + (0.2 + high / 2) * height)
        shape = draw.ellipse if digest[start] % 2 else draw.rectangle
        shape(box, fill=_colour(digest[0] + start * 4, 0.1 + light * 0.7))
    return canvas


def _colour(hue: int, lightness: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue % 256 / 256, lightness, 0.6)
    return round(red * 255), round(green * 255), round(blue * 255)


def _write(canvas: Image.Image, text: str, font_size: int, fill: Colour = (255, 255, 255)) -> None:
    """The text in the middle, wrapped at words, with a dark edge to stand out on any ground."""
    draw = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(size=max(font_size, 4))
    wrapped = "\n".join(_lines(draw, font, text, canvas.width * 0.9))
    draw.multiline_text(
        (canvas.width / 2, canvas.height / 2),
        wrapped,
        fill=fill,
        font=font,
        anchor="mm",
        align="center",
        stroke_width=max(font_size // 16, 1),
        stroke_fill=(16, 16, 16),
    )


def _lines(draw: ImageDraw.ImageDraw, font: Font, text: str, limit: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and draw.textlength(longer, font=font) <= limit:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _encoded(canvas: Image.Image, picture_format: str) -> bytes:
    buffer = io.BytesIO()
    canvas.save(buffer, picture_format, quality=85)
    return buffer.getvalue()
