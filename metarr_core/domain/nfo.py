"""The NFO of a movie, with the tags that Kodi honours and no others.

Left out on purpose: playcount, lastplayed and resume (Kodi imports them and would forget what was watched), and every tag
that Kodi 20 does not read. Source: measured with Kodi 20.1's "Local information only". Locks are written for Jellyfin; Kodi
passes them over.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lxml import etree

from metarr_core.domain.locks import jellyfin_fields, locks_whole_film
from metarr_core.domain.media_info import MediaInfo
from metarr_core.domain.metadata import WRITER_JOBS, Collection, Metadata
from metarr_core.domain.stream_details import streams_of
from metarr_core.domain.text import xml_text

UNIQUE_IDS = ("tmdb", "imdb", "wikidata")
"""Those that films are looked up by; the first that is known is the default. Other ids are no ids of films to Kodi."""


@dataclass(frozen=True)
class NfoMovie:
    """What an NFO tells: the film's metadata, its ids by provider, what its file is made of, and what is locked."""

    metadata: Metadata
    unique_ids: dict[str, str]
    media: MediaInfo | None
    locked: AbstractSet[str] = frozenset()


def render(movie: NfoMovie) -> bytes:
    """The NFO as UTF-8 XML; the same film gives the same bytes."""
    root = etree.Element("movie")
    _texts(root, movie.metadata)
    _ratings(root, movie.metadata, is_locked="rating" in movie.locked)
    _ids(root, movie.unique_ids)
    _lists(root, movie.metadata)
    if movie.media:
        _stream_details(root, movie.media)
    _actors(root, movie.metadata)
    _locks(root, movie.locked)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True, standalone=True))


_TEXTS = (
    ("title", "title"),
    ("originaltitle", "original_title"),
    ("sorttitle", "sort_title"),
    ("plot", "plot"),
    ("tagline", "tagline"),
    ("runtime", "runtime"),
    ("mpaa", "certification"),
    ("premiered", "release_date"),
    ("year", "year"),
    ("trailer", "trailer_url"),
)


def _texts(root: etree._Element, metadata: Metadata) -> None:
    for tag, name in _TEXTS:
        _add(root, tag, metadata.fields.get(name))


def _ratings(root: etree._Element, metadata: Metadata, *, is_locked: bool) -> None:
    """A rating without votes is no rating, unless a person wants it so."""
    rating, votes = metadata.fields.get("rating"), metadata.fields.get("votes")
    if rating is None or not (votes or is_locked):
        return
    one = etree.SubElement(etree.SubElement(root, "ratings"), "rating", name="themoviedb", max="10", default="true")
    _add(one, "value", f"{float(str(rating)):.3f}".rstrip("0").rstrip("."))
    _add(one, "votes", votes)


def _ids(root: etree._Element, unique_ids: dict[str, str]) -> None:
    known = [kind for kind in UNIQUE_IDS if unique_ids.get(kind)]
    for kind in known:
        element = _add(root, "uniqueid", unique_ids[kind])
        if element is not None:
            element.set("type", kind)
            if kind == known[0]:
                element.set("default", "true")


def _lists(root: etree._Element, metadata: Metadata) -> None:
    crew = metadata.crew or ()
    _each(root, "genre", metadata.genres or ())
    _each(root, "country", metadata.countries or ())
    _each(root, "director", [credit.person.name for credit in crew if credit.job == "Director"])
    _each(root, "credits", [credit.person.name for credit in crew if credit.job in WRITER_JOBS])
    _each(root, "studio", metadata.studios or ())
    _each(root, "tag", metadata.tags or ())
    if metadata.collection and _clean(metadata.collection.name):
        _set(root, metadata.collection)


def _set(root: etree._Element, collection: Collection) -> None:
    element = etree.SubElement(root, "set")
    _add(element, "name", collection.name)
    _add(element, "overview", collection.overview)
    for aspect, url in (("set.poster", collection.poster_url), ("set.fanart", collection.fanart_url)):
        thumb = _add(root, "thumb", url)
        if thumb is not None:
            thumb.set("aspect", aspect)


def _actors(root: etree._Element, metadata: Metadata) -> None:
    for order, part in enumerate(part for part in metadata.actors or () if _clean(part.person.name)):
        actor = etree.SubElement(root, "actor")
        _add(actor, "name", part.person.name)
        _add(actor, "role", part.role)
        _add(actor, "order", order)
        _add(actor, "thumb", part.person.thumb_url)


def _locks(root: etree._Element, locked: AbstractSet[str]) -> None:
    """Jellyfin keeps to these; what it cannot lock alone (pictures, crew, years) it locks with the whole film."""
    if locked:
        _add(root, "lockdata", "true" if locks_whole_film(locked) else "false")
        _add(root, "lockedfields", "|".join(jellyfin_fields(locked)))


def _stream_details(root: etree._Element, media: MediaInfo) -> None:
    details = etree.SubElement(etree.SubElement(root, "fileinfo"), "streamdetails")
    for kind, facts in streams_of(media):
        element = etree.SubElement(details, kind)
        for tag, value in facts.items():
            _add(element, tag, value)


def _each(parent: etree._Element, tag: str, values: Sequence[str]) -> None:
    for value in dict.fromkeys(map(_clean, values)):
        _add(parent, tag, value)


def _add(parent: etree._Element, tag: str, value: object) -> etree._Element | None:
    """A child with text; nothing where there is nothing to tell: empty tags confuse readers."""
    text = _clean(value)
    if not text:
        return None
    element = etree.SubElement(parent, tag)
    element.text = text
    return element


def _clean(value: object) -> str:
    return xml_text(str(value)).strip() if value is not None else ""
