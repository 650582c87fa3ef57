"""What an NFO tells of a film, whoever wrote it, and how one knows which of it somebody changed.

Numbers that every program fills in for itself (ratings, votes) are not read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree
from pydantic import ValidationError

from metarr_core.domain.manual import ManualMetadata
from metarr_core.domain.nfo_keeping import parsed

_TEXTS = {
    "title": "title",
    "original_title": "originaltitle",
    "sort_title": "sorttitle",
    "plot": "plot",
    "tagline": "tagline",
    "certification": "mpaa",
    "trailer_url": "trailer",
}
_LISTS = {
    "genres": "genre",
    "studios": "studio",
    "countries": "country",
    "tags": "tag",
    "directors": "director",
    "writers": "credits",
}
_TAGS = {
    **{name: (tag,) for name, tag in (_TEXTS | _LISTS).items()},
    "year": ("year",),
    "runtime": ("runtime",),
    "release_date": ("premiered",),
    "collection": ("set",),
    "actors": ("actor",),
    "crew": ("director", "credits"),
    "rating": ("ratings",),
    "votes": ("ratings",),
}
_SEVERAL_IN_ONE = re.compile(r"\s+/\s+")
"""How Kodi and Jellyfin put several names into one tag."""


def read_nfo(data: bytes) -> dict[str, Any]:
    """The fields that an NFO tells of, as ManualMetadata takes them; what makes no sense is left out."""
    root = parsed(data)
    if root is None:
        return {}
    told: dict[str, Any] = {name: _text(root, tag) for name, tag in _TEXTS.items()}
    told |= {name: _names(root, tag) for name, tag in _LISTS.items()}
    told |= {"year": _number(root, "year"), "runtime": _number(root, "runtime")}
    told |= {"release_date": _text(root, "premiered") or _text(root, "releasedate")}
    told |= {"collection": _text(root, "set/name") or _text(root, "set"), "actors": _actors(root)}
    return {name: value for name, value in told.items() if value and _makes_sense(name, value)}


def tags_of(fields: Iterable[str]) -> frozenset[str]:
    """The tags in which an NFO tells of fields; of some it tells nothing."""
    return frozenset(tag for field in fields for tag in _TAGS.get(field, ()))


def hashes_of(values: Mapping[str, Any]) -> dict[str, str]:
    """A short hash of each value: enough to see that somebody changed it."""
    return {name: _hash(name, value) for name, value in values.items()}


def changed(values: Mapping[str, Any], told: Mapping[str, str]) -> dict[str, Any]:
    """The values that are not those that were told."""
    return {name: value for name, value in values.items() if _hash(name, value) != told.get(name)}


def _hash(name: str, value: Any) -> str:
    shown = [[one["name"], one.get("role")] for one in value] if name == "actors" else value
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def _makes_sense(name: str, value: Any) -> bool:
    try:
        ManualMetadata.model_validate({name: value})
    except ValidationError:
        return False
    return True


def _text(root: etree._Element, tag: str) -> str | None:
    return (root.findtext(tag) or "").strip() or None


def _number(root: etree._Element, tag: str) -> int | None:
    """The number that a tag begins with: some write `94 min`."""
    found = re.match(r"[0-9]{1,6}", _text(root, tag) or "")
    return int(found[0]) if found else None


def _names(root: etree._Element, tag: str) -> list[str]:
    texts = (element.text or "" for element in root.iterfind(tag))
    names = (name.strip() for text in texts for name in _SEVERAL_IN_ONE.split(text))
    return list(dict.fromkeys(name for name in names if name))


def _actors(root: etree._Element) -> list[dict[str, str]]:
    """In the order that they tell of themselves, else in that of the file."""
    found = [one for one in root.iterfind("actor") if _text(one, "name")]
    found.sort(key=lambda one: len(found) if (order := _number(one, "order")) is None else order)
    return [{name: text for name, tag in _PART.items() if (text := _text(one, tag))} for one in found]


_PART = {"name": "name", "role": "role", "thumb_url": "thumb"}
