"""In which condition a file is that we published."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from metarr_core.domain.ids import MovieId
from metarr_core.domain.kodi_names import is_beside


class Condition(StrEnum):
    """What has become of a published file."""

    INTACT = "intact"
    """Size and time are those of the ledger, or its bytes are."""
    MISSING = "missing"
    DAMAGED = "damaged"
    """Empty, or no picture or NFO that anybody could read."""
    UNFINISHED = "unfinished"
    """A write was killed: what stands there may be what we wrote before."""
    CHANGED = "changed"
    """Somebody else wrote it."""


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: what we wrote where. `mtime_ns` is 0 until the write is confirmed."""

    movie_id: MovieId
    path: str
    artwork_type: str | None
    sha256: str
    size: int
    mtime_ns: int

    def stands_beside(self, video: PurePath) -> bool:
        """Whether it is the NFO of this video, or a picture of it."""
        path = PurePath(self.path)
        return video.parent == path.parent and is_beside(video.name, path.name, self.artwork_type)


@dataclass(frozen=True)
class Finding:
    """A published file in its condition; `mtime_ns` is that of an intact file whose time differs from the ledger's."""

    entry: Entry
    condition: Condition
    mtime_ns: int | None = None
