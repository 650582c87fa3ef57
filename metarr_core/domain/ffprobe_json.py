"""How ffprobe writes single values: numbers as text, fractions, "N/A", tags, dispositions and side data."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

Json = dict[str, Any]


def flag(stream: Json, name: str) -> bool:
    """A disposition of a stream."""
    return bool(stream.get("disposition", {}).get(name))


def tag(owner: Json, name: str) -> str | None:
    """A tag of a stream, chapter or file; None where it is empty."""
    return owner.get("tags", {}).get(name) or None


def language(stream: Json) -> str | None:
    """The language as the file has it; 'und' says nothing."""
    found = tag(stream, "language")
    return None if found == "und" else found


def side_data(owner: Json, kind: str) -> Json | None:
    """The first entry of a kind in the side data of a stream or frame."""
    entries: list[Json] = owner.get("side_data_list", [])
    return next((entry for entry in entries if entry.get("side_data_type") == kind), None)


def fraction(text: object) -> Fraction | None:
    """A number that may be written 24000/1001 or 32:27; None for 0, 0/0 and N/A."""
    try:
        return Fraction(str(text).replace(":", "/")) or None
    except (ValueError, ZeroDivisionError):
        return None


def whole(value: object) -> int | None:
    """A whole number above 0."""
    found = fraction(value)
    return int(found) if found and found > 0 else None


def seconds(value: object) -> float | None:
    """A time, to the millisecond; 0 is one."""
    try:
        return round(float(str(value)), 3)
    except ValueError:
        return None
