"""Ends work at one of its moments: before a statement to the database, or before a commit. What is open is rolled back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

Work = Callable[[], Awaitable[None]]


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class _Moments:
    def __init__(self, last: int | None) -> None:
        self.passed, self._last = 0, last

    def __call__(self, *_: Any) -> None:
        if self.passed == self._last:
            raise Killed
        self.passed += 1


@contextmanager
def _watched(moments: _Moments) -> Iterator[None]:
    for name in ("before_cursor_execute", "commit"):
        event.listen(Engine, name, moments)
    try:
        yield
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(Engine, name, moments)


async def counted(work: Work) -> int:
    """Do the work; gives how many moments it has."""
    moments = _Moments(None)
    with _watched(moments):
        await work()
    return moments.passed


async def killed_at(moment: int, work: Work) -> None:
    """Do the work up to a moment. Raises Killed there."""
    with _watched(_Moments(moment)):
        await work()
