"""What a player plays, and how it goes on with another file of the same film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from metarr_core.domain.watched import clamped

LAST_SECOND = 1.0


@dataclass(frozen=True)
class Track:
    """An audio or subtitle track, as a player tells of it; empty: it tells nothing."""

    index: int
    language: str = ""
    name: str = ""
    codec: str = ""
    channels: int = 0
    is_forced: bool = False


@dataclass(frozen=True)
class Playing:
    """What a player plays. Position and total in seconds; a speed of 0 is a pause, other than 1 is winding."""

    file: str
    """As the player names it."""
    title: str
    position: float
    total: float | None
    speed: int
    audio: Track | None
    subtitle: Track | None
    """None: none is shown."""

    @property
    def is_paused(self) -> bool:
        """Whether the picture stands still."""
        return self.speed == 0

    @property
    def percentage(self) -> float | None:
        """How much of the film is over."""
        return 100 * self.position / self.total if self.total else None


def resumed_at(position: float, duration: float | None) -> float:
    """Where a film of this length goes on, both in seconds: at the same second, unless that is beyond its end."""
    if duration is None or position <= duration - LAST_SECOND:
        return position
    return clamped(position, duration)


def moved_on(position: float, speed: int, passed: timedelta, at_most: timedelta) -> float:
    """Where a film is that was last seen at a position; it is believed to have gone on for so long `at_most`."""
    return position + min(passed, at_most).total_seconds() * speed if speed > 0 else position


def same_track(wanted: Track, offered: Sequence[Track]) -> Track | None:
    """Which of a file's tracks is the one of another file: in its language, then most alike. None: it has none."""
    candidates = [one for one in offered if one.language == wanted.language]
    return max(candidates, key=lambda one: (_likeness(wanted, one), -one.index), default=None)


def _likeness(wanted: Track, other: Track) -> tuple[bool, bool, bool, bool]:
    return (
        wanted.is_forced == other.is_forced,
        wanted.name == other.name,
        wanted.channels == other.channels,
        wanted.codec == other.codec,
    )


def clock(seconds: float) -> str:
    """A position as people write it: 1:02:03."""
    return str(timedelta(seconds=int(seconds)))
