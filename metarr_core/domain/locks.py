"""What of a film can be locked, and how other programs are told of it."""

from __future__ import annotations

from collections.abc import Collection

from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.manual import FIELDS
from metarr_core.domain.metadata import LISTS
from metarr_core.errors import InvalidFields, NotFoundError

EDITABLE = (*FIELDS, *LISTS, "alternative_titles")
"""The fields of a film that a person can edit."""
LOCKABLE = (*EDITABLE, *ArtworkType)
"""Fields and types of artwork, by the names of their locks."""
ERASABLE = tuple(name for name in EDITABLE if name != "title")

_JELLYFIN = {
    "title": "Name",
    "plot": "Overview",
    "runtime": "Runtime",
    "certification": "OfficialRating",
    "genres": "Genres",
    "studios": "Studios",
    "countries": "ProductionLocations",
    "tags": "Tags",
    "actors": "Cast",
}
"""Jellyfin's names of the fields that it can lock one by one; actors and crew are one list to it."""


def known_lock(field: str) -> str:
    """The name of a lock. Raises NotFoundError where nothing of that name can be locked."""
    if field not in LOCKABLE:
        raise NotFoundError(f"there is no field '{field}' to lock; there are: {', '.join(LOCKABLE)}")
    return field


def check_locks(fields: Collection[str], parameter: str) -> None:
    """Raises InvalidFields where one of them cannot be locked."""
    if unknown := [field for field in fields if field not in LOCKABLE]:
        raise InvalidFields({parameter: f"there is no field {', '.join(unknown)}; there are: {', '.join(LOCKABLE)}"})


def jellyfin_fields(locked: Collection[str]) -> tuple[str, ...]:
    """The locks that Jellyfin has too, in its words."""
    return tuple(name for field, name in _JELLYFIN.items() if field in locked)


def locks_whole_film(locked: Collection[str]) -> bool:
    """Whether something is locked that Jellyfin can only lock with the whole film: pictures, crew, years."""
    return any(field not in _JELLYFIN for field in locked)
