"""A process of the stack: started, started again when it ends, and stopped by its own pid."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from deployments.processes import die_with_parent

logger = logging.getLogger(__name__)

STOP_SECONDS = 40.0  # a worker gives what is under way 30 s
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
STABLE_SECONDS = 60.0
LARGEST_LOG_BYTES = 10 * 1024 * 1024
THRIFT = {
    # One heap for all threads, and what is free goes back to the system: else each picture's memory stays with its process.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}


class Process(Protocol):
    """A running program or a forked part."""

    @property
    def pid(self) -> int:
        """Its process id."""

    @property
    def returncode(self) -> int | None:
        """How it ended, negative for a signal; None while it lives."""

    async def wait(self) -> int:
        """How it ended, once it has."""

    def send_signal(self, number: int, /) -> None:
        """Send it a signal."""


class Child:
    """A program with a log file of its own."""

    def __init__(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], log_dir: Path) -> None:
        self.name = name
        self.log = log_dir / f"{name}.log"
        self._arguments, self._environment = arguments, environment
        self.process: Process | None = None
        self._stopping = False

    async def start(self) -> None:
        """Start it."""
        await asyncio.to_thread(_rotate, self.log)
        self.process = await self._begun()

    async def _begun(self) -> Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self._arguments,
                env=thrifty(self._environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, signal.SIGTERM),  # the next start would find its port taken
            )

    async def keep_running(self) -> None:
        """Start it again whenever it ends, after a pause that grows while it keeps ending."""
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE_SECONDS
        while self.process is not None:
            started = loop.time()
            code = await self.process.wait()
            if self._stopping:
                return
            pause = FIRST_PAUSE_SECONDS if loop.time() - started > STABLE_SECONDS else pause
            logger.warning("%s ended with code %s and is started again; its log is %s", self.name, code, self.log)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            if not self._stopping:
                await self._start_again()

    async def _start_again(self) -> None:
        try:
            await self.start()
        except OSError as exc:
            logger.warning("%s does not start: %s", self.name, exc)  # its process is still the one that has ended

    async def stop(self) -> None:
        """Ask it to end, and end it with all that it started if it does not."""
        self._stopping = True
        if self.process is None:
            return
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()


def thrifty(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that gives memory back, and whose log lines are there at once."""
    return {**THRIFT, **environment, "PYTHONUNBUFFERED": "1"}


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
