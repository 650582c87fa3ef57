"""The nursery: a process without threads that forks what it is asked for, and tells how each of them ended."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from multiprocessing.reduction import recv_handle
from typing import Any, NoReturn

from deployments.processes import die_with_parent

CONTEXT = multiprocessing.get_context("fork")
_is_a_fork = False


@dataclass(frozen=True)
class Order:
    """Fork a process, and call this in it: `package.module:function`. With `passes`, an end of a pipe follows the order."""

    call: str
    arguments: tuple[Any, ...] = ()
    passes: bool = False


@dataclass(frozen=True)
class Born:
    """A process was forked. The answer to each order."""

    pid: int


@dataclass(frozen=True)
class Ended:
    """A process has ended; `code` is negative for a signal."""

    pid: int
    code: int


def serve(line: Connection) -> NoReturn:
    """Fork until the other end of the line closes; then end, and with this process all that it has forked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches us too; whoever asks us decides
    living: dict[int, ForkProcess] = {}
    while True:
        for ready in wait([line, *living]):
            if isinstance(ready, int):
                line.send(_farewell(living.pop(ready)))
            elif (process := _next(line)) is not None:
                living[process.sentinel] = process
                line.send(Born(process.pid or 0))
            else:
                os._exit(0)


def _farewell(process: ForkProcess) -> Ended:
    process.join()
    return Ended(process.pid or 0, process.exitcode or 0)


def _next(line: Connection) -> ForkProcess | None:
    try:
        order: Order = line.recv()
        passed = (Connection(recv_handle(line)),) if order.passes else ()
    except (EOFError, OSError):
        return None
    process = CONTEXT.Process(target=_live, args=(line, order, passed))
    process.start()
    for one in passed:
        one.close()
    return process


def _live(line: Connection, order: Order, passed: tuple[Connection, ...]) -> None:
    """In the new process."""
    global _is_a_fork  # noqa: PLW0603 - it is of this process
    line.close()
    _is_a_fork = True
    module, _, function = order.call.partition(":")
    call: Callable[..., Any] = getattr(import_module(module), function)
    call(*passed, *order.arguments)


def forked() -> Connection | None:
    """The line to a nursery that is forked from this process and shares what it has imported.

    None where this process has not imported it, since no nursery bore it. Nothing may have started a thread yet.
    """
    if not _is_a_fork:
        return None
    ours, theirs = CONTEXT.Pipe()
    if os.fork() == 0:
        ours.close()
        die_with_parent()
        serve(theirs)
    theirs.close()
    return ours
