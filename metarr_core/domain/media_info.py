"""What a media file is made of, in our words.

Codec names are ffprobe's, languages are as the file has them. What Kodi calls them is decided where an NFO is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HdrFormat(StrEnum):
    """Dynamic range above the standard one, spelled as Kodi spells it."""

    HDR10 = "hdr10"
    HDR10_PLUS = "hdr10plus"
    HLG = "hlg"
    DOLBY_VISION = "dolbyvision"


class ObjectAudio(StrEnum):
    """Sound that is placed in space, on top of its channels."""

    ATMOS = "atmos"
    DTS_X = "dtsx"


@dataclass(frozen=True)
class VideoStream:
    """One video stream; sizes in pixels as displayed, light in cd/m².

    `hdr_fallback` is what a player without Dolby Vision shows. `field_order` is ffprobe's: progressive, or interlaced as
    tt, bb, tb or bt. `rotation`, in degrees, is already in the size. `stereo_mode` is Kodi's word for 3D, as left_right.
    """

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
    dolby_vision_compatibility: int | None = None
    hdr_fallback: HdrFormat | None = None
    max_cll: int | None = None
    max_fall: int | None = None
    mastering_luminance: float | None = None
    field_order: str | None = None
    rotation: int = 0
    stereo_mode: str | None = None
    language: str | None = None


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
    object_audio: ObjectAudio | None = None
    is_commentary: bool = False
    is_dub: bool = False
    is_original: bool = False
    is_visual_impaired: bool = False


@dataclass(frozen=True)
class SubtitleStream:
    """One subtitle: a stream of the file, or without index a file beside it (`external_path`)."""

    index: int | None
    codec: str
    language: str | None
    title: str | None
    is_default: bool
    is_forced: bool
    is_hearing_impaired: bool
    is_commentary: bool = False
    region: str | None = None
    external_path: str | None = None


@dataclass(frozen=True)
class Chapter:
    """One chapter; times in seconds from the start of the film."""

    start_seconds: float
    end_seconds: float
    title: str | None


@dataclass(frozen=True)
class MediaInfo:
    """A whole file; duration in seconds, bit rate in bits per second, both overall."""

    duration_seconds: float | None
    video: tuple[VideoStream, ...]
    audio: tuple[AudioStream, ...]
    subtitles: tuple[SubtitleStream, ...]
    chapters: tuple[Chapter, ...] = ()
    container: str | None = None
    bit_rate: int | None = None
