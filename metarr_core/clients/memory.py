"""What all processes remember of the providers, as clients need it; metarr_core.db.providers keeps it."""

from __future__ import annotations

from typing import Protocol

from metarr_core.domain.providers import KeptAnswer, Pause


class ProviderMemory(Protocol):
    """Shared by all processes. Every method raises DatabaseUnavailable."""

    async def answer(self, request: str) -> KeptAnswer | None:
        """The kept answer to a request."""

    async def keep(self, provider: str, request: str, answer: KeptAnswer) -> None:
        """Keep an answer, instead of the one before."""

    async def pause(self, provider: str) -> Pause | None:
        """The provider's pause, which may be over."""

    async def note_failure(self, provider: str) -> int:
        """Count a failure; gives how many are in a row."""

    async def note_pause(self, provider: str, pause: Pause) -> None:
        """Pause the provider."""

    async def note_success(self, provider: str) -> None:
        """End the row of failures, and the pause."""
