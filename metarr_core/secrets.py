"""Secrets that Metarr makes for itself and keeps, readable by its own user only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from metarr_core.errors import StorageUnavailable


def kept_secret(path: Path) -> tuple[str, bool]:
    """The secret kept at a path, and whether it was made just now. Raises StorageUnavailable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if text := _read(path):
            return text, False
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        _write(draft, secrets.token_urlsafe(32))
        try:
            os.link(draft, path)  # fails where another process was quicker: then its secret counts
        except FileExistsError:
            return _read(path), False
        finally:
            draft.unlink()
        return _read(path), True
    except OSError as exc:
        raise StorageUnavailable(path, f"{exc.strerror}; paths.data_dir must be writable") from exc


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        return ""


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
