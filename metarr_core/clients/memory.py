"""What all processes remember of the providers, as clients need it; metarr_core.db.providers keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from metarr_core.domain.providers import KeptAnswer, Pause, Turn


class ProviderMemory(Protocol):
    """Shared by all processes. Every method raises DatabaseUnavailable."""

    async def question(
        self, provider: str, request: str, now: datetime, each: timedelta, *, is_patient: bool
    ) -> tuple[KeptAnswer | None, Turn | None]:
        """The kept answer to a request and, unless it is a refusal, a turn to ask again, as `turn` gives it."""

    async def keep(self, provider: str, request: str, answer: KeptAnswer) -> None:
        """Keep an answer, instead of the one before."""

    async def pause(self, provider: str) -> Pause | None:
        """The provider's pause, which may be over."""

    async def turn(self, provider: str, each: timedelta, *, is_patient: bool) -> Turn:
        """Take the next turn to ask the provider, of which there is one in `each`; a patient one takes only a free one."""

    async def note_failure(
        self, provider: str, now: datetime, key_fingerprint: str, pause_after: Callable[[int], Pause | None]
    ) -> None:
        """Count a failure, and pause the provider where so many in a row ask for it."""

    async def note_success(self, provider: str, now: datetime, key_fingerprint: str) -> None:
        """End the row of failures; a pause that others with this key keep stays."""
