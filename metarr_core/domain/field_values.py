"""Values of fields as JSON, as the history keeps them, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from metarr_core.domain.metadata import WHOLE, Collection, Credit, Metadata, Part, Person


def as_json(metadata: Metadata, name: str) -> Any:
    """The value of a field; None where nothing is known."""
    value = metadata.value(name)
    match value:
        case None:
            return None
        case date():
            return value.isoformat()
        case Collection():
            return dict(vars(value))
        case tuple():
            return [_one(item) for item in value]
        case Mapping():
            return dict(value)
    return value


def _one(item: object) -> Any:
    match item:
        case Part():
            return {**vars(item.person), "role": item.role}
        case Credit():
            person = {"name": item.person.name, "tmdb_id": item.person.tmdb_id}
            return {**person, "job": item.job, "department": item.department}
    return item


def from_json(values: Mapping[str, Any]) -> Metadata:
    """Metadata that tells of these fields; those that are None are to be emptied."""
    known = {name: value for name, value in values.items() if value is not None}
    return Metadata(
        fields={name: _plain(name, value) for name, value in known.items() if name not in WHOLE},
        **{name: _whole(name, value) for name, value in known.items() if name in WHOLE},
        erased=frozenset(values) - frozenset(known),
    )


def _plain(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "release_date" else value


def _whole(name: str, value: Any) -> Any:
    match name:
        case "collection":
            return Collection(**value)
        case "actors":
            return _parts(value)
        case "crew":
            return tuple(Credit(Person(one["name"], one["tmdb_id"]), one["job"], one["department"]) for one in value)
        case "external_ids":
            return dict(value)
    return tuple(value)


def _parts(rows: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    return tuple(Part(Person(row["name"], row["tmdb_id"], row["thumb_url"]), row["role"]) for row in rows)
