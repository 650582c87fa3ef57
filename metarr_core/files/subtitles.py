"""Finds the subtitles that stand beside a film."""

from __future__ import annotations

from pathlib import Path, PurePath

from metarr_core.domain.media_info import SubtitleStream
from metarr_core.domain.subtitle_names import CODECS, belonging, read_name
from metarr_core.domain.track_titles import Role
from metarr_core.errors import StorageUnavailable

FOLDERS = {"subs", "subtitles", "vobsubs", "sub", "vobsub", "subtitle"}
"""Where else Kodi looks, in any case (CUtil::ScanForExternalSubtitles)."""


def subtitles_beside(video: Path) -> tuple[SubtitleStream, ...]:
    """The subtitles of a video that are files of their own, in the order of their paths. Raises StorageUnavailable."""
    names = _names(video.parent)
    folders = [video.parent, *(video.parent / name for name in sorted(names) if name.casefold() in FOLDERS)]
    return tuple(
        _stream(folder / name, added)
        for folder in folders
        for name, added in belonging(video.name, names if folder == video.parent else _names(folder), names)
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


def _stream(path: Path, added: str) -> SubtitleStream:
    told = read_name(added)
    return SubtitleStream(
        index=None,
        codec=CODECS[PurePath(path).suffix.lower()],
        language=told.spoken.language if told.spoken else None,
        region=told.spoken.region if told.spoken else None,
        title=told.title,
        is_default=Role.DEFAULT in told.roles,
        is_forced=Role.FORCED in told.roles,
        is_hearing_impaired=Role.HEARING_IMPAIRED in told.roles,
        is_commentary=Role.COMMENTARY in told.roles,
        external_path=str(path),
    )
