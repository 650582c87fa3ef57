"""Writes beside the user's films: whole or not at all, readable by everybody, and owned like the folder.

A draft is named by its target, so that a killed write leaves at most one draft, which the next write uses up.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from metarr_core.domain.ids import Sha256
from metarr_core.errors import StorageUnavailable


@dataclass(frozen=True)
class Written:
    """A file as it is on disk."""

    sha256: Sha256
    size: int
    mtime_ns: int


def read(path: Path) -> bytes | None:
    """A file's bytes; None where there is none, but maybe a folder. Raises StorageUnavailable."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None
    except OSError as exc:
        raise StorageUnavailable(path, exc.strerror or str(exc)) from exc


def read_small(path: Path, most_bytes: int) -> bytes | None:
    """A file's bytes; None where there is none, or it is larger, or no file. Raises StorageUnavailable."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # whoever opens a pipe waits for ever
            return None
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise StorageUnavailable(path, exc.strerror or str(exc)) from exc
    return data if len(data) <= most_bytes else None


def sha256(data: bytes) -> Sha256:
    """The hash of bytes."""
    return Sha256(hashlib.sha256(data).hexdigest())


def sha256_of(path: Path) -> Sha256:
    """The hash of a file's bytes. Raises StorageUnavailable."""
    try:
        with path.open("rb") as file:
            return Sha256(hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as exc:
        raise StorageUnavailable(path, exc.strerror or str(exc)) from exc


def draft_of(target: Path) -> Path:
    """Where a file is written before it takes its place."""
    return target.with_name(f".metarr-{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}.tmp")


def write(target: Path, data: bytes, mode: int) -> Written:
    """Write a file through a draft in the same folder. Raises StorageUnavailable; then nothing has changed."""
    draft = draft_of(target)
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        _own_like_folder(draft)
        draft.replace(target)
        found = target.stat()
    except OSError as exc:
        _drop(draft)
        raise StorageUnavailable(target, exc.strerror or str(exc)) from exc
    return Written(sha256(data), found.st_size, found.st_mtime_ns)


def remove(path: Path) -> None:
    """Remove a file; one that is not there is as good as removed. Raises StorageUnavailable."""
    try:
        path.unlink(missing_ok=True)
    except OSError as exc:
        raise StorageUnavailable(path, exc.strerror or str(exc)) from exc


def make_folder(folder: Path) -> bool:
    """Make a folder that is gone, and those above it, open and owned like the first that is there; False: it was there.

    Raises StorageUnavailable.
    """
    try:
        if folder.is_dir():
            return False
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(folder.parent.stat().st_mode & 0o777)
        _own_like_folder(folder)
    except OSError as exc:
        raise StorageUnavailable(folder, exc.strerror or str(exc)) from exc
    return True


def _own_like_folder(draft: Path) -> None:
    """As root, hand what we made to the folder's owner, or Radarr could not replace it."""
    if os.geteuid() == 0:
        folder = draft.parent.stat()
        os.chown(draft, folder.st_uid, folder.st_gid)


def _drop(draft: Path) -> None:
    try:
        draft.unlink(missing_ok=True)
    except OSError:
        return  # the folder itself is gone or read-only: so is the draft
