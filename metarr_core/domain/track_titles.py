"""Roles of sound and subtitles that only their titles tell: many files say "Forced" or "SDH" there and set no flag."""

from __future__ import annotations

import re
from enum import StrEnum


class Role(StrEnum):
    """What a track is for, besides the plain film."""

    DEFAULT = "default"
    FORCED = "forced"
    HEARING_IMPAIRED = "hearing_impaired"
    VISUAL_IMPAIRED = "visual_impaired"
    COMMENTARY = "commentary"


_SAID = {
    Role.FORCED: r"(?<!non)(?<!non[ -])(?<!not )forced",
    Role.HEARING_IMPAIRED: r"sdh|cc|hearing[ -]impaired|closed captions?",
    Role.VISUAL_IMPAIRED: r"audio descri(?:ption|bed)|descriptive(?: audio)?|visual(?:ly)?[ -]impaired",
    Role.COMMENTARY: r"commentar(?:y|ies)",
}
_PATTERNS = {role: re.compile(rf"\b(?:{said})\b", re.IGNORECASE) for role, said in _SAID.items()}


def roles_of(title: str | None) -> set[Role]:
    """The roles that a title names."""
    return {role for role, pattern in _PATTERNS.items() if title and pattern.search(title)}
