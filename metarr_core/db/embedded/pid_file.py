"""The server's pid file. It outlives a crash, and after a reboot its pid may belong to anybody, another PostgreSQL too."""

from __future__ import annotations

import logging
import os
from pathlib import Path

logger = logging.getLogger(__name__)

PID, PORT = 0, 3
"""Lines of the file."""


def forget_foreign(data: Path) -> None:
    """Remove the pid file where its process is no server of this folder: PostgreSQL would believe that it runs."""
    file = data / "postmaster.pid"
    if file.exists() and _is_foreign(data):
        logger.warning("removing %s: its process is no server of this folder", file)
        file.unlink()


def may_be_ours(data: Path) -> bool:
    """Whether there is a pid file, and nothing says that its process is somebody else."""
    return (data / "postmaster.pid").exists() and not _is_foreign(data)


def port(data: Path) -> int | None:
    """The port in the pid file."""
    return _number(data, PORT)


def _number(data: Path, line: int) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().splitlines()[line])
    except (OSError, ValueError, IndexError):
        return None


def _is_foreign(data: Path) -> bool:
    """Only what is certain counts: two servers on one folder would be the end of it."""
    try:
        command = Path("/proc", str(_number(data, PID)), "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False  # gone, which PostgreSQL sees itself, or a system without /proc
    if Path(os.fsdecode(command[0])).name != "postgres":
        return True
    folder = Path(os.fsdecode(command[command.index(b"-D") + 1])) if b"-D" in command else Path()
    return folder.is_absolute() and not _is_same(folder, data)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
