"""Why a film's files are looked for, and what follows where none is found."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """What a look is for."""

    LOOK = "look"
    """What is gone is found out, and its days begin."""
    DELETED = "deleted"
    """A person deleted the file: without another, the film goes to the trash when its time is over."""
    MISSING = "missing"
    """The file vanished: the same, unless so many did that their disk is more likely away."""
    AWAITED = "awaited"
    """An upgrade was announced: without its file, that is told, and nothing else happens."""


def purpose_of(delete_reason: str | None) -> Purpose:
    """What follows from a MovieFileDelete that makes room for nothing. Only `manual` is a person's word."""
    return Purpose.DELETED if (delete_reason or "").casefold() == "manual" else Purpose.MISSING
