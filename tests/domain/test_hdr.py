"""Dynamic range, from streams and from frames as ffprobe 8 writes them."""

import pytest

from metarr_core.domain.hdr import dynamic_range, stream_to_look_into
from metarr_core.domain.media_info import HdrFormat

MASTERING = {"side_data_type": "Mastering display metadata", "min_luminance": "1/10000", "max_luminance": "10000000/10000"}
LIGHT = {"side_data_type": "Content light level metadata", "max_content": 1000, "max_average": 400}
PLUS = {"side_data_type": "HDR Dynamic Metadata SMPTE2094-40 (HDR10+)", "application version": 1, "num_windows": 1}
SEI = {"side_data_type": "H.26[45] User Data Unregistered SEI message"}
PQ = {"color_transfer": "smpte2084"}
HLG = {"color_transfer": "arib-std-b67"}


def vision(profile, compatibility=None):
    said = {} if compatibility is None else {"dv_bl_signal_compatibility_id": compatibility}
    return {"side_data_type": "DOVI configuration record", "dv_profile": profile, **said}


def with_side_data(*entries, **stream):
    return {**stream, "side_data_list": list(entries)}


def frame(*entries):
    return with_side_data(SEI, *entries, stream_index=0)


@pytest.mark.parametrize(
    ("stream", "seen", "hdr"),
    [
        ({}, {}, None),
        ({"color_transfer": "bt709"}, {}, None),
        (PQ, {}, HdrFormat.HDR10),
        (PQ, frame(MASTERING, LIGHT), HdrFormat.HDR10),
        (PQ, frame(MASTERING, LIGHT, PLUS), HdrFormat.HDR10_PLUS),
        (HLG, {}, HdrFormat.HLG),
    ],
)
def test_hdr10_plus_is_told_by_a_frame_alone(stream, seen, hdr):
    found = dynamic_range(stream, seen)
    assert (found.hdr, found.hdr_fallback, found.dolby_vision_profile) == (hdr, None, None)


@pytest.mark.parametrize(
    ("record", "transfer", "seen", "fallback"),
    [
        (vision(5, 0), PQ, {}, None),
        (vision(8, 1), PQ, frame(MASTERING), HdrFormat.HDR10),
        (vision(8, 1), PQ, frame(MASTERING, PLUS), HdrFormat.HDR10_PLUS),
        (vision(8, 2), {}, {}, None),
        (vision(8, 4), HLG, {}, HdrFormat.HLG),
        (vision(7, 6), PQ, frame(MASTERING), HdrFormat.HDR10),
        (vision(7, 6), PQ, frame(PLUS), HdrFormat.HDR10_PLUS),
        (vision(8), PQ, {}, HdrFormat.HDR10),
        (vision(8), {}, {}, None),
    ],
)
def test_dolby_vision_says_what_other_players_show_instead(record, transfer, seen, fallback):
    found = dynamic_range(with_side_data(record, **transfer), seen)
    assert (found.hdr, found.hdr_fallback) == (HdrFormat.DOLBY_VISION, fallback)
    assert (found.dolby_vision_profile, found.dolby_vision_compatibility) == (
        record["dv_profile"],
        record.get("dv_bl_signal_compatibility_id"),
    )


@pytest.mark.parametrize(("stream", "seen"), [(PQ, frame(MASTERING, LIGHT)), (with_side_data(MASTERING, LIGHT, **PQ), {})])
def test_light_is_in_candela_per_square_metre_wherever_it_is_told(stream, seen):
    found = dynamic_range(stream, seen)
    assert (found.max_cll, found.max_fall, found.mastering_luminance) == (1000, 400, 1000.0)


@pytest.mark.parametrize("light", [[], [{**LIGHT, "max_content": 0, "max_average": 0}]])
def test_light_that_nobody_measured_is_unknown(light):
    found = dynamic_range(PQ, frame(*light))
    assert (found.max_cll, found.max_fall, found.mastering_luminance) == (None, None, None)


def stream(index, kind="video", cover=0, **more):
    return {"index": index, "codec_type": kind, "disposition": {"attached_pic": cover}, **more}


@pytest.mark.parametrize(
    ("streams", "index"),
    [
        ([], None),
        ([stream(0)], None),
        ([stream(0, **HLG)], None),
        ([stream(0, **PQ)], 0),
        ([stream(0, "audio"), stream(1, cover=1, **PQ), stream(2, **PQ)], 2),
    ],
)
def test_a_frame_is_asked_for_only_where_the_transfer_is_pq(streams, index):
    assert stream_to_look_into({"streams": streams}) == index
