"""ffprobe's answers in our words."""

import pytest

from metarr_core.domain.media_info import HdrFormat
from metarr_core.domain.probe_answer import media_info

DOVI = {"side_data_type": "DOVI configuration record", "dv_profile": 8, "dv_bl_signal_compatibility_id": 1}
MASTERING = {"side_data_type": "Mastering display metadata"}


def stream(kind="video", **more):
    size = {"width": 1920, "height": 1080} if kind == "video" else {}
    return {"index": 0, "codec_type": kind, "codec_name": "x"} | size | more


def probed(*streams, **file_format):
    return media_info({"streams": list(streams), "format": file_format})


def video(**more):
    (found,) = probed(stream(**more)).video
    return found


@pytest.mark.parametrize(
    ("told", "hdr", "profile"),
    [
        ({}, None, None),
        ({"color_transfer": "bt709"}, None, None),
        ({"color_transfer": "smpte2084"}, HdrFormat.HDR10, None),
        ({"color_transfer": "smpte2084", "side_data_list": [MASTERING]}, HdrFormat.HDR10, None),
        ({"color_transfer": "arib-std-b67"}, HdrFormat.HLG, None),
        ({"color_transfer": "smpte2084", "side_data_list": [MASTERING, DOVI]}, HdrFormat.DOLBY_VISION, 8),
        ({"color_transfer": "arib-std-b67", "side_data_list": [DOVI]}, HdrFormat.DOLBY_VISION, 8),
        ({"side_data_list": [{"side_data_type": "DOVI configuration record"}]}, HdrFormat.DOLBY_VISION, None),
    ],
)
def test_dynamic_range_is_told_as_kodi_spells_it_with_dolby_vision_first(told, hdr, profile):
    found = video(**told)
    assert (found.hdr, found.dolby_vision_profile) == (hdr, profile)


@pytest.mark.parametrize(
    ("told", "depth"),
    [
        ({"bits_per_raw_sample": "10", "pix_fmt": "yuv420p"}, 10),
        ({"pix_fmt": "yuv420p"}, 8),
        ({"pix_fmt": "nv12"}, 8),
        ({"pix_fmt": "yuv410p"}, 8),
        ({"pix_fmt": "yuv420p10le"}, 10),
        ({"pix_fmt": "yuv420p10be"}, 10),
        ({"pix_fmt": "yuva444p12le"}, 12),
        ({"pix_fmt": "gbrp16le"}, 16),
        ({"pix_fmt": "yuv440p14be"}, 14),
        ({"pix_fmt": "p010le"}, 10),
        ({"pix_fmt": "gray10le"}, 10),
        ({"pix_fmt": "yuv420p10le", "bits_per_raw_sample": "0"}, 10),
        ({"pix_fmt": "yuv420p10le", "bits_per_raw_sample": "N/A"}, 10),
        ({}, None),
    ],
)
def test_bit_depth_comes_from_the_stream_or_from_its_pixel_format(told, depth):
    assert video(**told).bit_depth == depth


@pytest.mark.parametrize(
    ("width", "height", "sar", "aspect"),
    [
        (1920, 1080, "1:1", 1.777778),
        (1920, 1080, "0:1", 1.777778),
        (1920, 1080, None, 1.777778),
        (1920, 1080, "N/A", 1.777778),
        (1920, 1080, "1:0", 1.777778),
        (720, 576, "64:45", 1.777778),
        (720, 576, "16:15", 1.333333),
        (720, 480, "32:27", 1.777778),
        (1920, 800, "1:1", 2.4),
        (0, 0, "1:1", None),
    ],
)
def test_the_aspect_is_the_one_on_the_screen_where_pixels_are_not_square(width, height, sar, aspect):
    assert video(width=width, height=height, sample_aspect_ratio=sar).aspect == aspect


@pytest.mark.parametrize(
    ("average", "real", "rate"),
    [("24000/1001", "24/1", 23.976), ("25/1", "25/1", 25.0), ("0/0", "50/1", 50.0), ("0/0", "0/0", None), (None, "x", None)],
)
def test_a_frame_rate_is_the_average_else_the_nominal_one(average, real, rate):
    assert video(avg_frame_rate=average, r_frame_rate=real).frame_rate == rate


def test_covers_in_the_file_are_no_video():
    cover = stream(codec_name="mjpeg", index=1, disposition={"attached_pic": 1})
    main = stream(codec_name="h264", disposition={"attached_pic": 0, "default": 1})
    assert [one.codec for one in probed(cover, main).video] == ["h264"]


def test_streams_without_a_codec_and_of_other_kinds_are_left_out():
    unknown = {"index": 3, "codec_type": "subtitle"}
    found = probed(stream(), stream("attachment", codec_name="ttf"), stream("data", codec_name="bin_data"), unknown)
    assert (len(found.video), found.audio, found.subtitles) == (1, (), ())


@pytest.mark.parametrize(
    ("tags", "language"),
    [({"language": "ger"}, "ger"), ({"language": "und"}, None), ({"language": ""}, None), ({}, None), (None, None)],
)
def test_an_undetermined_language_says_nothing(tags, language):
    more = {} if tags is None else {"tags": tags}
    found = probed(stream("audio", **more), stream("subtitle", **more))
    assert (found.audio[0].language, found.subtitles[0].language) == (language, language)


def test_sound_and_subtitles_tell_what_players_ask_for():
    sound = stream(
        "audio", index=1, codec_name="dts", profile="DTS-HD MA", channels=6, channel_layout="5.1(side)",
        tags={"language": "eng", "title": "Director's comment"}, disposition={"default": 1, "forced": 0},
    )  # fmt: skip
    text = stream("subtitle", index=2, codec_name="subrip", disposition={"default": 0, "forced": 1, "hearing_impaired": 1})
    found = probed(sound, text)
    audio, subtitle = found.audio[0], found.subtitles[0]
    assert (audio.index, audio.codec, audio.profile, audio.channels) == (1, "dts", "DTS-HD MA", 6)
    assert (audio.layout, audio.title) == ("5.1(side)", "Director's comment")
    assert (audio.is_default, audio.is_forced) == (True, False)
    assert (subtitle.index, subtitle.is_default, subtitle.is_forced, subtitle.is_hearing_impaired) == (2, False, True, True)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [({"duration": "94.5008"}, 94.501), ({"duration": "N/A"}, None), ({}, None), ({"duration": "0.000000"}, 0.0)],
)
def test_a_duration_may_be_missing(told, seconds):
    assert probed(stream(), **told).duration_seconds == seconds


def test_an_answer_without_a_format_and_streams_is_an_empty_file():
    assert media_info({}) == media_info({"streams": [], "format": {}})
