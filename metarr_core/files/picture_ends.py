"""Where a picture ends. What hangs on behind it (an archive, a script, another picture) is none of the picture."""

from __future__ import annotations

import re
from pathlib import Path

from metarr_core.errors import StorageUnavailable

JPEG, PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
END_OF_IMAGE, START_OF_SCAN = 0xD9, 0xDA
BARE_MARKERS = {0x01, *range(0xD0, 0xD9)}
"""Markers without a length."""
MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
PNG_OVERHEAD = 12
"""Length, name and checksum of a chunk, in bytes."""


def cut_behind_end(path: Path) -> None:
    """Cut off what hangs on behind a JPEG or PNG, in place; not a bit of the picture changes. Raises StorageUnavailable."""
    try:
        data = path.read_bytes()
        end = end_of(data)
        if end < len(data):
            path.write_bytes(data[:end])
    except OSError as exc:
        raise StorageUnavailable(path, exc.strerror or str(exc)) from exc


def end_of(data: bytes) -> int:
    """How many bytes are the picture; all of them where no end is found."""
    if data.startswith(PNG):
        return _end_of_png(data)
    return _end_of_jpeg(data) if data.startswith(JPEG) else len(data)


def _end_of_png(data: bytes) -> int:
    at = len(PNG)
    while at + PNG_OVERHEAD <= len(data):
        name, length = data[at + 4 : at + 8], int.from_bytes(data[at : at + 4], "big")
        at += length + PNG_OVERHEAD
        if name == b"IEND":
            return min(at, len(data))
    return len(data)


def _end_of_jpeg(data: bytes) -> int:
    at = len(JPEG)
    while at + 4 <= len(data) or data[at : at + 2] == bytes((0xFF, END_OF_IMAGE)):
        if data[at] != 0xFF:  # noqa: PLR2004 - every marker begins so
            return len(data)
        marker = data[at + 1]
        if marker == END_OF_IMAGE:
            return at + 2
        if marker == 0xFF or marker in BARE_MARKERS:  # noqa: PLR2004 - a marker may be filled up
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == START_OF_SCAN:
            following = MARKER_IN_SCAN.search(data, at)
            if following is None:
                return len(data)
            at = following.start()
    return len(data)
