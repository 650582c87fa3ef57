"""What an NFO tells of a file's streams, in Kodi's words; one element per stream.

Kodi reads these tags and no others of a stream. It finds the subtitles beside a film by itself, so they are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from metarr_core.domain.media_info import AudioStream, HdrFormat, MediaInfo, VideoStream

Facts = dict[str, object]


def streams_of(media: MediaInfo) -> Iterator[tuple[str, Facts]]:
    """The elements of <streamdetails>, each with its tags; None where there is nothing to tell."""
    for video in media.video:
        yield "video", _video(video, media.duration_seconds)
    for audio in media.audio:
        yield "audio", {"codec": audio_codec(audio), "language": audio.language, "channels": audio.channels}
    for subtitle in media.subtitles:
        if subtitle.external_path is None:
            yield "subtitle", {"language": subtitle.language}


def _video(video: VideoStream, seconds: float | None) -> Facts:
    return {
        "codec": video.codec,
        "aspect": video.aspect,
        "width": video.width,
        "height": video.height,
        "durationinseconds": round(seconds) if seconds else None,
        "stereomode": video.stereo_mode,
        "language": video.language,
        "hdrtype": hdr_type(video.hdr),
    }


def hdr_type(hdr: HdrFormat | None) -> HdrFormat | None:
    """Kodi 20 knows no HDR10+; it calls such a film HDR10."""
    return HdrFormat.HDR10 if hdr is HdrFormat.HDR10_PLUS else hdr


def audio_codec(audio: AudioStream) -> str:
    """The name that ffprobe gives; DTS by its profile, as Kodi 20 does (CDVDDemuxFFmpeg::GetStreamCodecName).

    Atmos and DTS:X have no names there: they are TrueHD, Dolby Digital Plus and DTS-HD MA to it.
    """
    if audio.codec != "dts":
        return audio.codec
    profile = audio.profile or ""
    return "dtshd_ma" if profile.startswith("DTS-HD MA") else "dtshd_hra" if profile.startswith("DTS-HD HRA") else "dca"
