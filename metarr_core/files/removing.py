"""Takes away what we wrote beside films: only our bytes, and folders only where nothing is left in them."""

from __future__ import annotations

import errno
from pathlib import Path

from metarr_core.errors import StorageUnavailable
from metarr_core.files.library import draft_of, sha256_of

STAYS = {errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY, errno.ENOTDIR}
"""Why a folder stays: something is in it, something is mounted on it, or it is a link."""


def is_link(path: str) -> bool:
    """Whether a link stands there: we write none."""
    return Path(path).is_symlink()


def remove_if_ours(path: Path, sha256: str) -> bool | None:
    """Remove a file whose bytes are these, and what a killed write of it left.

    False where others stand there, None where nothing does. Raises StorageUnavailable.
    """
    try:
        draft_of(path).unlink(missing_ok=True)
        if not path.exists():
            return None
        if path.is_symlink() or sha256_of(path) != sha256:
            return False
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        return None
    except OSError as exc:
        raise StorageUnavailable(path, exc.strerror or str(exc)) from exc
    return True


def drop_draft(path: Path) -> None:
    """Remove what a killed write of a file of ours left beside it. Raises StorageUnavailable."""
    try:
        draft_of(path).unlink(missing_ok=True)
    except NotADirectoryError:
        return
    except OSError as exc:
        raise StorageUnavailable(path, exc.strerror or str(exc)) from exc


def remove_if_empty(folder: Path) -> bool:
    """Remove a folder in which nothing is left; False where it stays. Raises StorageUnavailable."""
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError as exc:
        if exc.errno in STAYS:
            return False
        raise StorageUnavailable(folder, exc.strerror or str(exc)) from exc
    return True


def why_unreachable(library: Path) -> str:
    """Why nothing can be told of a library's files; empty: they can be looked at."""
    try:
        is_empty = next(library.iterdir(), None) is None
    except OSError as exc:
        return f"{library} cannot be read ({exc.strerror}); is the share mounted?"
    return f"{library} is empty; is the share mounted?" if is_empty else ""
