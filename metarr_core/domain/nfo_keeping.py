"""What others wrote into an NFO stays in it: tags that we do not write, ids of other providers, and what we do not know.

Parsing is patient and safe: no entities, no network; a broken file gives what can be read of it. Kodi tolerates a bare & and
an address behind the last tag, so do we.
"""

from __future__ import annotations

from collections.abc import Collection

from lxml import etree

from metarr_core.domain.text import xml_text

_TEXTS = {"title", "originaltitle", "sorttitle", "plot", "tagline", "runtime", "mpaa", "premiered", "year", "trailer"}
_LISTS = {"genre", "country", "director", "credits", "studio", "tag", "set", "actor", "uniqueid", "ratings", "fileinfo"}
_LOCKS = {"lockdata", "lockedfields"}
_OLD_FORMS = {"rating", "votes", "id"}
OWNED = _TEXTS | _LISTS | _OLD_FORMS | _LOCKS
"""The tags that are ours to write. Ours of a kind replace theirs; where we have none of a kind, theirs stay."""

LONGEST_BYTES = 1024 * 1024
"""An NFO is a few kilobytes; what is larger is none."""


def keep_foreign(ours: bytes, existing: bytes, *, is_ours: bool, erased: Collection[str] = ()) -> bytes:
    """Our NFO with what has to stay of the one that stands there.

    `is_ours`: we write what stands there, so that its owned tags were ours too and say nothing. `erased` are tags that a
    person wants empty.
    """
    theirs = parsed(existing)
    if theirs is None:
        return ours
    root = etree.fromstring(ours, _parser(remove_blank_text=True))
    known = {str(child.tag) for child in root}
    kept = [child for child in theirs if _has_to_stay(child, root, {*known, *erased}, is_ours=is_ours)]
    root.extend(_plain(child) for child in kept)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True, standalone=True))


def is_nfo(data: bytes) -> bool:
    """Whether these bytes tell of a film."""
    return parsed(data) is not None


def _has_to_stay(child: etree._Element, ours: etree._Element, known: set[str], *, is_ours: bool) -> bool:
    if not _is_element(child) or not _says_something(child):
        return False
    if child.tag == "uniqueid":
        return child.get("type") not in {one.get("type") for one in ours.iterfind("uniqueid")}
    if child.tag not in OWNED:
        return True
    return not is_ours and child.tag not in known and child.tag not in _OLD_FORMS | {"fileinfo"}


def _says_something(element: etree._Element) -> bool:
    return bool("".join(str(text) for text in element.itertext()).strip() or element.attrib)


def _plain(element: etree._Element) -> etree._Element:
    """A copy without comments and processing instructions, indented like ours."""
    copy = etree.Element(element.tag, {str(name): xml_text(str(value)) for name, value in element.attrib.items()})
    copy.text = xml_text(element.text or "").strip() or None
    copy.extend(_plain(child) for child in element if _is_element(child))
    if copy.tag == "uniqueid" and "default" in copy.attrib:
        del copy.attrib["default"]
    return copy


def _is_element(node: object) -> bool:
    """Comments and processing instructions are nodes too; their tag is a function."""
    return isinstance(getattr(node, "tag", None), str)


def parsed(existing: bytes) -> etree._Element | None:
    """The root of an NFO of a film; None where it is none. No entity is resolved, nothing is fetched."""
    if len(existing) > LONGEST_BYTES:
        return None
    try:
        root = etree.fromstring(existing.strip(), _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root is not None and root.tag == "movie" else None


def _parser(*, recover: bool = False, remove_blank_text: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover, remove_blank_text=remove_blank_text, resolve_entities=False, no_network=True, huge_tree=False
    )
