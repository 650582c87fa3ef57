"""Text that can be stored and written: PostgreSQL takes no NUL, UTF-8 no lone surrogate, XML no control character."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot store."""
    return _UNSTORABLE.sub("", text)


def xml_text(text: str) -> str:
    """The text without what XML 1.0 forbids even when escaped."""
    return _NOT_XML.sub("", text)
