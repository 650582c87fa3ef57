"""Looks whether everything is really there: NFO, artwork, rows, and the film on the player's screen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from deployments.demo.film import Film
from deployments.demo.kodi import KodiStandIn

ARTWORK = ("poster", "fanart", "clearlogo", "banner", "clearart", "discart", "landscape")


def shortcomings(film: Film, video: Path, movie: dict[str, Any], kodi: KodiStandIn) -> list[str]:
    """What is missing of a film, in words; nothing when all is well."""
    return [*_in_nfo(film, video), *_on_disk(video, movie), *_in_rows(film, movie), *_on_player(film, video, kodi)]


def _in_nfo(film: Film, video: Path) -> Iterator[str]:
    nfo = video.with_suffix(".nfo")
    if not nfo.exists():
        yield f"{nfo.name} is missing"
        return
    root = etree.fromstring(nfo.read_bytes())
    if root.findtext("title") != film.title:
        yield f"the NFO's title is {root.findtext('title')!r}"
    if root.findtext("uniqueid[@type='tmdb']") != str(film.tmdb_id):
        yield "the NFO lacks TMDB's id"
    names = {actor.findtext("name") for actor in root.iterfind("actor")}
    yield from (f"the NFO lacks {member.name}" for member in film.cast if member.name not in names)


def _on_disk(video: Path, movie: dict[str, Any]) -> Iterator[str]:
    published = {Path(row["path"]): row["sha256"] for row in movie["library_files"]}
    for kind in ARTWORK:
        pictures = [path for path in published if path.stem == f"{video.stem}-{kind}"]
        if not pictures:
            yield f"there is no {kind}"
        for picture in pictures:
            if hashlib.sha256(picture.read_bytes()).hexdigest() != published[picture]:
                yield f"{picture.name} is not what the database says"


def _in_rows(film: Film, movie: dict[str, Any]) -> Iterator[str]:
    if movie["identification_status"] != "enriched":
        yield f"the film is {movie['identification_status']}"
    if len(movie["actors"]) != len(film.cast):
        yield f"{len(movie['actors'])} of {len(film.cast)} actors are in the database"
    if not movie["streams"]["video"] or not movie["streams"]["audio"]:
        yield "the file was not probed"


def _on_player(film: Film, video: Path, kodi: KodiStandIn) -> Iterator[str]:
    if not kodi.called("VideoLibrary.Scan"):
        yield "the player was not told"
    shown = next((one for one in kodi.library.movies.values() if one.file == video), None)
    if shown is None:
        yield f"the player does not show {video.name}"
    elif missing := [kind for kind in ARTWORK if kind not in shown.details["art"]]:
        yield f"the player shows {film.title} without {', '.join(missing)}"
