"""What the boxes of an MP4 tell and ffprobe does not: which E-AC-3 tracks carry Dolby Atmos.

Source: ETSI TS 102 366, annexes F.6 and H: `dec3` ends with a flag for joint object coding. ffprobe 8.1 does not show it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEADER, LARGE_HEADER = 8, 16
WAY_TO_SAMPLES = (b"mdia", b"minf", b"stbl", b"stsd")
STSD_HEAD, AUDIO_ENTRY_HEAD = 8, 28
"""Bytes in front of the boxes: version and count; what an audio sample entry says of its samples."""
LONGEST_TABLE = 1 << 20
MOST_BOXES = 10_000


@dataclass(frozen=True)
class Box:
    """A box: its type, and where its content begins and ends in the file."""

    type: bytes
    start: int
    end: int


def atmos_tracks(path: Path) -> frozenset[int]:
    """The ids of the tracks that carry Atmos in E-AC-3; ffprobe calls them the `id` of a stream. None in a broken file.

    Raises OSError.
    """
    with path.open("rb") as file:
        end = file.seek(0, 2)
        tracks = (track for moov in _of_type(file, Box(b"", 0, end), b"moov") for track in _of_type(file, moov, b"trak"))
        return frozenset(number for track in tracks if _has_atmos(file, track) and (number := _track_id(file, track)))


def _boxes(file: BinaryIO, parent: Box) -> Iterator[Box]:
    at = parent.start
    for _ in range(MOST_BOXES):
        file.seek(at)
        head = file.read(min(LARGE_HEADER, max(parent.end - at, 0)))
        if len(head) < HEADER:
            return
        size, kind = struct.unpack(">I4s", head[:HEADER])
        length = HEADER
        if size == 1 and len(head) == LARGE_HEADER:
            size, length = struct.unpack(">Q", head[HEADER:])[0], LARGE_HEADER
        end = at + size if size else parent.end
        if end < at + length or end > parent.end:
            return
        yield Box(kind, at + length, end)
        at = end


def _of_type(file: BinaryIO, parent: Box, kind: bytes) -> list[Box]:
    return [box for box in _boxes(file, parent) if box.type == kind]


def _track_id(file: BinaryIO, track: Box) -> int | None:
    for head in _of_type(file, track, b"tkhd"):
        file.seek(head.start)
        data = file.read(24)
        at = 20 if data[:1] == b"\1" else 12  # version 1 has times of 64 bits
        if len(data) >= at + 4:
            return int(struct.unpack(">I", data[at : at + 4])[0])
    return None


def _has_atmos(file: BinaryIO, track: Box) -> bool:
    box = track
    for kind in WAY_TO_SAMPLES:
        found = _of_type(file, box, kind)
        if not found:
            return False
        box = found[0]
    entries = _of_type(file, Box(b"", box.start + STSD_HEAD, min(box.end, box.start + LONGEST_TABLE)), b"ec-3")
    return any(_is_joc(file, dec3) for entry in entries for dec3 in _described(file, entry))


def _described(file: BinaryIO, entry: Box) -> list[Box]:
    return _of_type(file, Box(b"", entry.start + AUDIO_ENTRY_HEAD, entry.end), b"dec3")


def _is_joc(file: BinaryIO, dec3: Box) -> bool:
    """The flag in the byte behind the substreams: three bytes each, four for one with dependent substreams."""
    file.seek(dec3.start)
    data = file.read(min(dec3.end - dec3.start, 64))
    if len(data) < 2:  # noqa: PLR2004 - the bit rate and the number of substreams
        return False
    at = 2
    for _ in range((data[1] & 0b111) + 1):
        if len(data) < at + 3:
            return False
        at += 4 if data[at + 2] & 0b11110 else 3
    return len(data) > at and bool(data[at] & 1)
