"""Which files of a library are films, by their names, and which belong to one: extras, samples, further parts.

Sources: Kodi's advancedsettings (stacking, excluded from scan), Plex's and Jellyfin's names for extras.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

EXTENSIONS = {".mkv", ".mp4", ".avi", ".m4v", ".mov", ".wmv", ".ts", ".m2ts", ".webm", ".mpg", ".iso"}
_ENDINGS = tuple(EXTENSIONS)
DISCS = {"BDMV": "index.bdmv", "VIDEO_TS": "VIDEO_TS.IFO"}
"""Folders that are one film, with the file by which players open it."""
HIDING = {".nomedia", ".ignore"}
"""A file of this name hides its folder."""

SYSTEM_FOLDERS = {
    *("@eadir", "#recycle", "#snapshot", "$recycle.bin", "system volume information", "lost+found"),
    *("extrafanart", "extrathumbs", "certificate", "@recycle", "@tmp"),
}
EXTRAS_FOLDERS = {
    *("extras", "extra", "featurettes", "featurette", "behind the scenes", "deleted scenes", "deleted", "interviews"),
    *("scenes", "shorts", "trailers", "trailer", "other", "sample", "samples", "clips", "subs", "subtitles", "proof"),
    *("backdrops", "theme-music", "bonus"),
}
_EXTRA = re.compile(
    r"-(?:trailer|sample|scene|clip|interview|short|featurette|behindthescenes|deleted(?:scene)?|other|extra)\d*$|"
    r"[._ ](?:sample|trailer)\d*$|^(?:sample|trailer)\d*$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?P<before>.*?)(?P<mark>[ _.\-]*(?:cd|dvd|p(?:ar)?t|dis[ck])[ _.\-]*)(?P<number>[1-9]|[a-d])(?P<after>[ _.\-\[({].*|)",
    re.IGNORECASE | re.DOTALL,
)


def why_folder_is_passed_over(name: str, *, is_in_film: bool) -> str:
    """Why nothing in a folder is a film; empty: something may be. Folders of extras count only inside a film's."""
    folded = name.casefold()
    if name.startswith("."):
        return "a hidden folder"
    if folded in SYSTEM_FOLDERS:
        return "a folder of another program"
    return "a folder of extras" if is_in_film and folded in EXTRAS_FOLDERS else ""


def is_video(name: str) -> bool:
    """Whether a file may be a film, by its ending."""
    return not name.startswith(".") and name.lower().endswith(_ENDINGS)


def why_video_is_passed_over(name: str) -> str:
    """Why a video is no film; empty: it is one."""
    return "an extra, a trailer or a sample" if _EXTRA.search(name.rpartition(".")[0]) else ""


def further_parts(names: Iterable[str]) -> Mapping[str, str]:
    """Of the videos of a folder, those that go on where another ends: their names, with that of the first part."""
    stacks: dict[tuple[str, ...], dict[int, str]] = defaultdict(dict)
    for name in names:
        stem, _, ending = name.rpartition(".")
        if part := _PART.fullmatch(stem):
            mark = re.sub(r"[^a-z]", "", part["mark"].casefold())
            key = (part["before"].casefold(), mark, part["after"].casefold(), ending.casefold())
            stacks[key].setdefault(_number(part["number"]), name)
    return {name: parts[1] for parts in stacks.values() if 1 in parts for number, name in parts.items() if number != 1}


def is_a_part(name: str) -> bool:
    """Whether a video's name says that it is a part of a film, as "cd1" does."""
    return _PART.fullmatch(name.rpartition(".")[0]) is not None


def has_other_films(names: Collection[str], mine: Collection[str]) -> bool:
    """Whether a folder with these files holds a film beside mine."""
    others = (name for name in names if is_video(name) and name not in mine and not why_video_is_passed_over(name))
    if not any(is_a_part(name) for name in mine):
        return any(others)
    left = list(others)
    return bool(set(left) - further_parts([*left, *mine]).keys())


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else ord(text.casefold()) - ord("a") + 1
