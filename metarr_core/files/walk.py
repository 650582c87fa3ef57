"""Walks through a library. It survives folders that cannot be read, loops of links, and files that vanish meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from metarr_core.domain.scan_plan import Seen, Skipped, Walk
from metarr_core.domain.video_names import (
    DISCS,
    HIDING,
    further_parts,
    is_video,
    why_folder_is_passed_over,
    why_video_is_passed_over,
)
from metarr_core.errors import StorageUnavailable

NOT_UTF_8 = "its name is not UTF-8; rename it"
EMPTY = "it is empty; it may still be on its way"


@dataclass
class _Notes:
    root: str
    videos: list[Seen] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)
    links: set[tuple[int, int]] = field(default_factory=set)
    """Folders that were entered through a link, lest it leads round and round."""

    def skip(self, path: str, why: str) -> None:
        self.skipped.append(Skipped(_storable(path), why))

    def pass_over(self, folder: str, why: str) -> None:
        """What is known in a folder that is passed over stays as it is."""
        self.skip(folder, why)
        self.blind.append(folder)


def walk(root: Path, start: Path | None = None) -> Walk:
    """All films below a library's root, or below a folder in it. Raises StorageUnavailable where it cannot be read."""
    first = str(start or root)
    notes = _Notes(str(root))
    try:
        with os.scandir(first):
            pass
    except OSError as exc:
        raise StorageUnavailable(Path(first), f"{exc.strerror}; is the share mounted?") from exc
    folders = [first]
    while folders:
        folders += _look_into(folders.pop(), notes)
    videos = sorted(notes.videos, key=lambda seen: seen.path)
    return Walk(tuple(videos), tuple(notes.skipped), tuple(notes.blind))


def _look_into(folder: str, notes: _Notes) -> list[str]:
    """Note the films of a folder; gives the folders in it."""
    try:
        with os.scandir(folder) as scanned:
            entries = list(scanned)
    except OSError as exc:
        notes.pass_over(folder, f"it cannot be read: {exc.strerror}")
        return []
    if any(entry.name in HIDING for entry in entries) and folder != notes.root:
        notes.pass_over(folder, "it is hidden by a file in it")
        return []
    folders = list(_folders(folder, entries, notes))
    videos = {entry.name: entry for entry in entries if is_video(entry.name) and not _is_folder(entry)}
    parts = further_parts(videos) if len(videos) > 1 else {}
    for name, entry in videos.items():
        if first := parts.get(name):
            notes.skip(entry.path, f"a further part of {first}")
        elif folder != notes.root and (why := why_video_is_passed_over(name)):
            notes.skip(entry.path, why)
        else:
            _note(entry, notes)
    return folders


def _folders(folder: str, entries: list[os.DirEntry[str]], notes: _Notes) -> Iterator[str]:
    for entry in entries:
        if not _is_folder(entry):
            continue
        if opener := DISCS.get(entry.name.upper()):
            _note_disc(entry.path, opener, notes)
        elif why := why_folder_is_passed_over(entry.name, is_in_film=folder != notes.root):
            notes.pass_over(entry.path, why)
        elif entry.is_symlink() and _was_entered(entry, notes):
            notes.pass_over(entry.path, "a link to a folder that was looked into already")
        else:
            yield entry.path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _was_entered(entry: os.DirEntry[str], notes: _Notes) -> bool:
    """Whether a link leads to where the walk has been, or to a folder above it."""
    target = os.path.realpath(entry.path)
    if entry.path.startswith(f"{target}/") or target == os.path.realpath(notes.root):
        return True
    found = entry.stat()
    place = (found.st_dev, found.st_ino)
    if place in notes.links:
        return True
    notes.links.add(place)
    return False


def _note_disc(folder: str, opener: str, notes: _Notes) -> None:
    """A disc's folder is one film, which players open by one of its files."""
    try:
        names = {entry.name.upper(): entry for entry in os.scandir(folder)}
    except OSError as exc:
        notes.pass_over(folder, f"it cannot be read: {exc.strerror}")
        return
    if entry := names.get(opener.upper()):
        _note(entry, notes)
    else:
        notes.pass_over(folder, f"a disc without {opener}")


def _note(entry: os.DirEntry[str], notes: _Notes) -> None:
    if _storable(entry.path) != entry.path:
        notes.skip(entry.path, NOT_UTF_8)
        return
    try:
        found = entry.stat()
    except FileNotFoundError:
        return  # it went meanwhile, or is a link to nothing
    except OSError as exc:
        notes.skip(entry.path, f"it cannot be looked at: {exc.strerror}")
        return
    if not found.st_size:
        notes.skip(entry.path, EMPTY)
        return
    notes.videos.append(Seen(entry.path, found.st_size, found.st_mtime_ns))


def _storable(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
