"""The files of the cache, shelf by shelf: what lies there, and taking it away."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from metarr_core.errors import StorageUnavailable
from metarr_core.files.cache import Cache

ASSETS, INCOMING = "assets", "incoming"
SHELVES = tuple(f"{number:02x}" for number in range(256))
_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,5}")
_DRAFT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Lying:
    """A file of the cache: its path as in the database, its size in bytes, and the second of its last change."""

    path: str
    size: int
    changed_at: float

    @property
    def content_hash(self) -> str:
        """The hash by which it is named."""
        return PurePosixPath(self.path).stem


def check_there(cache: Cache) -> None:
    """Raises StorageUnavailable where the cache has no contents at all: it is not mounted."""
    if not (cache.root / ASSETS).is_dir():
        raise StorageUnavailable(cache.root, "the cache has no folder 'assets'; is its disk mounted?")


def lying_on(cache: Cache, shelf: str) -> dict[str, Lying]:
    """What lies on a shelf, by hash. What is not named as ours is left out. Raises StorageUnavailable."""
    found = (
        Lying(f"{ASSETS}/{shelf}/{folder.name}/{file.name}", file.stat().st_size, file.stat().st_mtime)
        for folder in _entries(cache.root / ASSETS / shelf)
        if folder.is_dir(follow_symlinks=False)
        for file in _entries(Path(folder.path))
        if _NAME.fullmatch(file.name) and file.is_file(follow_symlinks=False)
    )
    return {one.content_hash: one for one in found}


def stale_drafts(cache: Cache, before: float) -> list[Lying]:
    """Contents that were on their way into the cache before that second, and never came. Raises StorageUnavailable."""
    found = (
        Lying(f"{INCOMING}/{file.name}", file.stat().st_size, file.stat().st_mtime)
        for file in _entries(cache.root / INCOMING)
        if _DRAFT.fullmatch(file.name) and file.is_file(follow_symlinks=False)
    )
    return [one for one in found if one.changed_at < before]


def take_away(cache: Cache, path: str) -> bool:
    """Remove a file; False where it was gone. Raises StorageUnavailable."""
    target = cache.path(path)
    try:
        target.unlink()
    except FileNotFoundError:
        return False
    except OSError as exc:
        raise StorageUnavailable(target, exc.strerror or str(exc)) from exc
    return True


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as exc:
        raise StorageUnavailable(folder, exc.strerror or str(exc)) from exc
