"""Finds the subtitles that stand beside a film."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from metarr_core.domain.media_info import SubtitleStream
from metarr_core.domain.subtitle_names import CODECS, SubtitleName, belonging, read_name, vobsub_languages
from metarr_core.domain.track_titles import Role
from metarr_core.errors import StorageUnavailable

FOLDERS = {"subs", "subtitles", "vobsubs", "sub", "vobsub", "subtitle"}
"""Where else Kodi looks, in any case (CUtil::ScanForExternalSubtitles)."""

LONGEST_INDEX = 4 * 1024 * 1024
"""Bytes of an .idx; a film's in ten languages has about one million."""


def subtitles_beside(video: Path) -> tuple[SubtitleStream, ...]:
    """The subtitles of a video that are files of their own, in the order of their paths. Raises StorageUnavailable."""
    names = _names(video.parent)
    folders = [video.parent, *(video.parent / name for name in sorted(names) if name.casefold() in FOLDERS)]
    return tuple(
        stream
        for folder in folders
        for name, added in belonging(video.name, names if folder == video.parent else _names(folder), names)
        for stream in _streams(folder / name, read_name(added))
    )


def _names(folder: Path) -> list[str]:
    """What is in a folder; nothing where it may not be read or is none. Names that are no Unicode cannot be stored."""
    try:
        names = [path.name for path in folder.iterdir()]
    except (NotADirectoryError, PermissionError):
        return []
    except OSError as exc:
        raise StorageUnavailable(folder, exc.strerror or str(exc)) from exc
    return [name for name in names if name == name.encode(errors="ignore").decode()]


def _streams(path: Path, told: SubtitleName) -> list[SubtitleStream]:
    """One, but of a VobSub whose name tells no language one for each that its index names."""
    if path.suffix.lower() != ".idx" or told.spoken:
        return [_stream(path, told)]
    spoken = vobsub_languages(_index(path))
    return [_stream(path, replace(told, spoken=one)) for one in spoken] or [_stream(path, told)]


def _index(path: Path) -> str:
    """The text of an .idx, or nothing of one that cannot be read: its subtitle is there all the same."""
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_INDEX).decode("latin-1")
    except OSError:
        return ""


def _stream(path: Path, told: SubtitleName) -> SubtitleStream:
    return SubtitleStream(
        index=None,
        codec=CODECS[path.suffix.lower()],
        language=told.spoken.language if told.spoken else None,
        region=told.spoken.region if told.spoken else None,
        title=told.title,
        is_default=Role.DEFAULT in told.roles,
        is_forced=Role.FORCED in told.roles,
        is_hearing_impaired=Role.HEARING_IMPAIRED in told.roles,
        is_commentary=Role.COMMENTARY in told.roles,
        external_path=str(path),
    )
