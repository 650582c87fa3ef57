"""Waiting for something another program does: asked again and again, up to a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

PAUSE = 0.05


def until(ask: Callable[[], Answer], goal: str, seconds: float = 30) -> Answer:
    """The first truthy answer; AssertionError naming the goal when there is none within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain: {goal}")
        time.sleep(PAUSE)
    return answer
