"""Many films at once: how they are cut into chunks, and how far they have come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from metarr_core.domain.ids import MovieId, TitleKey

CHUNK = 50
"""Films of one run. A run costs Prefect as much as half a film's work, so it has many; a lost run loses little."""
LARGEST_CHUNK = 100
RECENTLY = timedelta(minutes=5)
"""The rate is that of the last minutes: a provider's bad hour does not make the end look far for long."""
SECONDS_PER_MINUTE = 60.0
WHOLE = 100.0


def chunks(movie_ids: Sequence[MovieId], size: int = CHUNK) -> Iterator[list[MovieId]]:
    """The films of each run, in their order."""
    for start in range(0, len(movie_ids), size):
        yield list(movie_ids[start : start + size])


def chunk_key(movie_ids: Sequence[MovieId]) -> TitleKey:
    """The key of a chunk, by its first film: what begins with the same film runs one after another."""
    return TitleKey(f"chunk:enrich:{movie_ids[0]}")


@dataclass(frozen=True)
class Headway:
    """How far a bulk has come: its films, those that are done, and how many of them since a while ago."""

    total: int
    done: int
    not_enriched: int
    done_lately: int
    """Within RECENTLY of `at`."""
    began_at: datetime
    at: datetime

    @property
    def left(self) -> int:
        """Films that are still to be done."""
        return self.total - self.done

    @property
    def percent(self) -> float:
        """From 0 to 100; 100 also where there is nothing to do."""
        return WHOLE * self.done / self.total if self.total else WHOLE

    @property
    def per_minute(self) -> float:
        """Films a minute, lately."""
        seconds = min(self.at - self.began_at, RECENTLY).total_seconds()
        return self.done_lately * SECONDS_PER_MINUTE / max(seconds, 1.0)

    @property
    def ends_at(self) -> datetime | None:
        """When all are done if it goes on like this; None while that cannot be told."""
        if not self.left or not self.per_minute:
            return None
        return self.at + timedelta(minutes=self.left / self.per_minute)

    def __str__(self) -> str:
        told = f"{self.done} of {self.total} films done, {self.left} left"
        told += f", {self.not_enriched} of them could not be enriched" if self.not_enriched else ""
        if self.ends_at is not None:
            told += f"; {self.per_minute:.0f} a minute, the end is expected at {self.ends_at:%Y-%m-%d %H:%M} UTC"
        return told
