"""What ffprobe tells besides codecs: roles of tracks, chapters, container, shape on the screen."""

import pytest

from metarr_core.domain.media_info import Chapter, HdrFormat, ObjectAudio
from metarr_core.domain.probe_answer import media_info


def stream(kind, index=0, title=None, said=(), **more):
    tags = {"title": title} if title else {}
    told = {"index": index, "codec_type": kind, "codec_name": "x", "tags": tags, "disposition": dict.fromkeys(said, 1)}
    return {**told, **({"width": 1920, "height": 1080} if kind == "video" else {}), **more}


def only(kind, **told):
    found = media_info({"streams": [stream(kind, **told)]})
    (one,) = {"video": found.video, "audio": found.audio, "subtitle": found.subtitles}[kind]
    return one


@pytest.mark.parametrize(
    ("profile", "placed"),
    [
        ("Dolby TrueHD + Dolby Atmos", ObjectAudio.ATMOS),
        ("Dolby Digital Plus + Dolby Atmos", ObjectAudio.ATMOS),
        ("DTS-HD MA + DTS:X", ObjectAudio.DTS_X),
        ("DTS-HD MA + DTS:X IMAX", ObjectAudio.DTS_X),
        ("DTS-HD MA", None),
        ("LC", None),
        (None, None),
    ],
)
def test_sound_placed_in_space_is_told_by_its_profile(profile, placed):
    found = only("audio", profile=profile)
    assert (found.object_audio, found.profile) == (placed, profile)


@pytest.mark.parametrize(
    ("said", "title", "roles"),
    [
        ((), None, set()),
        (("dub",), None, {"is_dub"}),
        (("original", "default"), None, {"is_original", "is_default"}),
        (("comment",), None, {"is_commentary"}),
        ((), "Director's Commentary", {"is_commentary"}),
        (("visual_impaired",), None, {"is_visual_impaired"}),
        ((), "English (Audio Description)", {"is_visual_impaired"}),
        ((), "Surround 5.1", set()),
    ],
)
def test_sound_has_the_roles_that_its_flags_or_its_title_say(said, title, roles):
    found = only("audio", said=said, title=title)
    assert {name for name, value in vars(found).items() if value is True} == roles


@pytest.mark.parametrize(
    ("said", "title", "roles"),
    [
        (("forced", "default"), None, {"is_forced", "is_default"}),
        ((), "Forced", {"is_forced"}),
        ((), "English [forced]", {"is_forced"}),
        ((), "Full (non-forced)", set()),
        ((), "Not forced", set()),
        ((), "Reinforced", set()),
        (("hearing_impaired",), None, {"is_hearing_impaired"}),
        ((), "English SDH", {"is_hearing_impaired"}),
        ((), "English (CC)", {"is_hearing_impaired"}),
        ((), "Commentary by the crew", {"is_commentary"}),
        ((), "French", set()),
    ],
)
def test_subtitles_have_the_roles_that_their_flags_or_their_titles_say(said, title, roles):
    found = only("subtitle", said=said, title=title)
    assert {name for name, value in vars(found).items() if value is True} == roles


@pytest.mark.parametrize(
    ("told", "layout"),
    [
        ({"channels": 6, "channel_layout": "5.1(side)"}, "5.1(side)"),
        ({"channels": 8}, "7.1"),
        ({"channels": 2}, "stereo"),
        ({"channels": 11}, None),
        ({}, None),
    ],
)
def test_a_layout_that_is_not_told_is_the_usual_one_of_its_channels(told, layout):
    assert only("audio", **told).layout == layout


@pytest.mark.parametrize(
    ("rotation", "size", "aspect", "degrees"),
    [
        (0, (1920, 1080), 1.777778, 0),
        (90, (1080, 1920), 0.5625, 90),
        (-90, (1080, 1920), 0.5625, 270),
        (180, (1920, 1080), 1.777778, 180),
        (-180.0, (1920, 1080), 1.777778, 180),
    ],
)
def test_a_rotated_film_has_the_size_that_one_sees(rotation, size, aspect, degrees):
    found = only("video", side_data_list=[{"side_data_type": "Display Matrix", "rotation": rotation}])
    assert ((found.width, found.height), found.aspect, found.rotation) == (size, aspect, degrees)


