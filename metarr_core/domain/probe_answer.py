"""ffprobe's answer for a whole file in our words. Pure: JSON in, values out."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import PurePath

from metarr_core.domain.ffprobe_json import Json, flag, language, seconds, tag, whole
from metarr_core.domain.media_info import AudioStream, Chapter, MediaInfo, ObjectAudio, SubtitleStream, VideoStream
from metarr_core.domain.probed_video import video_stream
from metarr_core.domain.track_titles import Role, roles_of

STILL_PICTURES = ("image2", "_pipe")
"""What ffprobe calls a picture that is named like a film."""

USUAL_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""What ffmpeg plays where a file names none, as Matroska does for PCM."""


def media_info(answer: Json, frame: Json | None = None, atmos_tracks: AbstractSet[int] = frozenset()) -> MediaInfo:
    """An answer of ffprobe, with a frame where one was looked at; streams without a known codec are left out.

    `atmos_tracks`: the ids of tracks that carry Atmos, where the file says so elsewhere than ffprobe looks.
    """
    streams = [stream for stream in answer.get("streams", []) if stream.get("codec_name")]
    return MediaInfo(
        duration_seconds=seconds(answer.get("format", {}).get("duration")),
        video=_videos(answer, streams, frame or {}),
        audio=tuple(_audio(stream, atmos_tracks) for stream in _of_type(streams, "audio")),
        subtitles=tuple(_subtitle(stream) for stream in _of_type(streams, "subtitle")),
        chapters=tuple(_chapter(chapter) for chapter in answer.get("chapters", [])),
        container=_container(answer),
        bit_rate=whole(answer.get("format", {}).get("bit_rate")),
    )


def _of_type(streams: list[Json], codec_type: str) -> list[Json]:
    return [stream for stream in streams if stream.get("codec_type") == codec_type]


def _videos(answer: Json, streams: list[Json], frame: Json) -> tuple[VideoStream, ...]:
    """Without covers, and without any where the whole file is a picture."""
    if str(answer.get("format", {}).get("format_name", "")).endswith(STILL_PICTURES):
        return ()
    seen = frame.get("stream_index")
    return tuple(
        video_stream(stream, frame if stream["index"] == seen else {})
        for stream in _of_type(streams, "video")
        if not flag(stream, "attached_pic")
    )


def may_hide_atmos(answer: Json) -> bool:
    """Whether the file is an MP4 with E-AC-3, whose Atmos stands in a box that ffprobe does not show."""
    in_mp4 = "mp4" in str(answer.get("format", {}).get("format_name", "")).split(",")
    return in_mp4 and any(stream.get("codec_name") == "eac3" for stream in answer.get("streams", []))


def _track_id(stream: Json) -> int | None:
    """The id of a track, which ffprobe writes in hexadecimal."""
    try:
        return int(str(stream.get("id")), 16)
    except ValueError:
        return None


def _audio(stream: Json, atmos_tracks: AbstractSet[int]) -> AudioStream:
    title = tag(stream, "title")
    roles = roles_of(title)
    return AudioStream(
        index=stream["index"],
        codec=stream["codec_name"],
        profile=stream.get("profile"),
        channels=stream.get("channels"),
        layout=stream.get("channel_layout") or USUAL_LAYOUTS.get(stream.get("channels", 0)),
        language=language(stream),
        title=title,
        is_default=flag(stream, "default"),
        is_forced=flag(stream, "forced"),
        object_audio=ObjectAudio.ATMOS if _track_id(stream) in atmos_tracks else _object_audio(stream.get("profile") or ""),
        is_commentary=flag(stream, "comment") or Role.COMMENTARY in roles,
        is_dub=flag(stream, "dub"),
        is_original=flag(stream, "original"),
        is_visual_impaired=flag(stream, "visual_impaired") or Role.VISUAL_IMPAIRED in roles,
    )


def _object_audio(profile: str) -> ObjectAudio | None:
    """From profiles as "Dolby TrueHD + Dolby Atmos" and "DTS-HD MA + DTS:X"; ffprobe 5 does not tell it, 8 does."""
    if "Dolby Atmos" in profile:
        return ObjectAudio.ATMOS
    return ObjectAudio.DTS_X if "DTS:X" in profile else None


def _subtitle(stream: Json) -> SubtitleStream:
    title = tag(stream, "title")
    roles = roles_of(title)
    return SubtitleStream(
        index=stream["index"],
        codec=stream["codec_name"],
        language=language(stream),
        title=title,
        is_default=flag(stream, "default"),
        is_forced=flag(stream, "forced") or Role.FORCED in roles,
        is_hearing_impaired=flag(stream, "hearing_impaired") or Role.HEARING_IMPAIRED in roles,
        is_commentary=flag(stream, "comment") or Role.COMMENTARY in roles,
    )


def _chapter(chapter: Json) -> Chapter:
    start = seconds(chapter.get("start_time")) or 0.0
    return Chapter(start, seconds(chapter.get("end_time")) or start, tag(chapter, "title"))


def _container(answer: Json) -> str | None:
    """One word of ffprobe's list: the file's own suffix if it is in it ("mov,mp4,m4a…"), else mp4 or the first."""
    told = answer.get("format", {})
    names = str(told.get("format_name", "")).split(",")
    suffix = PurePath(str(told.get("filename", ""))).suffix[1:].lower()
    return suffix if suffix in names else "mp4" if "mp4" in names else names[0] or None
