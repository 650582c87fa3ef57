"""The settings as a page to read, made from the settings themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from metarr_core.settings.schema import Settings

HEAD = """\
# Settings

Metarr reads the file named by `METARR_CONFIG` (else `./metarr.toml`). Each key can also be set from the environment, which
wins: `METARR__WEB__PORT=8765`; lists and tables as JSON. Each has a form that names a file with the value, for secrets:
`METARR__WEB__API_KEY__FILE=/run/secrets/metarr`. Unknown keys and bad values are refused at start, by name.

This page is printed by `metarr settings`.
"""


def page() -> str:
    """All settings, in Markdown."""
    return "\n".join([HEAD, *_tables(Settings, "")])


def _tables(section: type[BaseModel], path: str) -> Iterator[str]:
    below = {name: (model, field) for name, field in section.model_fields.items() if (model := _model_of(field))}
    plain = {name: field for name, field in section.model_fields.items() if name not in below}
    if plain:
        yield from ("| key | default | what |", "| --- | --- | --- |")
        yield from (f"| `{name}` | {_default(field)} | {field.description} |" for name, field in plain.items())
        yield ""
    for name, (model, field) in below.items():
        inner = f"{path}.{name}" if path else name
        heading = f"[[{inner}]]" if _is_list(field) else f"[{inner}]"
        yield from (f"## `{heading}`", "", f"{field.description}", "")
        yield from _tables(model, inner)


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    """The table that a key holds, alone or in a list."""
    annotation = field.annotation
    options = (annotation, *get_args(annotation))
    return next((one for one in options if isinstance(one, type) and issubclass(one, BaseModel)), None)


def _is_list(field: FieldInfo) -> bool:
    return getattr(field.annotation, "__origin__", None) is list


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "(needed)"
    if field.default_factory is not None:
        return "`/var/lib/metarr` as root, else `~/.local/share/metarr`"
    value: Any = field.default
    if isinstance(value, SecretStr) or value in ("", None):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`".replace("'", '"')
