"""One warm child as the worker sees it: born in the nursery, asked over a pipe, gone when its end of it closes."""

from __future__ import annotations

import asyncio
import contextlib
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from deployments.nursery.asking import Forked, Nursery
from deployments.processes import kill_tree
from deployments.worker.orders import Answer, Ended, Gone, Halt, Ready, Run

LIFE = "deployments.worker.warmth:live"
WARM_WITHIN_SECONDS = 120.0
LEAVE_WITHIN_SECONDS = 10.0
HALT_WITHIN_SECONDS = 5.0


class Child:
    """A child process. `runs` counts the flow runs that it has been given; `is_worn` says that it should not have more."""

    def __init__(self, process: Forked, connection: Connection) -> None:
        self._process, self._connection = process, connection
        self._answers: asyncio.Queue[Answer] = asyncio.Queue()
        self._is_halted = False
        self.runs, self.memory_mb = 0, 0.0
        self.gone = asyncio.Event()
        self._ending = asyncio.Lock()
        asyncio.get_running_loop().add_reader(connection.fileno(), self._hear)

    @classmethod
    async def born(cls, nursery: Nursery) -> Child | None:
        """A child that is warm; None if it ended before, which its own log explains, or could not be started."""
        ours, theirs = Pipe()
        try:
            process = await nursery.fork(LIFE, passes=theirs)
        except OSError:
            ours.close()
            return None
        finally:
            theirs.close()
        child = cls(process, ours)
        is_warm = False
        try:
            is_warm = await child._warms_up()
        finally:
            if not is_warm:
                await child.killed()
        return child if is_warm else None

    async def _warms_up(self) -> bool:
        try:
            async with asyncio.timeout(WARM_WITHIN_SECONDS):
                return isinstance(await self._answers.get(), Ready)
        except TimeoutError:
            return False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def _hear(self) -> None:
        try:
            self._answers.put_nowait(self._connection.recv())
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(self._connection.fileno())
            self._answers.put_nowait(Gone())
            self.gone.set()

    async def carry_out(self, order: Run, limit_seconds: float) -> Answer | None:
        """Carry out a flow run; gives its end, Gone if the child was lost, or None if the time is over."""
        try:
            self._connection.send(order)
            async with asyncio.timeout(limit_seconds):
                answer = await self._answers.get()
        except TimeoutError:
            return None
        except OSError:
            return Gone()
        if isinstance(answer, Ended):
            self.memory_mb = answer.memory_mb
        return answer

    async def halt(self, how: Halt) -> None:
        """End the run that is under way, and with it this child: it may clean up, but not for long."""
        self._is_halted = True
        with contextlib.suppress(OSError):
            self._connection.send(how)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.gone.wait(), HALT_WITHIN_SECONDS)
        await self.killed()

    def is_worn(self, runs: int, memory_mb: float) -> bool:
        """Whether it has had its runs, has grown too large, was told to end, or is gone."""
        return self._is_halted or self.gone.is_set() or self.runs >= runs or self.memory_mb > memory_mb

    async def leave(self) -> None:
        """Let it send its last log lines and go; kill it if it does not."""
        if not self._is_halted:
            with contextlib.suppress(OSError):
                self._connection.send(None)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.gone.wait(), LEAVE_WITHIN_SECONDS)
        await self.killed()

    async def killed(self) -> None:
        """It is gone, whatever it was doing, with all that it had started."""
        async with self._ending:
            if not self.gone.is_set():
                await asyncio.to_thread(kill_tree, self.pid)
                await self.gone.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), HALT_WITHIN_SECONDS)

    @property
    def last_words(self) -> str:
        """How it ended, for a person."""
        code = self._process.returncode
        return f"it was ended by signal {-code}" if code is not None and code < 0 else f"it ended with code {code}"
