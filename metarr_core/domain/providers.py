"""What is remembered of a provider, and when nobody asks it for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

FAILURES_TO_PAUSE = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)
NEGATIVE_FOR = timedelta(days=1)
"""So long a provider's 'I do not have it' is believed."""


@dataclass(frozen=True)
class KeptAnswer:
    """An answer that may be used again. `status` is 200 or 404."""

    status: int
    etag: str | None
    body: bytes
    fetched_at: datetime

    def is_refusal(self, now: datetime) -> bool:
        """Whether the provider said lately that it has nothing there: it is not asked again."""
        return self.status == HTTPStatus.NOT_FOUND and now - self.fetched_at < NEGATIVE_FOR


@dataclass(frozen=True)
class Pause:
    """A provider is not asked until then, and why. `key_fingerprint`: another key ends the pause."""

    until: datetime
    why: str
    key_fingerprint: str | None = None


@dataclass(frozen=True)
class Turn:
    """When a provider may be asked: in so many seconds. If it `is_ours` it is kept for us, else one asks again by then."""

    seconds: float
    is_ours: bool
    pause: Pause | None
    """The provider's pause, which may be over."""
    is_well: bool
    """Nothing of it has failed since it last answered."""


def breaker_pause(failures: int, now: datetime, why: str) -> Pause | None:
    """The pause after so many failures in a row: none at first, then longer and longer."""
    if failures < FAILURES_TO_PAUSE:
        return None
    doublings = min(failures - FAILURES_TO_PAUSE, 10)
    return Pause(now + min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE), f"{failures} failures in a row; the last: {why}")


def is_in_force(pause: Pause | None, now: datetime, key_fingerprint: str) -> bool:
    """Whether a pause holds for whoever has this key."""
    if pause is None or pause.until <= now:
        return False
    return pause.key_fingerprint is None or pause.key_fingerprint == key_fingerprint
