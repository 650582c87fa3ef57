"""A nursery as those see it who ask it for processes, from an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import Any

from deployments.nursery.process import Born, Ended, Order

LOST = -signal.SIGKILL
"""How a process ended of which nobody can tell any more, since its nursery is gone, and it with it."""


class NurseryLost(ConnectionError):
    """The nursery has ended; the next order starts another one."""

    def __str__(self) -> str:
        return "the process that forks the others has ended"


class Forked:
    """A process that a nursery has forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def returncode(self) -> int | None:
        """How it ended, negative for a signal; None while it lives."""
        return self._code.result() if self._code.done() else None

    async def wait(self) -> int:
        """How it ended, once it has."""
        return await asyncio.shield(self._code)

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it is still there."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def has_ended(self, code: int) -> None:
        """Its nursery says so, or can say nothing any more."""
        if not self._code.done():
            self._code.set_result(code)


class Nursery:
    """Forks processes. It is the one at the other end of a line, else one of its own, started when the first is wanted."""

    def __init__(
        self, line: Connection | None = None, environment: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        self._line, self._environment, self._log = line, environment, log
        self._living: dict[int, Forked] = {}
        self._starting = asyncio.Lock()
        self._expected: deque[asyncio.Future[Forked]] = deque()
        self._process: asyncio.subprocess.Process | None = None
        if line is not None:
            self._listen_to(line)

    @property
    def pid(self) -> int | None:
        """Its process, where it is one of its own."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Let it begin with its imports, before anything is asked for."""
        async with self._starting:
            if self._line is None:
                self._line = await self._started()

    async def fork(self, call: str, *arguments: Any, passes: Connection | None = None) -> Forked:
        """A new process in which `package.module:function` is called, with what is passed first. Raises NurseryLost."""
        await self.start()
        line = self._line
        born: asyncio.Future[Forked] = asyncio.get_running_loop().create_future()
        if line is None:
            raise NurseryLost
        self._expected.append(born)
        try:
            line.send(Order(call, arguments, passes is not None))
            if passes is not None:
                send_handle(line, passes.fileno(), None)
        except OSError:
            self._lose(line)
        return await born

    async def close(self) -> None:
        """End it, and with it whoever it has forked and still lives."""
        if self._line is not None:
            self._lose(self._line)
        if self._process is not None:
            await self._process.wait()

    async def _started(self) -> Connection:
        ours, theirs = Pipe()
        if self._log is not None:
            self._log.parent.mkdir(parents=True, exist_ok=True)
        with theirs, contextlib.nullcontext() if self._log is None else self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "deployments.nursery", str(theirs.fileno())),
                env=self._environment,
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=log is not None,
            )
        self._listen_to(ours)
        return ours

    def _listen_to(self, line: Connection) -> None:
        asyncio.get_running_loop().add_reader(line.fileno(), self._hear, line)

    def _hear(self, line: Connection) -> None:
        try:
            told: Born | Ended = line.recv()
        except (EOFError, OSError):
            self._lose(line)
            return
        if isinstance(told, Ended):
            self._living.pop(told.pid).has_ended(told.code)
        else:
            born, self._living[told.pid] = self._expected.popleft(), Forked(told.pid)
            if not born.done():
                born.set_result(self._living[told.pid])

    def _lose(self, line: Connection) -> None:
        asyncio.get_running_loop().remove_reader(line.fileno())
        line.close()
        self._line = None
        for forked in self._living.values():
            forked.has_ended(LOST)
        self._living.clear()
        while self._expected:
            if not (born := self._expected.popleft()).done():
                born.set_exception(NurseryLost())
