"""Values as providers send them: missing, empty, 0, or strings where numbers should be. What is odd says nothing."""

from __future__ import annotations

import math
from datetime import date
from typing import Any, TypeVar

from metarr_core.domain.text import storable

N = TypeVar("N", int, float)

LARGEST = 2**53
"""No honest number of a provider is larger, and none that is fits into a column."""


def as_object(value: Any) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def as_text(value: Any) -> str | None:
    """Text that says something."""
    return storable(value).strip() or None if isinstance(value, str) else None


def as_number(value: Any, kind: type[N]) -> N | None:
    """A number, also from a string; 0 says nothing, and neither does one that no column holds."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return kind(number) or None if math.isfinite(number) and abs(number) < LARGEST else None


def as_date(value: Any) -> date | None:
    """A day, from the first ten characters of a date or time."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