@pytest.mark.parametrize(("told", "order"), [("tt", "tt"), ("progressive", "progressive"), ("unknown", None), (None, None)])
def test_the_order_of_fields_tells_interlaced_from_progressive(told, order):
    assert only("video", field_order=told).field_order == order


@pytest.mark.parametrize(
    ("told", "mode"),
    [
        ({"tags": {"stereo_mode": "left_right"}}, "left_right"),
        ({"tags": {"stereo_mode": "mono"}}, None),
        ({"side_data_list": [{"side_data_type": "Stereo 3D", "type": "side by side", "inverted": 0}]}, "left_right"),
        ({"side_data_list": [{"side_data_type": "Stereo 3D", "type": "top and bottom", "inverted": 1}]}, "bottom_top"),
        ({"side_data_list": [{"side_data_type": "Stereo 3D", "type": "2D", "inverted": 0}]}, None),
        ({}, None),
    ],
)
def test_3d_is_told_in_kodis_words(told, mode):
    assert only("video", **told).stereo_mode == mode


def test_chapters_keep_their_order_times_and_titles():
    named = {"start_time": "0.000000", "end_time": "61.500000", "tags": {"title": "Opening"}}
    bare = {"start_time": "61.500000", "end_time": "90.250000"}
    assert media_info({"chapters": [named, bare]}).chapters == (Chapter(0.0, 61.5, "Opening"), Chapter(61.5, 90.25, None))


@pytest.mark.parametrize(
    ("names", "filename", "container"),
    [
        ("matroska,webm", "file:/m/Film.mkv", "matroska"),
        ("matroska,webm", "file:/m/Film.webm", "webm"),
        ("mov,mp4,m4a,3gp,3g2,mj2", "file:/m/Film.mp4", "mp4"),
        ("mov,mp4,m4a,3gp,3g2,mj2", "file:/m/Film.m4v", "mp4"),
        ("mov,mp4,m4a,3gp,3g2,mj2", "file:/m/Film.MOV", "mov"),
        ("mov,mp4,m4a,3gp,3g2,mj2", "file:/m/wrong.mkv", "mp4"),
        ("mpegts", "file:/m/Film.m2ts", "mpegts"),
        ("avi", "", "avi"),
    ],
)
def test_a_container_is_told_in_one_word(names, filename, container):
    assert media_info({"format": {"format_name": names, "filename": filename}}).container == container


@pytest.mark.parametrize(("told", "rate"), [("8123456", 8_123_456), ("N/A", None), (None, None), ("0", None)])
def test_a_bit_rate_may_be_missing(told, rate):
    assert media_info({"format": {"bit_rate": told}}).bit_rate == rate


@pytest.mark.parametrize("format_name", ["image2", "jpeg_pipe", "png_pipe"])
def test_a_picture_named_like_a_film_has_no_video(format_name):
    assert media_info({"streams": [stream("video")], "format": {"format_name": format_name}}).video == ()


def test_a_frame_tells_of_its_own_stream_alone():
    plus = {"side_data_type": "HDR Dynamic Metadata SMPTE2094-40 (HDR10+)"}
    streams = [stream("video", index, color_transfer="smpte2084") for index in (0, 1)]
    found = media_info({"streams": streams}, {"stream_index": 1, "side_data_list": [plus]})
    assert [video.hdr for video in found.video] == [HdrFormat.HDR10, HdrFormat.HDR10_PLUS]


@pytest.mark.parametrize(("track_id", "expected"), [("0x3", ObjectAudio.ATMOS), ("0x2", None), (None, None)])
def test_a_track_of_which_the_file_says_so_has_atmos(track_id, expected):
    answer = {"streams": [stream("audio", codec_name="eac3", id=track_id)]}
    assert media_info(answer, atmos_tracks={3}).audio[0].object_audio is expected
