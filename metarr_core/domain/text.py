"""Text that can be stored and written: PostgreSQL takes no NUL, UTF-8 no lone surrogate, XML no control character."""

from __future__ import annotations

import math
import re
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot store."""
    return _UNSTORABLE.sub("", text)


def xml_text(text: str) -> str:
    """The text without what XML 1.0 forbids even when escaped."""
    return _NOT_XML.sub("", text)


def storable_json(value: Any) -> Any:
    """A value of JSON without what PostgreSQL's jsonb cannot store: a number that is none becomes text."""
    match value:
        case str():
            return storable(value)
        case float() if not math.isfinite(value):
            return str(value)
        case list():
            return [storable_json(item) for item in value]
        case dict():
            return {storable(str(name)): storable_json(item) for name, item in value.items()}
        case _:
            return value
