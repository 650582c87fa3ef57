"""What tells whether a file is still the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fingerprint:
    """A file as it was seen. Size in bytes; `file_hash` is 32 hex digits over its size and samples of its bytes."""

    size: int
    mtime_ns: int
    inode: str
    file_hash: str
