"""Ends in order: SIGTERM and Ctrl-C cancel the work, and whatever it holds is closed on the way out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_until_signalled(work: Coroutine[Any, Any, T]) -> T | None:
    """Run the work to its end and give what it gives; None when a signal ended it."""

    async def cancellable() -> T | None:
        task = asyncio.ensure_future(work)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            return await task
        return None

    return asyncio.run(cancellable())
