"""What a viewer has done with a film, as a player keeps it: how it is carried from one file of the film to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

BEFORE_THE_END = 5.0
"""Seconds: a player that resumes at a film's very end shows nothing, and counts it as watched."""
TOLERANCE = 1.0
"""Seconds by which a resume point may differ and be the same."""


@dataclass(frozen=True)
class Watched:
    """Times are the player's own, as `2024-05-06 20:15:00`, empty: never. The resume point in seconds, 0: none."""

    playcount: int = 0
    lastplayed: str = ""
    userrating: int = 0
    dateadded: str = ""
    position: float = 0.0
    total: float = 0.0

    def agrees_with(self, other: Watched) -> bool:
        """Whether both say the same, to a second."""
        near = abs(self.position - other.position) <= TOLERANCE
        return near and replace(self, position=0, total=0) == replace(other, position=0, total=0)


def carried_over(now: Watched, kept: Iterable[Watched], duration: float | None = None) -> Watched:
    """What a film's entry is to say: what it says now and what was kept, nothing of it lost.

    The resume point is that of the last time it was watched, within a film of `duration` seconds.
    """
    found = reduce(_both, kept, now)
    if duration is None or found.position == now.position:
        return found
    return replace(found, position=clamped(found.position, duration), total=duration)


def _both(now: Watched, kept: Watched) -> Watched:
    resumed = kept if kept.position and (not now.position or kept.lastplayed > now.lastplayed) else now
    if now.lastplayed > kept.lastplayed:
        resumed = now
    return Watched(
        playcount=max(now.playcount, kept.playcount),
        lastplayed=max(now.lastplayed, kept.lastplayed),
        userrating=now.userrating or kept.userrating,
        dateadded=min(filter(None, (now.dateadded, kept.dateadded)), default=""),
        position=resumed.position,
        total=resumed.total,
    )


def clamped(position: float, duration: float) -> float:
    """A position that a film of this length has, both in seconds."""
    return max(0.0, min(position, duration - BEFORE_THE_END))
