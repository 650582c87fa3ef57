"""Ends work at one of its moments: before a statement to the database, before a commit, or before a file is changed.

What is open in the database is rolled back; what was done to files stays.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
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


FILE_CHANGES = ("unlink", "rmdir", "rename", "replace", "link", "mkdir", "fsync", "chmod")


@contextmanager
def _watched(moments: _Moments) -> Iterator[None]:
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in FILE_CHANGES:
            patch.setattr(os, name, _after(moments, getattr(os, name)))
        for name in ("before_cursor_execute", "commit"):
            event.listen(Engine, name, moments)
            stack.callback(event.remove, Engine, name, moments)
        yield


def _after(moments: _Moments, change: Callable[..., Any]) -> Callable[..., Any]:
    def changed(*args: Any, **more: Any) -> Any:
        moments()
        return change(*args, **more)

    return changed


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
