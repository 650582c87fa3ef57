"""Dynamic range of a video stream, from ffprobe's answer and, where the transfer is PQ, from its first frame.

HDR10+ and light levels in SEI messages are only in frames; Dolby Vision and the transfer are in the stream itself
(measured with ffprobe 5.1 and 8.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from metarr_core.domain.ffprobe_json import Json, flag, fraction, side_data, whole
from metarr_core.domain.media_info import HdrFormat

PQ = "smpte2084"
_BY_TRANSFER = {PQ: HdrFormat.HDR10, "arib-std-b67": HdrFormat.HLG}
_BY_COMPATIBILITY = {1: HdrFormat.HDR10, 4: HdrFormat.HLG, 6: HdrFormat.HDR10}
"""Dolby Vision's base layer by its compatibility id: 6 is Ultra HD Blu-ray, 0 is nothing else and 2 is SDR."""

_HDR10_PLUS = "HDR Dynamic Metadata SMPTE2094-40 (HDR10+)"


@dataclass(frozen=True)
class DynamicRange:
    """What a stream's dynamic range is called, and its light in cd/m²."""

    hdr: HdrFormat | None
    hdr_fallback: HdrFormat | None
    dolby_vision_profile: int | None
    dolby_vision_compatibility: int | None
    max_cll: int | None
    max_fall: int | None
    mastering_luminance: float | None


def stream_to_look_into(answer: Json) -> int | None:
    """The index of the stream of which a frame must be seen; None where the streams tell all."""
    streams = (
        one for one in answer.get("streams", []) if one.get("codec_type") == "video" and not flag(one, "attached_pic")
    )
    return next((one["index"] for one in streams if one.get("color_transfer") == PQ), None)


def dynamic_range(stream: Json, frame: Json) -> DynamicRange:
    """The dynamic range of a stream; the frame is empty where none was looked at."""
    vision = side_data(stream, "DOVI configuration record")
    base = HdrFormat.HDR10_PLUS if side_data(frame, _HDR10_PLUS) else _BY_TRANSFER.get(stream.get("color_transfer", ""))
    compatibility = vision.get("dv_bl_signal_compatibility_id") if vision else None
    light = _found("Content light level metadata", stream, frame)
    mastering = fraction(_found("Mastering display metadata", stream, frame).get("max_luminance"))
    return DynamicRange(
        hdr=HdrFormat.DOLBY_VISION if vision else base,
        hdr_fallback=_fallback(base, compatibility) if vision else None,
        dolby_vision_profile=vision.get("dv_profile") if vision else None,
        dolby_vision_compatibility=compatibility,
        max_cll=whole(light.get("max_content")),
        max_fall=whole(light.get("max_average")),
        mastering_luminance=round(float(mastering), 4) if mastering else None,
    )


def _fallback(base: HdrFormat | None, compatibility: int | None) -> HdrFormat | None:
    """What the base layer is; its own HDR10+ is more than the compatibility id can say."""
    if compatibility is None:
        return base
    said = _BY_COMPATIBILITY.get(compatibility)
    return base if said is HdrFormat.HDR10 and base is HdrFormat.HDR10_PLUS else said


def _found(kind: str, stream: Json, frame: Json) -> Json:
    return side_data(stream, kind) or side_data(frame, kind) or {}
