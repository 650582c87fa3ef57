"""Subtitles beside a film: which of them are the film's, and what their names tell.

Kodi takes every subtitle whose name begins with the video's and reads the words behind it (CUtil::ScanForExternalSubtitles,
GetExternalStreamDetailsFromFilename in its source); roles other than default and forced are Jellyfin's and Bazarr's words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from metarr_core.domain.languages import Spoken, read_language
from metarr_core.domain.track_titles import Role, roles_of

CODECS = {
    ".srt": "subrip",
    ".ass": "ass",
    ".ssa": "ass",
    ".vtt": "webvtt",
    ".sup": "hdmv_pgs_subtitle",
    ".idx": "dvd_subtitle",
    ".sub": "microdvd",
}
"""ffmpeg's names by suffix. A .sub beside an .idx is the other half of a VobSub."""

VIDEOS = {
    *(".mkv", ".mp4", ".m4v", ".mov", ".avi", ".wmv", ".webm", ".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".vob"),
    *(".flv", ".ogm", ".divx", ".iso"),
}

_BOUNDARY = re.compile(r"$|[._-]| ?[\[(]")
"""What parts a video's name from the words about a subtitle: "Alien 3.srt" is not Alien's."""

_BRACKETS = re.compile(r"[\[\](){}]")
_UNDETERMINED = ("", "und", "mul", "zxx")
_WORDS = re.compile(r"[\s_-]+")
_ROLES = {
    "default": Role.DEFAULT,
    "forced": Role.FORCED,
    "foreign": Role.FORCED,
    "sdh": Role.HEARING_IMPAIRED,
    "cc": Role.HEARING_IMPAIRED,
    "hi": Role.HEARING_IMPAIRED,
    "commentary": Role.COMMENTARY,
}


@dataclass(frozen=True)
class SubtitleName:
    """What a subtitle's name tells."""

    spoken: Spoken | None
    roles: frozenset[Role]
    title: str | None


def belonging(video: str, names: Iterable[str], neighbours: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The subtitles among the names of a folder that are this video's, each with what its name adds to the video's.

    `neighbours` stand beside the video: a subtitle that begins with a longer name of another film is that film's.
    """
    mine = _stem(video)
    films = [_stem(name) for name in _beginning(mine, neighbours) if PurePath(name).suffix.lower() in VIDEOS]
    rivals = [stem for stem in films if len(stem) > len(mine)]
    found = []
    for name in _readable(sorted(_beginning(mine, names))):
        added = _added(mine, _stem(name))
        if added is not None and not any(_added(rival, _stem(name)) is not None for rival in rivals):
            found.append((name, added))
    return found


def _beginning(stem: str, names: Iterable[str]) -> list[str]:
    """Those of the names, of which there may be thousands, that begin with a video's."""
    wanted = stem.casefold()
    return [name for name in names if unicodedata.normalize("NFC", name).casefold().startswith(wanted)]


def _readable(names: Sequence[str]) -> list[str]:
    """A VobSub is its .idx; one without its .sub cannot be shown."""
    pairs = {(_stem(name).casefold(), PurePath(name).suffix.lower()) for name in names}

    def whole(name: str) -> bool:
        stem, suffix = _stem(name).casefold(), PurePath(name).suffix.lower()
        if suffix == ".idx":
            return (stem, ".sub") in pairs
        return suffix in CODECS and not (suffix == ".sub" and (stem, ".idx") in pairs)

    return [name for name in names if whole(name)]


def _stem(name: str) -> str:
    return unicodedata.normalize("NFC", PurePath(name).stem)


def _added(video: str, subtitle: str) -> str | None:
    if not subtitle.casefold().startswith(video.casefold()):
        return None
    added = subtitle[len(video) :]
    return added if _BOUNDARY.match(added) else None


def read_name(added: str) -> SubtitleName:
    """What the words behind a video's name tell. The last language counts, as for Kodi; what is left is the title."""
    parts = [word for part in added.split(".") for word in _words(part)]
    spoken, roles, rest = None, set[Role](), list[str]()
    for place in range(len(parts) - 1, -1, -1):
        part = parts[place]
        if (role := _role(part, parts[:place])) is not None:
            roles.add(role)
        elif spoken is None and (language := read_language(part)):
            spoken = language
        else:
            rest.insert(0, part)
    title = " ".join(rest) or None
    return SubtitleName(spoken, frozenset(roles | roles_of(title)), title)


_IDX_LANGUAGE = re.compile(r"^id: *([a-z]{2}), *index:", re.MULTILINE)


def vobsub_languages(idx: str) -> list[Spoken]:
    """The languages of a VobSub, which holds several and names them in its index: "id: en, index: 0"."""
    found = (read_language(word) for word in dict.fromkeys(_IDX_LANGUAGE.findall(idx)))
    return [spoken for spoken in found if spoken]


def _words(part: str) -> list[str]:
    """A part as it is ("pt-BR", "Chinese (Simplified)", a title), or its words if each says something ("English SDH")."""
    if read_language(part):
        return [part]
    pieces = [piece.strip(" _-") for piece in _BRACKETS.split(part)]
    return [word for piece in pieces if piece.casefold() not in _UNDETERMINED for word in _known_words(piece)]


def _known_words(piece: str) -> list[str]:
    words = _WORDS.split(piece)
    return words if all(word.casefold() in _ROLES or read_language(word) for word in words) else [piece]


def _role(part: str, before: Sequence[str]) -> Role | None:
    """A bare "hi" is Hindi; behind a language it says "hearing impaired"."""
    word = part.casefold()
    return None if word == "hi" and not any(map(read_language, before)) else _ROLES.get(word)
