"""What a person changes of a film: values, fields that are emptied, locks. Each edit locks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from metarr_core.domain.locks import EDITABLE, ERASABLE
from metarr_core.domain.manual import ManualMetadata
from metarr_core.domain.metadata import Metadata
from metarr_core.errors import InvalidFields

CREW = ("directors", "writers")
"""Parts of the crew, which are given as lists of their own; their lock is that of the crew."""


class Edit:
    """Values to be set, and fields to be emptied."""

    def __init__(self, values: ManualMetadata, clear: Sequence[str] = ()) -> None:
        """Raises InvalidFields where a field cannot be emptied, or is set and emptied at once."""
        self._values, self._clear = values, frozenset(clear)
        wrong = {name: _why_not(name) for name in clear if name not in ERASABLE}
        wrong |= {name: "give a value, or empty it; not both" for name in values.given if name in self._clear}
        if wrong:
            raise InvalidFields(wrong)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are edited, and locked by it."""
        return (*self._values.given, *sorted(self._clear))

    def metadata(self, known: Metadata) -> Metadata:
        """The same as the gateway takes it, for a film of which this is known."""
        return replace(self._values.metadata(known), erased=self._clear)


def _why_not(name: str) -> str:
    if name == "title":
        return "a film has to have a title; give another one"
    return f"there is no such field; there are: {', '.join((*EDITABLE, *CREW))}"


def read_edit(body: bytes) -> Edit:
    """An edit as JSON: a field with a value is set, one that is null is emptied, the others stay. Raises InvalidFields."""
    document = _document(body)
    if not document:
        raise InvalidFields({"body": "no field is given; give at least one, such as title"})
    clear = [name for name, value in document.items() if value is None and name not in CREW]
    values = {name: value for name, value in document.items() if value is not None}
    values |= {name: [] for name in CREW if name in document and document[name] is None}
    if unknown := {name: _why_not(name) for name in values if name not in {*EDITABLE, *CREW}}:
        raise InvalidFields(unknown)
    try:
        manual = ManualMetadata.model_validate_json(json.dumps(values))
    except ValidationError as exc:
        raise InvalidFields(in_words(exc)) from exc
    return Edit(manual, clear)


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError) as exc:
        raise InvalidFields({"body": f"it is no JSON: {exc}"}) from exc
    if not isinstance(document, dict):
        raise InvalidFields({"body": 'it must be an object, such as {"title": "Sintel"}'})
    return document


def in_words(error: ValidationError) -> dict[str, str]:
    """What is wrong with each field."""
    found = {}
    for one in error.errors(include_url=False):
        field = ".".join(str(part) for part in one["loc"]) or "body"
        found[field] = "there is no such field" if one["type"] == "extra_forbidden" else _sentence(one["msg"])
    return found


def _sentence(message: str) -> str:
    said = message.removeprefix("Value error, ").replace("Input should", "it should")
    return said[:1].lower() + said[1:]
