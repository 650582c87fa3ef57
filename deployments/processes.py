"""Who was started by whom, and how a process is ended with all that it started. Knows Linux's /proc and prctl."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
KIB_PER_MIB = 1024
NICENESS = 5
AUTOGROUP = Path("/proc/self/autogroup")


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Get this signal when the process that started this one is gone, however it ended. Linux only; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def be_called(name: str) -> None:
    """What `ps` and `top` call this process, of which the first 15 characters are kept. Linux only; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode())


def take_only_spare_cpu() -> None:
    """Leave the CPU to whoever else wants it, as all do that this process starts from now on.

    Where Linux groups processes by session, niceness counts within the group, and the group has one of its own.
    """
    os.nice(NICENESS)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            AUTOGROUP.write_text(str(NICENESS))


def memory_mb() -> float:
    """This process's resident memory, in MiB; 0 where /proc does not tell."""
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / KIB_PER_MIB
    return 0.0


def descendants(pid: int) -> list[int]:
    """Every process below one, the youngest generation last; none where /proc does not tell."""
    parents = {int(stat.parent.name): parent for stat in Path("/proc").glob("[0-9]*/stat") if (parent := _parent(stat))}
    found, generation = [], [pid]
    while generation := [child for child, parent in parents.items() if parent in generation]:
        found.extend(generation)
    return found


def _parent(stat: Path) -> int | None:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None  # it has ended meanwhile


def kill_tree(pid: int) -> None:
    """Kill a process and all below it, also what leads a session of its own, as ffprobe does."""
    for one in (pid, *descendants(pid)):
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(one) == one != os.getpgid(0):
                os.killpg(one, signal.SIGKILL)
            os.kill(one, signal.SIGKILL)
