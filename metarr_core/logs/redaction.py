"""Takes secrets out of texts: those of the settings wherever they stand, others by what stands before them.

Values shorter than six letters are known only by their place: hiding every `kodi` would leave no line to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote

from pydantic import BaseModel, SecretStr

HIDDEN = "***"
SHORTEST = 6
_NAMES = r"(?:x-)?api[_-]?key|client[_-]?key|access[_-]?token|password|passwd"
_BETWEEN = r"(?:['\"]\s*[:=,]|\s*[:=])\s*(?:b?['\"])?"

_PLACES = (
    re.compile(rf"(?i)(\b(?:proxy-)?authorization{_BETWEEN}(?:(?:basic|bearer|digest)\s+)?)[^\s'\",}})]+"),
    re.compile(r"(\b(?:[Bb]earer|[Bb]asic)\s+)(?=\S*[0-9A-Z=+/])[\w.~+/=-]{6,}"),
    re.compile(rf"(?i)(\b(?:{_NAMES}){_BETWEEN})(?!SecretStr)[^\s'\"&,;#)}}\]]+"),
    re.compile(r"(?i)([?&](?:token|key|secret)=)[^\s'\"&#]+"),
    re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^\s:/@'\"]*:)[^\s/'\"]+(?=@)"),
)
_PASSWORD_IN_ADDRESS = re.compile(r"://[^:/@\s]*:([^\s/]+)@")

_concealed: set[str] = set()
_known = re.compile(r"(?!)")


def conceal(secrets: Iterable[str] | BaseModel) -> None:
    """Never let these texts, or the secrets of these settings, into a log line of this process again."""
    global _known  # noqa: PLW0603 - one per process, as the logs themselves are
    found = list(_secrets_of(secrets) if isinstance(secrets, BaseModel) else secrets)
    passwords = [match[1] for text in found for match in _PASSWORD_IN_ADDRESS.finditer(text)]
    _concealed.update(spelling for text in (*found, *passwords) for spelling in _spellings(text))
    longest_first = sorted(_concealed, key=len, reverse=True)
    _known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def redact(text: str) -> str:
    """A text without secrets."""
    text = _known.sub(HIDDEN, text)
    for place in _PLACES:
        text = place.sub(rf"\g<1>{HIDDEN}", text)
    return text


def _spellings(secret: str) -> Iterator[str]:
    """A secret as it may stand in a text: plain, in an address, in a repr or in JSON."""
    spellings = {secret, unquote(secret), quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]}
    yield from (spelling for spelling in spellings if len(spelling) >= SHORTEST)


def _secrets_of(section: BaseModel) -> Iterator[str]:
    for value in dict(section).values():
        match value:
            case SecretStr():
                yield value.get_secret_value()
            case BaseModel():
                yield from _secrets_of(value)
            case list():
                yield from (text for item in value if isinstance(item, BaseModel) for text in _secrets_of(item))
