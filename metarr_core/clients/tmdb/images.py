"""TMDB's pictures as candidates. A poster without text is key art too; a backdrop with text is Kodi's landscape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from metarr_core.clients.json_values import as_number, as_object, as_objects, as_text
from metarr_core.domain.artwork import ArtworkType, Candidate

NO_LANGUAGE = {None, "xx", "null", "none"}
WITH_TEXT = {"posters": ArtworkType.POSTER, "backdrops": ArtworkType.LANDSCAPE, "logos": ArtworkType.CLEARLOGO}
WITHOUT_TEXT = {
    "posters": (ArtworkType.POSTER, ArtworkType.KEYART),
    "backdrops": (ArtworkType.FANART,),
    "logos": (ArtworkType.CLEARLOGO,),
}


def candidates(image_sets: Iterable[Any], image_base_url: str) -> tuple[Candidate, ...]:
    """Every picture that TMDB offers, once for each type that it fits."""
    found = {
        (artwork_type, path): _candidate(artwork_type, f"{image_base_url}/original/{path.lstrip('/')}", image)
        for images in image_sets
        for kind in WITH_TEXT
        for image in as_objects(as_object(images).get(kind))
        if (path := as_text(image.get("file_path")))
        for artwork_type in _types(kind, _language(image))
    }
    return tuple(found.values())


def _language(image: dict[str, Any]) -> str | None:
    language = as_text(image.get("iso_639_1"))
    return None if language in NO_LANGUAGE else language


def _types(kind: str, language: str | None) -> tuple[ArtworkType, ...]:
    if language is None:
        return WITHOUT_TEXT[kind]
    return (ArtworkType.LANDSCAPE, ArtworkType.FANART) if kind == "backdrops" else (WITH_TEXT[kind],)


def _candidate(artwork_type: ArtworkType, url: str, image: dict[str, Any]) -> Candidate:
    return Candidate(
        type=artwork_type,
        provider="tmdb",
        url=url,
        language=_language(image),
        width=as_number(image.get("width"), int) or 0,
        height=as_number(image.get("height"), int) or 0,
        vote_average=as_number(image.get("vote_average"), float) or 0.0,
        vote_count=as_number(image.get("vote_count"), int) or 0,
    )
