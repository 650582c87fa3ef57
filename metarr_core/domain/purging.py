"""What the purge of a film does, as a value that can be shown before anything is touched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from metarr_core.domain.ids import MovieId
from metarr_core.domain.verification import Condition, Entry

NOT_OURS = {
    Condition.CHANGED: "somebody else wrote it",
    Condition.DAMAGED: "its bytes are not those that we wrote",
    Condition.UNFINISHED: "its bytes are not those that we wrote",
}
"""Why a file that stands where we published is left alone."""
A_VIDEO = "a film's file is never deleted; scans pass it over"
AN_ORIGINAL = "the picture is yours or another program's"


@dataclass(frozen=True)
class Spared:
    """A file that stays on disk, and why."""

    path: str
    why: str


@dataclass(frozen=True)
class PurgePlan:
    """What goes with a film, what stays, and what speaks against its purge for now."""

    movie_id: MovieId
    title: str
    purge_at: datetime
    reason: str
    ours: tuple[Entry, ...]
    """Files with our bytes: they are removed."""
    gone: tuple[str, ...]
    """Files of ours that are not there any more."""
    spared: tuple[Spared, ...]
    folders: tuple[str, ...]
    """Folders that are removed if nothing is left in them, the deepest first."""
    there_again: tuple[str, ...] = ()
    """Files of the film that were lost and are back: then the film comes back too."""
    hindrance: str = ""
    """Why it cannot be purged now; empty: it can."""

    @property
    def files(self) -> list[str]:
        """Paths of ours at which nothing stands after the purge: the same, however often it was begun."""
        return sorted([*(entry.path for entry in self.ours), *self.gone])

    @property
    def drafts_of(self) -> list[str]:
        """Paths beside which a killed write of ours may have left its draft: all of the ledger that are not removed."""
        return [*self.gone, *(one.path for one in self.spared if one.why != A_VIDEO)]

    def __str__(self) -> str:
        told = f"{self.title}: {len(self.ours)} files of ours, {len(self.spared)} spared"
        return f"{self.title}: {self.hindrance}" if self.hindrance else told


def folders_of(paths: Iterable[str], library: str) -> tuple[str, ...]:
    """The folders of files inside a library, the deepest first; never the library itself."""
    root = PurePath(library)
    folders = {PurePath(path).parent for path in paths}
    inside = [folder for folder in folders if folder != root and folder.is_relative_to(root)]
    return tuple(str(folder) for folder in sorted(inside, key=lambda folder: (-len(folder.parts), str(folder))))
