"""What a media file is made of. Pure: ffprobe's answer in, our words out.

Codec names are ffmpeg's, which are also Kodi's; dynamic range is spelled as Kodi spells it in <hdrtype>.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any


class HdrFormat(StrEnum):
    """Dynamic range as Kodi spells it."""

    HDR10 = "hdr10"
    HLG = "hlg"
    DOLBY_VISION = "dolbyvision"


@dataclass(frozen=True)
class VideoStream:
    """One video stream; sizes in pixels."""

    index: int
    codec: str
    profile: str | None
    width: int
    height: int
    aspect: float | None
    frame_rate: float | None
    bit_depth: int | None
    hdr: HdrFormat | None
    dolby_vision_profile: int | None


@dataclass(frozen=True)
class AudioStream:
    """One audio stream."""

    index: int
    codec: str
    profile: str | None
    channels: int | None
    layout: str | None
    language: str | None
    title: str | None
    is_default: bool
    is_forced: bool


@dataclass(frozen=True)
class SubtitleStream:
    """One embedded subtitle."""

    index: int
    codec: str
    language: str | None
    title: str | None
    is_default: bool
    is_forced: bool
    is_hearing_impaired: bool


@dataclass(frozen=True)
class MediaInfo:
    """A whole file; duration in seconds."""

    duration_seconds: float | None
    video: tuple[VideoStream, ...]
    audio: tuple[AudioStream, ...]
    subtitles: tuple[SubtitleStream, ...]


def media_info(probe: dict[str, Any]) -> MediaInfo:
    """An answer of ffprobe in our words; streams without a known codec are left out."""
    streams = [stream for stream in probe.get("streams", []) if stream.get("codec_name")]
    return MediaInfo(
        duration_seconds=_duration(probe),
        video=tuple(_video(stream) for stream in _of_type(streams, "video") if not _flag(stream, "attached_pic")),
        audio=tuple(_audio(stream) for stream in _of_type(streams, "audio")),
        subtitles=tuple(_subtitle(stream) for stream in _of_type(streams, "subtitle")),
    )


_BY_TRANSFER = {"smpte2084": HdrFormat.HDR10, "arib-std-b67": HdrFormat.HLG}


def hdr_format(stream: dict[str, Any]) -> HdrFormat | None:
    """Dolby Vision first: its base layer looks like HDR10 or HLG to everyone else."""
    if _dolby_vision(stream):
        return HdrFormat.DOLBY_VISION
    return _BY_TRANSFER.get(stream.get("color_transfer", ""))


def _dolby_vision(stream: dict[str, Any]) -> dict[str, Any] | None:
    side_data: list[dict[str, Any]] = stream.get("side_data_list", [])
    return next((entry for entry in side_data if entry.get("side_data_type") == "DOVI configuration record"), None)


def _video(stream: dict[str, Any]) -> VideoStream:
    width, height = int(stream.get("width", 0)), int(stream.get("height", 0))
    vision = _dolby_vision(stream)
    return VideoStream(
        index=stream["index"],
        codec=stream["codec_name"],
        profile=stream.get("profile"),
        width=width,
        height=height,
        aspect=_aspect(stream, width, height),
        frame_rate=_rate(stream.get("avg_frame_rate")) or _rate(stream.get("r_frame_rate")),
        bit_depth=_bit_depth(stream),
        hdr=hdr_format(stream),
        dolby_vision_profile=vision.get("dv_profile") if vision else None,
    )


def _audio(stream: dict[str, Any]) -> AudioStream:
    return AudioStream(
        index=stream["index"],
        codec=stream["codec_name"],
        profile=stream.get("profile"),
        channels=stream.get("channels"),
        layout=stream.get("channel_layout"),
        language=_language(stream),
        title=_tag(stream, "title"),
        is_default=_flag(stream, "default"),
        is_forced=_flag(stream, "forced"),
    )


def _subtitle(stream: dict[str, Any]) -> SubtitleStream:
    return SubtitleStream(
        index=stream["index"],
        codec=stream["codec_name"],
        language=_language(stream),
        title=_tag(stream, "title"),
        is_default=_flag(stream, "default"),
        is_forced=_flag(stream, "forced"),
        is_hearing_impaired=_flag(stream, "hearing_impaired"),
    )


def _of_type(streams: list[dict[str, Any]], codec_type: str) -> list[dict[str, Any]]:
    return [stream for stream in streams if stream.get("codec_type") == codec_type]


def _flag(stream: dict[str, Any], name: str) -> bool:
    return bool(stream.get("disposition", {}).get(name))


def _tag(stream: dict[str, Any], name: str) -> str | None:
    return stream.get("tags", {}).get(name) or None


def _language(stream: dict[str, Any]) -> str | None:
    """Three letters, as the file has it; 'und' says nothing."""
    language = _tag(stream, "language")
    return None if language == "und" else language


def _fraction(text: str | None) -> Fraction | None:
    try:
        return Fraction((text or "0").replace(":", "/")) or None
    except (ValueError, ZeroDivisionError):
        return None


def _rate(text: str | None) -> float | None:
    found = _fraction(text)
    return round(float(found), 3) if found else None


def _aspect(stream: dict[str, Any], width: int, height: int) -> float | None:
    """Width to height as displayed: pixels need not be square."""
    if not height:
        return None
    pixel = _fraction(stream.get("sample_aspect_ratio")) or 1
    return round(float(width * pixel / height), 6)


_DEPTH_OF_PIXELS = re.compile(r"(?:p0?|gray)(9|1[0246])(?:le|be)$")


def _bit_depth(stream: dict[str, Any]) -> int | None:
    """From bits_per_raw_sample, else from the pixel format (yuv420p10le and p010le are 10, yuv420p is 8)."""
    told = str(stream.get("bits_per_raw_sample", ""))
    if told.isdecimal() and int(told):
        return int(told)
    pixel_format = str(stream.get("pix_fmt", ""))
    deep = _DEPTH_OF_PIXELS.search(pixel_format)
    return int(deep[1]) if deep else 8 if pixel_format else None


def _duration(probe: dict[str, Any]) -> float | None:
    try:
        return round(float(probe.get("format", {})["duration"]), 3)
    except (KeyError, ValueError):
        return None
