"""A process of the stack: started, started again when it ends, and stopped by its own pid."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

logger = logging.getLogger(__name__)

STOP_SECONDS = 40.0  # a worker gives what is under way 30 s
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
STABLE_SECONDS = 60.0
LARGEST_LOG_BYTES = 10 * 1024 * 1024
PR_SET_PDEATHSIG = 1
THRIFT = {
    # One heap for all threads, and what is free goes back to the system: else each picture's memory stays with its process.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}


class Child:
    """One process with a log file of its own."""

    def __init__(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], log_dir: Path) -> None:
        self.name = name
        self.log = log_dir / f"{name}.log"
        self._arguments, self._environment = arguments, environment
        self.process: asyncio.subprocess.Process | None = None
        self._stopping = False

    async def start(self) -> None:
        """Start it."""
        await asyncio.to_thread(_rotate, self.log)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self._arguments,
                env={**THRIFT, **self._environment, "PYTHONUNBUFFERED": "1"},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
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
                await self.start()

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


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _die_with_parent() -> None:
    """A stack that is killed takes its processes along; the next start would find their ports taken."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
