"""A part of the stack: a command of ours, forked from the nursery."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from deployments.cli import main
from deployments.nursery.asking import Nursery
from deployments.processes import be_called, die_with_parent
from deployments.stack.child import Child, Process

COMMAND = "deployments.stack.part:command"


class Part(Child):
    """A command of ours with a log file of its own, forked from the nursery instead of started anew."""

    def __init__(self, name: str, arguments: Sequence[str], nursery: Nursery, log_dir: Path) -> None:
        super().__init__(name, arguments, {}, log_dir)
        self._nursery = nursery

    async def _begun(self) -> Process:
        return await self._nursery.fork(COMMAND, f"metarr-{self.name}", str(self.log), list(self._arguments))


def command(name: str, log: str, arguments: list[str]) -> None:
    """In the process of a part: carry the command out and exit with its status."""
    die_with_parent(signal.SIGTERM)
    be_called(name)
    os.setsid()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, sys.stdout.fileno())
    os.dup2(descriptor, sys.stderr.fileno())
    os.close(descriptor)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main(arguments)
