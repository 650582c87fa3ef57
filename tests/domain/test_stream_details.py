"""Streams in Kodi's words."""

from dataclasses import replace

import pytest

from metarr_core.domain.media_info import AudioStream, HdrFormat, MediaInfo, SubtitleStream, VideoStream
from metarr_core.domain.stream_details import streams_of

VIDEO = VideoStream(0, "hevc", "Main 10", 3840, 1600, 2.4, 23.976, 10, HdrFormat.HDR10, None, stereo_mode="left_right")
AUDIO = AudioStream(1, "dts", "DTS", 6, "5.1(side)", "eng", None, is_default=True, is_forced=False)
SUBTITLE = SubtitleStream(2, "subrip", "ger", None, is_default=False, is_forced=False, is_hearing_impaired=False)


def told(*, video=(), audio=(), subtitles=()):
    return list(streams_of(MediaInfo(5640.4, tuple(video), tuple(audio), tuple(subtitles))))


@pytest.mark.parametrize(
    ("codec", "profile", "name"),
    [
        ("dts", "DTS", "dca"),
        ("dts", "DTS-ES", "dca"),
        ("dts", None, "dca"),
        ("dts", "DTS-HD MA", "dtshd_ma"),
        ("dts", "DTS-HD MA + DTS:X", "dtshd_ma"),
        ("dts", "DTS-HD HRA", "dtshd_hra"),
        ("truehd", "Dolby TrueHD + Dolby Atmos", "truehd"),
        ("eac3", "Dolby Digital Plus + Dolby Atmos", "eac3"),
        ("aac", "LC", "aac"),
    ],
)
def test_dts_is_named_by_its_profile_as_kodi_does(codec, profile, name):
    ((kind, facts),) = told(audio=[replace(AUDIO, codec=codec, profile=profile)])
    assert (kind, facts) == ("audio", {"codec": name, "language": "eng", "channels": 6})


@pytest.mark.parametrize(
    ("hdr", "spelled"),
    [
        (HdrFormat.HDR10, "hdr10"),
        (HdrFormat.HDR10_PLUS, "hdr10"),
        (HdrFormat.HLG, "hlg"),
        (HdrFormat.DOLBY_VISION, "dolbyvision"),
        (None, None),
    ],
)
def test_dynamic_range_is_one_that_kodi_20_knows(hdr, spelled):
    ((_, facts),) = told(video=[replace(VIDEO, hdr=hdr)])
    assert facts["hdrtype"] == spelled


def test_a_video_is_told_with_its_size_length_and_depth():
    ((kind, facts),) = told(video=[VIDEO])
    assert kind == "video"
    assert [facts[name] for name in ("width", "height", "durationinseconds", "stereomode")] == [
        3840,
        1600,
        5640,
        "left_right",
    ]


def test_subtitles_beside_the_film_are_left_to_kodi():
    beside = replace(SUBTITLE, index=None, external_path="/m/Film.en.srt", language="eng")
    assert told(subtitles=[SUBTITLE, beside]) == [("subtitle", {"language": "ger"})]
