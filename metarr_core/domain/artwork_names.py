"""How other programs name the artwork of a film: beside the video by its name, or in a folder of its own by its type."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from metarr_core.domain.artwork import ArtworkType

ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
OTHER_NAMES = {
    "folder": ArtworkType.POSTER,
    "cover": ArtworkType.POSTER,
    "movie": ArtworkType.POSTER,
    "backdrop": ArtworkType.FANART,
    "background": ArtworkType.FANART,
    "logo": ArtworkType.CLEARLOGO,
    "disc": ArtworkType.DISCART,
    "cdart": ArtworkType.DISCART,
}
_NUMBERED = re.compile(r"(?P<name>[a-z]+?)-?(?P<number>\d{0,2})")


def artwork_beside(video: str, names: Iterable[str], *, is_own_folder: bool) -> dict[ArtworkType, list[str]]:
    """The pictures of a video among the files of its folder, by type, in the order of their places.

    What is named after the video comes before what is named after its type alone, which counts only in a folder of its own.
    """
    stem = PurePath(video).stem
    found: dict[ArtworkType, list[tuple[bool, int, str]]] = {}
    for name in names:
        path = PurePath(name)
        if path.suffix.lower() not in ENDINGS:
            continue
        is_named = path.stem.startswith(f"{stem}-")
        rest = path.stem[len(stem) + 1 :] if is_named else path.stem
        told = _NUMBERED.fullmatch(rest.casefold()) if is_named or is_own_folder else None
        kind = _type(told["name"]) if told else None
        if told and kind:
            found.setdefault(kind, []).append((not is_named, int(told["number"] or 0), name))
    return {kind: [name for *_, name in sorted(pictures)] for kind, pictures in found.items()}


def _type(name: str) -> ArtworkType | None:
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    return ArtworkType(name) if name in list(ArtworkType) else None
