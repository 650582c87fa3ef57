"""Whether a folder is a mount point, also of a folder of the same file system, which no `stat` tells."""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")
"""Linux tells there what is mounted where; see proc_pid_mountinfo(5). Elsewhere only `stat` is asked."""
PLACE = 4
_ESCAPED = re.compile(rb"\\([0-7]{3})")


def is_mount(folder: Path) -> bool:
    """Whether something is mounted on a folder, or on what it links to."""
    return folder.is_mount() or os.fsencode(os.path.realpath(folder)) in _places()


def _places() -> set[bytes]:
    try:
        lines = MOUNTINFO.read_bytes().splitlines()
    except OSError:
        return set()
    return {_ESCAPED.sub(lambda one: bytes([int(one[1], 8)]), line.split(b" ")[PLACE]) for line in lines}
