r"""The same folder under several names: POSIX (/media), Windows (D:\media, \\nas\media) and URL (smb://nas/media)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

_WINDOWS = re.compile(r"[A-Za-z]:(?:[\\/]|$)|\\\\")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class PathForm(Enum):
    """How a path is written."""

    POSIX = "posix"
    WINDOWS = "windows"
    URL = "url"


@dataclass(frozen=True)
class PathMapping:
    """A folder as one side sees it and as the other does."""

    source: str
    target: str


def path_form(path: str) -> PathForm:
    """How a path is written; anything unclear is POSIX."""
    if _URL.match(path):
        return PathForm.URL
    return PathForm.WINDOWS if _WINDOWS.match(path) else PathForm.POSIX


def parts(path: str, form: PathForm | None = None) -> tuple[str, ...]:
    """The parts of a path; `form` says how to read one that does not tell, such as a relative path."""
    match form or path_form(path):
        case PathForm.WINDOWS:
            return tuple(part for part in re.split(r"[\\/]+", path) if part)
        case PathForm.URL:
            scheme, found, rest = path.rpartition("://")
            return (*((scheme.casefold(),) if found else ()), *(part for part in rest.split("/") if part))
        case PathForm.POSIX:
            return tuple(part for part in path.split("/") if part)


def _folded(path: str) -> tuple[str, ...]:
    """The parts, so that equal folders compare equal: Windows does not tell cases apart."""
    found = parts(path)
    return tuple(part.casefold() for part in found) if path_form(path) is PathForm.WINDOWS else found


def translate(path: str, mappings: Sequence[PathMapping]) -> str | None:
    """A path as the other side sees it.

    The longest source wins, on segment boundaries (/data/mov is no prefix of /data/movies). No mappings at all: the
    path itself. Mappings, but none fits: None.
    """
    if not mappings:
        return path
    fitting = [mapping for mapping in mappings if is_within(path, mapping.source)]
    if not fitting:
        return None
    best = max(fitting, key=lambda mapping: len(parts(mapping.source)))
    rest = relative_parts(path, best.source)
    return join(best.target, *rest) + ("/" if path.endswith("/") and rest else "")


def is_within(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it."""
    if path_form(path) is not path_form(folder):
        return False
    inside, outside = _folded(path), _folded(folder)
    return inside[: len(outside)] == outside


def relative_parts(path: str, folder: str) -> tuple[str, ...]:
    """What of a path lies below a folder that it is within."""
    return parts(path)[len(parts(folder)) :]


def _separators(path: str) -> str:
    r"""What separates the parts of a path; elsewhere than on Windows, a \ is a letter like others."""
    return "/\\" if path_form(path) is PathForm.WINDOWS else "/"


def _separator(path: str) -> str:
    return "\\" if path_form(path) is PathForm.WINDOWS and "/" not in path else "/"


def join(root: str, *below: str) -> str:
    """A path below a root, in the root's own form."""
    return _separator(root).join([root.rstrip(_separators(root)), *below]) if below else root


def as_folder(path: str) -> str:
    """A folder with the separator at its end, as Kodi wants it."""
    return path if path.endswith(tuple(_separators(path))) else path + _separator(path)


def parent(path: str) -> str:
    """The folder above a path, in the path's own form; nothing is above /."""
    trimmed = path.rstrip(_separators(path))
    cut = max(trimmed.rfind(separator) for separator in _separators(path))
    return trimmed[: cut + 1] or trimmed or path
