"""Kodi's filters, limits and choice of properties over rows; anything Kodi would refuse raises InvalidParams."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
Fields = Mapping[str, Callable[[Json], str]]


class InvalidParams(Exception):
    """JSON-RPC error -32602: a parameter is missing, unknown or of another type."""


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "is": lambda text, value: text == value,
    "isnot": lambda text, value: text != value,
    "contains": lambda text, value: value in text,
    "doesnotcontain": lambda text, value: value not in text,
    "startswith": lambda text, value: text.startswith(value),
    "endswith": lambda text, value: text.endswith(value),
}


def selected(rows: Sequence[Json], params: Json, fields: Fields) -> list[Json]:
    """The rows that pass `params["filter"]`, if there is one."""
    passes = _predicate(params["filter"], fields) if "filter" in params else lambda _: True
    return [row for row in rows if passes(row)]


def _predicate(rule: Any, fields: Fields) -> Callable[[Json], bool]:
    """A rule, or a tree of `and` and `or`, as a test of a row; letter case does not count, as in Kodi's database."""
    if not isinstance(rule, dict):
        raise InvalidParams
    for name, combine in (("and", all), ("or", any)):
        if name in rule:
            parts = [_predicate(part, fields) for part in rule[name]]
            return lambda row: combine(part(row) for part in parts)
    field, compare, value = fields.get(rule.get("field", "")), OPERATORS.get(rule.get("operator", "")), rule.get("value")
    if field is None or compare is None or not isinstance(value, str):
        raise InvalidParams
    return lambda row: compare(field(row).casefold(), value.casefold())


def projected(rows: Sequence[Json], params: Json, *, known: set[str], always: Sequence[str]) -> list[Json]:
    """The rows with `params["properties"]` and what is always there; an empty `uniqueid` is left out, as Kodi does."""
    properties = params.get("properties", [])
    if not isinstance(properties, list) or not known.issuperset(properties):
        raise InvalidParams
    wanted = sorted({*properties, *always})
    return [{name: row[name] for name in wanted if name != "uniqueid" or row[name]} for row in rows]


def limited(rows: list[Json], limits: Any) -> tuple[list[Json], Json]:
    """The slice asked for by `{"start", "end"}`, and the limits as Kodi reports them."""
    if not isinstance(limits, dict):
        raise InvalidParams
    start, end = limits.get("start", 0), limits.get("end", -1)
    stop = len(rows) if end <= 0 else min(end, len(rows))
    return rows[start:stop], {"start": start, "end": stop, "total": len(rows)}
