"""How files beside a film are named so that Kodi finds them: the video's own base name, whatever the folder is called."""

from __future__ import annotations

import re
from pathlib import PurePath

LONGEST_NAME = 255
"""Bytes in a file name, on every file system that matters."""


def nfo_name(video: str) -> str:
    """The NFO of a video. movie.nfo would count only in one of Kodi's two modes."""
    return f"{PurePath(video).stem}.nfo"


def artwork_name(video: str, artwork_type: str, position: int, extension: str) -> str:
    """The picture of a video: film-poster.jpg, and film-fanart1.jpg for the second fanart."""
    number = str(position) if position else ""
    return f"{PurePath(video).stem}-{artwork_type}{number}.{extension}"


def is_beside(video: str, name: str, artwork_type: str | None) -> bool:
    """Whether a file is named as the NFO (no artwork type), or a picture of this type, of a video."""
    if artwork_type is None:
        return name == nfo_name(video)
    ours = re.escape(f"{PurePath(video).stem}-{artwork_type}") + r"\d*\.\w+"
    return re.fullmatch(ours, name, re.DOTALL) is not None


def ending_of(name: str, artwork_type: str | None) -> str:
    """What the name of an NFO (no artwork type) or of a picture of this type has behind the video's: -fanart1.jpg."""
    found = re.search(rf"-{re.escape(artwork_type)}\d*\.\w+$", name) if artwork_type else None
    return found.group() if found else PurePath(name).suffix


def fits(name: str) -> bool:
    """Whether a file system takes the name."""
    return len(name.encode("utf-8", "surrogateescape")) <= LONGEST_NAME


def is_artwork_of(video: str, artwork_type: str, name: str) -> bool:
    """Whether this is what a picture of a video is called, whatever its place and format."""
    number = PurePath(name).stem.removeprefix(f"{PurePath(video).stem}-{artwork_type}")
    return number != PurePath(name).stem and (not number or number.isdecimal())
