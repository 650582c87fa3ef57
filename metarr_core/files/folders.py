"""What can be done in a folder: found out by doing it, as modes tell little about network shares."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from metarr_core.files.mounts import is_mount

MOST_LOOKED_AT = 500
OTHERS_READ = 0o005


@dataclass(frozen=True)
class Folder:
    """A folder and the folders in it, as this process sees them."""

    path: Path
    entries: int
    folders: int
    mode: int
    is_mount: bool
    write_refusal: str | None
    """Why no file can be made in it; None: one can."""
    owners: frozenset[int]
    """The user ids that own the first 500 folders in it."""
    closed: tuple[Path, ...]
    """Those of them in which we may make no file."""

    @property
    def is_readable_by_others(self) -> bool:
        """Whether everybody may list it and pass through."""
        return self.mode & OTHERS_READ == OTHERS_READ


def look_into(path: Path) -> Folder:
    """A folder as it is. Raises OSError where it cannot be read."""
    entries = [entry for entry in os.scandir(path) if not entry.name.startswith(".")]
    inner = [entry for entry in entries if entry.is_dir(follow_symlinks=True)]
    looked_at = inner[:MOST_LOOKED_AT]
    return Folder(
        path=path,
        entries=len(entries),
        folders=len(inner),
        mode=path.stat().st_mode & 0o777,
        is_mount=is_mount(path),
        write_refusal=write_refusal(path),
        owners=frozenset(entry.stat().st_uid for entry in looked_at),
        closed=tuple(Path(entry.path) for entry in looked_at if not _is_open(entry.path)),
    )


def write_refusal(folder: Path) -> str | None:
    """Why no file can be made in a folder, by making one and taking it away; None: one can."""
    probe = folder / f".metarr-{secrets.token_hex(8)}"
    try:
        with probe.open("xb"):
            pass
        probe.unlink()
    except OSError as exc:
        return exc.strerror or str(exc)
    return None


def free_bytes(path: Path) -> int:
    """What is free where a path is or will be. Raises OSError."""
    return shutil.disk_usage(existing_part(path)).free


def existing_part(path: Path) -> Path:
    """The path itself, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _is_open(folder: str) -> bool:
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)
