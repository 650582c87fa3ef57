"""A film's details as Kodi's "Local information only" takes them from an NFO and from the pictures beside a video."""

import ctypes
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from deployments.demo.kodi_textures import image_url

Json = dict[str, Any]
Element = etree._Element  # noqa: SLF001  the only name lxml gives to the type

TEXTS = {
    "title": "title",
    "originaltitle": "originaltitle",
    "sorttitle": "sorttitle",
    "plot": "plot",
    "plotoutline": "outline",
    "tagline": "tagline",
    "mpaa": "mpaa",
    "trailer": "trailer",
}
LISTS = {"genre": "genre", "country": "country", "director": "director", "writer": "credits"} | {
    name: name for name in ("studio", "tag", "showlink")
}
STREAMS: dict[str, dict[str, type[str] | type[int] | type[float]]] = {
    "video": {
        "aspect": float,
        "codec": str,
        "duration": int,
        "hdrtype": str,
        "height": int,
        "language": str,
        "stereomode": str,
        "width": int,
    },
    "audio": {"channels": int, "codec": str, "language": str},
    "subtitle": {"language": str},
}


def read_movie(nfo: Path) -> Element | None:
    """The `<movie>` of an NFO, as forgiving as Kodi (a bare &, a trailing URL); None if there is nothing to read."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(nfo.read_bytes(), parser)
    except (OSError, etree.XMLSyntaxError):
        return None
    # A recovering parser gives None where nothing could be recovered, whatever the stubs say.
    return root if root is not None and root.tag == "movie" and _text(root, "title") else None


def details_of(movie: Element) -> Json:
    """Everything GetMovieDetails says that comes from the NFO alone."""
    premiered = _text(movie, "premiered")
    details: Json = {name: _text(movie, tag) for name, tag in TEXTS.items()}
    details |= {name: [item.text or "" for item in movie.iterfind(tag)] for name, tag in LISTS.items()}
    return details | {
        "label": details["title"],
        "premiered": premiered,
        "year": _number(premiered[:4] or _text(movie, "year")),
        "top250": _number(_text(movie, "top250")),
        "userrating": _number(_text(movie, "userrating")),
        "playcount": _number(_text(movie, "playcount")),
        # Kodi keeps the date and makes the time 00:00:00.
        "lastplayed": f"{day} 00:00:00" if (day := _text(movie, "lastplayed")[:10]) else "",
        "dateadded": _text(movie, "dateadded"),
        "set": _text(movie, "set/name") or _text(movie, "set"),
        "cast": _cast(movie),
        **_ratings(movie),
        **_ids(movie),
        **_streams(movie),
    }


def art_of(video: Path, names: Iterable[str], movie: Element) -> dict[str, str]:
    """The art by type: `<video base name>-TYPE.jpg|png` among the folder's names, else what the NFO points to."""
    pattern = re.compile(re.escape(video.stem) + r"-([a-z0-9]+)\.(?:jpg|png)")
    found = [(match[1], name) for name in names if (match := pattern.fullmatch(name))]
    art = {thumb.get("aspect", "poster"): image_url(thumb.text) for thumb in movie.iterfind("thumb") if thumb.text}
    if fanart := _text(movie, "fanart/thumb"):
        art["fanart"] = image_url(fanart)
    art |= {kind: image_url(str(video.parent / name)) for kind, name in found}
    return art | {"icon": "image://DefaultVideo.png/"}


def _text(parent: Element, path: str) -> str:
    return (parent.findtext(path) or "").strip()


def _number(text: str) -> int:
    digits = text.replace(",", "")
    return int(digits) if digits.isdecimal() else 0


def _decimal(text: str) -> float:
    """A number with the precision of Kodi's database, in which 7.4 is 7.400000095367432."""
    try:
        return ctypes.c_float(float(text)).value
    except ValueError:
        return 0.0


def _cast(movie: Element) -> list[Json]:
    rows = []
    for position, actor in enumerate(movie.iterfind("actor")):
        order = _text(actor, "order")
        row: Json = {"name": _text(actor, "name"), "order": _number(order) if order else position}
        thumb = _text(actor, "thumb")
        rows.append(row | {"role": _text(actor, "role")} | ({"thumbnail": image_url(thumb)} if thumb else {}))
    return sorted(rows, key=lambda row: int(row["order"]))


def _ratings(movie: Element) -> Json:
    ratings: dict[str, Json] = {}
    for rating in movie.iterfind("ratings/rating"):
        scale = _decimal(rating.get("max", "10")) / 10 or 1.0
        ratings[rating.get("name", "default")] = {
            "default": rating.get("default") == "true",
            "rating": _decimal(str(_decimal(_text(rating, "value")) / scale)),
            "votes": _number(_text(rating, "votes")),
        }
    chosen = _default(list(ratings.values())) or {"rating": 0.0, "votes": 0}
    return {"ratings": ratings, "rating": chosen["rating"], "votes": str(chosen["votes"])}


def _default(rows: Sequence[Json]) -> Json | None:
    return next((row for row in rows if row["default"]), rows[0] if rows else None)


def _ids(movie: Element) -> Json:
    rows = [
        {"type": item.get("type", "unknown"), "value": item.text, "default": item.get("default") == "true"}
        for item in movie.iterfind("uniqueid")
        if item.text
    ]
    chosen = _default(rows)
    return {"uniqueid": {row["type"]: row["value"] for row in rows}, "imdbnumber": chosen["value"] if chosen else ""}


def _streams(movie: Element) -> Json:
    """The NFO's stream details. Kodi prefers those of the real file, unless `myvideos.extractflags` is off."""
    streams = {
        kind: [_stream(item, fields) for item in movie.iterfind(f"fileinfo/streamdetails/{kind}")]
        for kind, fields in STREAMS.items()
    }
    seconds = next((video["duration"] for video in streams["video"] if video["duration"]), 0)
    return {"streamdetails": streams, "runtime": seconds or _number(_text(movie, "runtime")) * 60}


def _stream(item: Element, fields: dict[str, type[str] | type[int] | type[float]]) -> Json:
    row: Json = {}
    for name, kind in fields.items():
        text = _text(item, "durationinseconds" if name == "duration" else name)
        row[name] = text.lower() if kind is str else _number(text) if kind is int else _decimal(text)
    return row
