"""Waits for what a player does by itself, which can only be asked for again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.05


async def wait_for(look: Callable[[], Awaitable[T]], is_done: Callable[[T], bool], seconds: float) -> T:
    """What is seen when it is done, or when the time is over: the caller sees which."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not is_done(seen := await look()) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - a player
        await asyncio.sleep(POLL_SECONDS)
    return seen
