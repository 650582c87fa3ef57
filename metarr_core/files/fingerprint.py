"""Tells whether a video is still the same without reading it whole: its size, its ends, and eight samples between."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from metarr_core.domain.fingerprint import Fingerprint
from metarr_core.errors import FileNotVisibleYet, StorageUnavailable

END_BYTES = 64 * 1024
SAMPLE_BYTES = 16 * 1024
SAMPLES = 8


def fingerprint(path: Path) -> Fingerprint:
    """Take a file's fingerprint. Raises FileNotVisibleYet where there is no file, StorageUnavailable otherwise."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            return Fingerprint(
                size=found.st_size,
                mtime_ns=found.st_mtime_ns,
                inode=f"{found.st_dev}:{found.st_ino}",
                file_hash=_sampled(file.fileno(), found.st_size),
            )
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as exc:
        raise FileNotVisibleYet(path) from exc
    except OSError as exc:
        raise StorageUnavailable(path, exc.strerror or str(exc)) from exc


def _sampled(descriptor: int, size: int) -> str:
    digest = hashlib.blake2b(str(size).encode(), digest_size=16)
    digest.update(os.pread(descriptor, END_BYTES, 0))
    for number in range(1, SAMPLES + 1):
        digest.update(os.pread(descriptor, SAMPLE_BYTES, size * number // (SAMPLES + 1)))
    digest.update(os.pread(descriptor, END_BYTES, max(size - END_BYTES, 0)))
    return digest.hexdigest()


def is_there(path: Path) -> bool:
    """Whether a file is there. Raises StorageUnavailable where that cannot be told: a failed question is no 'no'."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as exc:
        raise StorageUnavailable(path, exc.strerror or str(exc)) from exc
    return True


def is_unchanged(path: Path, size: int, mtime_ns: int) -> bool:
    """Whether a file can be seen and has the size and time that it had."""
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (size, mtime_ns)
