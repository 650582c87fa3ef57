"""Dolby Atmos in an MP4: told by the last bytes of a box, in files that ffmpeg made and in broken ones."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

from deployments.demo.clips import ffmpeg
from metarr_core.files.mp4_boxes import atmos_tracks

ANCESTORS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"ec-3", b"dec3")
JOC, NO_JOC = bytes([0x01, 16]), bytes([0x00, 0])


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> bytes:
    """A second of picture, AAC and E-AC-3, in this order; its index is at the end."""
    video = tmp_path_factory.mktemp("mp4") / "a.mp4"
    sources = ("-f", "lavfi", "-i", "testsrc2=size=64x36:rate=25:duration=1", "-f", "lavfi", "-i", "sine=duration=1")
    tracks = ("-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:a:0", "aac", "-c:a:1", "eac3")
    subprocess.run([ffmpeg(), "-v", "error", *sources, *tracks, str(video)], check=True, capture_output=True)
    return video.read_bytes()


def extended(clip: bytes, more: bytes) -> bytes:
    """The clip with more bytes at the end of its `dec3`, which every box around it has to hold too."""
    data = bytearray(clip)
    dec3 = data.find(b"dec3") - 4
    end = dec3 + struct.unpack_from(">I", data, dec3)[0]
    for kind in ANCESTORS:
        at = data.rfind(kind, 0, dec3 + 8) - 4
        struct.pack_into(">I", data, at, struct.unpack_from(">I", data, at)[0] + len(more))
    data[end:end] = more
    return bytes(data)


def found(tmp_path: Path, data: bytes) -> frozenset[int]:
    video = tmp_path / "film.mp4"
    video.write_bytes(data)
    return atmos_tracks(video)


@pytest.mark.parametrize(("more", "expected"), [(b"", frozenset()), (NO_JOC, frozenset()), (JOC, frozenset({3}))])
def test_a_track_with_joint_object_coding_has_atmos(tmp_path, clip, more, expected):
    assert found(tmp_path, extended(clip, more)) == expected


def test_a_broken_file_has_no_atmos(tmp_path, clip):
    whole = extended(clip, JOC)
    moov = whole.find(b"moov") - 4
    for cut in range(moov, len(whole), 7):
        assert found(tmp_path, whole[:cut]) <= {3}
        assert found(tmp_path, whole[:cut] + b"\xff" * (len(whole) - cut)) <= {3}
    assert found(tmp_path, b"") == found(tmp_path, b"\0" * 4096) == frozenset()


def test_boxes_that_lead_nowhere_end_the_search(tmp_path):
    endless = struct.pack(">I4s", 8, b"free") * 20_000
    assert found(tmp_path, endless + struct.pack(">I4s", 8, b"moov")) == frozenset()
