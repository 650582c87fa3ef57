"""What a scan would do, as a value that can be shown before anything is touched: from what was seen and what is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from metarr_core.domain.ids import FileId, MovieId

PERCENT = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """A video as the walk saw it; size in bytes."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is no film, or could not be looked at, and why."""

    path: str
    why: str


@dataclass(frozen=True)
class Walk:
    """What a walk saw. `blind`: folders of which it knows nothing; what is known in them is not missing."""

    videos: tuple[Seen, ...]
    skipped: tuple[Skipped, ...] = ()
    blind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A file as it is recorded. `is_missing`: it was gone already; `is_kept`: it stayed when its film went to the trash."""

    id: FileId
    movie_id: MovieId
    path: str
    size: int
    mtime_ns: int
    file_hash: str | None
    is_missing: bool
    is_kept: bool
    in_trash: bool
    is_ignored: bool = False
    """A person ignores its film: nobody misses it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A known file with what stands there now: under another path where it moved."""

    known: Known
    seen: Seen


@dataclass(frozen=True)
class Plan:
    """What is to be done. `touched` have another time and the same bytes."""

    added: tuple[Seen, ...] = ()
    changed: tuple[Found, ...] = ()
    touched: tuple[Found, ...] = ()
    moved: tuple[Found, ...] = ()
    returned: tuple[Found, ...] = ()
    removed: tuple[Known, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unchanged: int = 0
    refusal: str = ""
    """Why nothing is removed, although files are missing; empty: they go."""

    @property
    def total(self) -> int:
        """Videos that were seen."""
        return (
            len(self.added) + len(self.changed) + len(self.touched) + len(self.moved) + len(self.returned) + self.unchanged
        )

    def __str__(self) -> str:
        counts = ("added", "changed", "moved", "returned", "removed")
        told = ", ".join(f"{len(getattr(self, name))} {name}" for name in counts)
        refused = f"; nothing is removed: {self.refusal}" if self.refusal else ""
        return f"{self.total} videos: {told}, {self.unchanged + len(self.touched)} unchanged{refused}"


@dataclass
class Differences:
    """What differs by size and time, before any byte is read."""

    new: list[Seen] = field(default_factory=list)
    differing: list[Found] = field(default_factory=list)
    returned: list[Found] = field(default_factory=list)
    gone: list[Known] = field(default_factory=list)
    """Files that were there and are not; a file elsewhere may be one of them."""
    lost: list[Known] = field(default_factory=list)
    """Files that were gone before and still are, or that nobody misses."""
    unchanged: int = 0


def differences(walk: Walk, known: Sequence[Known], ignored: Collection[str] = ()) -> Differences:
    """Compare. Files that a user or a purge left on disk on purpose are nobody's business."""
    found, left = Differences(), {file.path: file for file in known}
    for seen in walk.videos:
        file = left.pop(seen.path, None)
        if file is None:
            found.new += [seen] if seen.path not in ignored else []
        elif file.is_missing:
            found.returned.append(Found(file, seen))
        elif (file.size, file.mtime_ns) != (seen.size, seen.mtime_ns) and not file.is_kept:
            found.differing.append(Found(file, seen))
        else:
            found.unchanged += 1
    passed_over = {one.path for one in walk.skipped}
    for file in left.values():
        if file.path not in passed_over and not _is_inside(file.path, walk.blind):
            (found.lost if file.is_missing or file.is_ignored else found.gone).append(file)
    return found


def _is_inside(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def pairs_to_compare(found: Differences) -> dict[int, tuple[list[Seen], list[Known]]]:
    """New files and files that are gone, by size: of the same size, they may be the same file, elsewhere."""
    sizes = {file.size for file in (*found.gone, *found.lost)}
    by_size: dict[int, tuple[list[Seen], list[Known]]] = {}
    for seen in found.new:
        if seen.size in sizes:
            by_size.setdefault(seen.size, ([], []))[0].append(seen)
    for file in (*found.gone, *found.lost):
        if file.size in by_size and file.file_hash:
            by_size[file.size][1].append(file)
    return by_size


def why_refused(gone: int, still_seen: int, max_percent: int, max_files: int) -> str:
    """Why so many missing files are more likely a disk that is away; empty: they may go."""
    known = gone + still_seen
    if not gone or gone * PERCENT <= max_percent * known or (gone <= max_files and still_seen):
        return ""
    return (
        f"{gone} of {known} known videos are missing, more than scan.max_removal_percent ({max_percent} %) and"
        f" scan.max_removal_files ({max_files}) allow; is the disk there?"
        " If they are gone for good, scan with 'Confirm removal'"
    )
