"""What processes cost, as /proc tells: CPU seconds with all that they have started, and memory that is theirs (PSS)."""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Iterable
from pathlib import Path

from deployments.processes import descendants

KIB_PER_MIB = 1024


def everybody(roots: Iterable[int]) -> set[int]:
    """Processes with all that is below them."""
    return {pid for root in roots for pid in (root, *descendants(root))}


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system time, also of processes below them that have ended."""
    return sum(_ticks(pid) for pid in everybody(roots)) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    with contextlib.suppress(OSError):
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return 0


def pss_mib(roots: Iterable[int]) -> float:
    """Memory, where pages that several share count once, in MiB."""
    return sum(_pss_kib(pid) for pid in everybody(roots)) / KIB_PER_MIB


def _pss_kib(pid: int) -> int:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return 0


def most_mib() -> float:
    """The most memory that this program has had, in MiB; `getrusage` counts that of who started it, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / KIB_PER_MIB


def described() -> str:
    """This machine, for a person, with its load: others may be at work on it."""
    model = next((line.partition(":")[2].strip() for line in _cpu_lines() if line.startswith("model name")), "")
    load = os.getloadavg()[1]
    return f"{os.cpu_count()} cores ({model or platform.machine()}), Python {platform.python_version()}, load {load:.1f}"


def _cpu_lines() -> list[str]:
    with contextlib.suppress(OSError):
        return Path("/proc/cpuinfo").read_text().splitlines()
    return []
