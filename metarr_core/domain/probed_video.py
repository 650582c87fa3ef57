"""A video stream of ffprobe's answer in our words."""

from __future__ import annotations

import re
from dataclasses import asdict
from fractions import Fraction

from metarr_core.domain.ffprobe_json import Json, fraction, language, side_data, tag
from metarr_core.domain.hdr import dynamic_range
from metarr_core.domain.media_info import VideoStream

_STEREO = {
    "side by side": ("left_right", "right_left"),
    "side by side (quincunx subsampling)": ("left_right", "right_left"),
    "top and bottom": ("top_bottom", "bottom_top"),
    "frame alternate": ("block_lr", "block_rl"),
    "checkerboard": ("checkerboard_lr", "checkerboard_rl"),
    "interleaved lines": ("row_interleaved_lr", "row_interleaved_rl"),
    "interleaved columns": ("col_interleaved_lr", "col_interleaved_rl"),
}
"""Kodi's stereo modes, which are Matroska's, by ffprobe's words; the second where the views are swapped."""

_DEPTH_OF_PIXELS = re.compile(r"(?:p0?|gray)(9|1[0246])(?:le|be)$")


def video_stream(stream: Json, frame: Json) -> VideoStream:
    """One video stream; the frame is its first one, or empty where none was looked at."""
    rotation = _rotation(stream)
    width, height = _displayed_size(stream, rotation)
    order = stream.get("field_order")
    return VideoStream(
        index=stream["index"],
        codec=stream["codec_name"],
        profile=stream.get("profile"),
        width=width,
        height=height,
        aspect=_aspect(stream, rotation),
        frame_rate=_rate(stream.get("avg_frame_rate")) or _rate(stream.get("r_frame_rate")),
        bit_depth=_bit_depth(stream),
        field_order=None if order == "unknown" else order,
        rotation=rotation,
        stereo_mode=_stereo_mode(stream),
        language=language(stream),
        **asdict(dynamic_range(stream, frame)),
    )


def _rotation(stream: Json) -> int:
    """Degrees, as ffprobe counts them, from 0 to 359."""
    matrix = side_data(stream, "Display Matrix") or {}
    return round(float(matrix.get("rotation", 0))) % 360


def _lies_on_its_side(rotation: int) -> bool:
    return rotation % 180 == 90  # noqa: PLR2004 - a right angle


def _displayed_size(stream: Json, rotation: int) -> tuple[int, int]:
    width, height = int(stream.get("width", 0)), int(stream.get("height", 0))
    return (height, width) if _lies_on_its_side(rotation) else (width, height)


def _aspect(stream: Json, rotation: int) -> float | None:
    """Width to height as displayed: pixels need not be square."""
    width, height = int(stream.get("width", 0)), int(stream.get("height", 0))
    if not width or not height:
        return None
    shape = (fraction(stream.get("sample_aspect_ratio")) or 1) * Fraction(width, height)
    return round(float(1 / shape if _lies_on_its_side(rotation) else shape), 6)


def _rate(text: object) -> float | None:
    found = fraction(text)
    return round(float(found), 3) if found else None


def _bit_depth(stream: Json) -> int | None:
    """From bits_per_raw_sample, else from the pixel format (yuv420p10le and p010le are 10, yuv420p is 8)."""
    told = str(stream.get("bits_per_raw_sample", ""))
    if told.isdecimal() and int(told):
        return int(told)
    pixel_format = str(stream.get("pix_fmt", ""))
    deep = _DEPTH_OF_PIXELS.search(pixel_format)
    return int(deep[1]) if deep else 8 if pixel_format else None


def _stereo_mode(stream: Json) -> str | None:
    """Kodi takes Matroska's tag as it is; other files tell it in side data."""
    told = tag(stream, "stereo_mode")
    if told:
        return None if told == "mono" else told
    packed = side_data(stream, "Stereo 3D") or {}
    modes = _STEREO.get(str(packed.get("type", "")))
    return modes[bool(packed.get("inverted"))] if modes else None
