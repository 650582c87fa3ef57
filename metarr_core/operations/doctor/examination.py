"""Runs checks beside each other, each within its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from metarr_core.errors import MetarrError
from metarr_core.operations.doctor.findings import Finding, Subject

T = TypeVar("T")

PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class Check:
    """A look at one thing."""

    about: Subject
    look: Callable[[], Awaitable[list[Finding]]]
    overdue: str = "look why it hangs: a share that has gone, or a machine that is overloaded"
    """What to do when it does not end in time."""


async def examine(checks: Sequence[Check], patience_seconds: float = PATIENCE_SECONDS) -> list[Finding]:
    """What all checks find, in their order."""
    found = await asyncio.gather(*(_within(check, patience_seconds) for check in checks))
    return [finding for findings in found for finding in findings]


async def _within(check: Check, seconds: float) -> list[Finding]:
    try:
        async with asyncio.timeout(seconds):
            return await check.look()
    except TimeoutError:
        return [check.about.problem(f"no answer within {seconds:g} s", check.overdue)]
    except (MetarrError, OSError) as exc:
        return [check.about.problem(str(exc), "see the sentence before")]


async def aside(look: Callable[[], T]) -> T:
    """The answer of something that may block for ever, as on a share that has gone, from a thread that holds up nobody."""
    loop, answer = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

    def settle(settled: Callable[[Any], None], value: Any) -> None:
        if not answer.done():
            settled(value)

    def run() -> None:
        try:
            outcome: tuple[Callable[[Any], None], Any] = (answer.set_result, look())
        except Exception as exc:  # noqa: BLE001 - it is raised where it is awaited
            outcome = (answer.set_exception, exc)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=run, name="metarr doctor", daemon=True).start()
    found: T = await answer
    return found
