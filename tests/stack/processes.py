"""Who was started by whom, as /proc tells."""

from __future__ import annotations

from pathlib import Path


def descendants(pid: int) -> list[int]:
    """Every process below one, the youngest generation last."""
    parents = {int(stat.parent.name): parent for stat in Path("/proc").glob("[0-9]*/stat") if (parent := _parent(stat))}
    found, generation = [], [pid]
    while generation := [child for child, parent in parents.items() if parent in generation]:
        found.extend(generation)
    return found


def _parent(stat: Path) -> int | None:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None  # it has ended meanwhile
