"""Ids of a film in an NFO, whoever wrote it: as XML of Kodi, Jellyfin or Radarr, an address behind it, or plain text."""

from __future__ import annotations

import re

from lxml import etree

from metarr_core.domain.ids import ImdbId, TmdbId
from metarr_core.domain.nfo_keeping import LONGEST_BYTES
from metarr_core.domain.release_ids import LARGEST_TMDB_ID

OF_OTHER_THINGS = {"tvshow", "episodedetails", "musicvideo", "artist", "album"}
_IMDB = re.compile(r"tt\d{7,9}")
_TMDB_ADDRESS = re.compile(r"themoviedb\.org/movie/(\d{1,18})", re.IGNORECASE)
_IMDB_ADDRESS = re.compile(r"imdb\.com/(?:[a-z]{2}/)?title/(tt\d{7,9})", re.IGNORECASE)


def ids_of(data: bytes) -> tuple[TmdbId | None, ImdbId | None]:
    """TMDB's and IMDb's id of the film; None for each that is not told. No entity is resolved, nothing is fetched."""
    if len(data) > LONGEST_BYTES:
        return None, None
    root = _root(data)
    if root is not None and root.tag in OF_OTHER_THINGS:
        return None, None
    told = _of_tags(root) if root is not None and root.tag == "movie" else {}
    text = data.decode("utf-8", "replace")
    address, title = _TMDB_ADDRESS.search(text), _IMDB_ADDRESS.search(text)
    tmdb_id = _number(told.get("tmdb", "")) or (_number(address[1]) if address else None)
    imdb = _IMDB.fullmatch(told.get("imdb", "")) or (_IMDB.fullmatch(title[1].lower()) if title else None)
    return tmdb_id, ImdbId(imdb[0]) if imdb else None


def _of_tags(root: etree._Element) -> dict[str, str]:
    """Kodi's `uniqueid` first, then the tags of other programs; `id` is IMDb's where it looks like it."""
    found: dict[str, str] = {}
    for element in root.iterfind("uniqueid"):
        kind = (element.get("type") or "").casefold()
        found.setdefault({"themoviedb": "tmdb"}.get(kind, kind), (element.text or "").strip())
    for tag, kind in (("tmdbid", "tmdb"), ("imdbid", "imdb"), ("imdb_id", "imdb"), ("tmdb_id", "tmdb"), ("id", "imdb")):
        value = (root.findtext(tag) or "").strip()
        if value and (tag != "id" or _IMDB.fullmatch(value)):
            found.setdefault(kind, value)
    return found


def _number(text: str) -> TmdbId | None:
    return TmdbId(int(text)) if text.isascii() and text.isdecimal() and 0 < int(text) <= LARGEST_TMDB_ID else None


def _root(data: bytes) -> etree._Element | None:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(data.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
