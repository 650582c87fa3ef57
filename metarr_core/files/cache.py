"""The cache: one file per content, named by its SHA-256: assets/ab/cd/abcd….jpg. Paths in the database are relative."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePosixPath

from metarr_core.domain.ids import Sha256
from metarr_core.errors import StorageUnavailable


class Cache:
    """The cache below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, relative: str) -> Path:
        """Where a content lies."""
        return self.root / relative

    def check_writable(self) -> None:
        """Raises StorageUnavailable, naming the setting, where nothing can be written."""
        probe = self.draft(f"probe of {os.getpid()}")
        try:
            probe.write_bytes(b"probe")
            probe.unlink()
        except OSError as exc:
            raise StorageUnavailable(self.root, f"{exc.strerror}; paths.cache_dir must be writable") from exc

    def draft(self, name: str) -> Path:
        """Where a content that is on its way is written; the same name gives the same place, so that nothing piles up."""
        folder = self.root / "incoming"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StorageUnavailable(folder, f"{exc.strerror}; paths.cache_dir must be writable") from exc
        return folder / hashlib.sha256(name.encode()).hexdigest()[:32]

    def keep(self, draft: Path, content_hash: Sha256, extension: str) -> str:
        """Move a complete draft to its place and give its relative path. Twice is the same as once."""
        relative = PurePosixPath("assets", content_hash[:2], content_hash[2:4], f"{content_hash}.{extension}")
        target = self.path(str(relative))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            draft.replace(target)
        except OSError as exc:
            raise StorageUnavailable(target, f"{exc.strerror}; paths.cache_dir must be writable") from exc
        return str(relative)

    def keep_bytes(self, data: bytes, extension: str) -> tuple[Sha256, str]:
        """Put bytes into the cache; gives their hash and relative path."""
        content_hash = Sha256(hashlib.sha256(data).hexdigest())
        draft = self.draft(content_hash)
        try:
            draft.write_bytes(data)
        except OSError as exc:
            raise StorageUnavailable(draft, f"{exc.strerror}; paths.cache_dir must be writable") from exc
        return content_hash, self.keep(draft, content_hash, extension)
