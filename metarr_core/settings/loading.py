"""Reads the settings and refuses what it does not know, by name."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

from metarr_core.errors import ConfigurationError
from metarr_core.settings.schema import Settings

PREFIX = "METARR__"
FILE_SUFFIX = "__FILE"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    Reads the file named by METARR_CONFIG (else ./metarr.toml where there is one), then the environment over it.
    Raises ConfigurationError with one line for each key that is unknown or has a bad value.
    """
    document = _merge(_read_file(environ), _read_environment(environ))
    try:
        return Settings.model_validate(document)
    except ValidationError as exc:
        raise ConfigurationError(_explain(exc)) from exc


def _read_file(environ: Mapping[str, str]) -> dict[str, Any]:
    named = environ.get("METARR_CONFIG")
    path = Path(named or "metarr.toml")
    if not named and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as exc:
        raise ConfigurationError(f"METARR_CONFIG: {path} cannot be read ({exc.strerror}); name a readable file") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"{path} is not valid TOML: {exc}") from exc


class _EnvironmentShape(Settings, BaseSettings):  # type: ignore[misc]
    """Tells the environment reader which variables hold JSON and which hold text."""


class _Environment(EnvSettingsSource):
    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        super().__init__(_EnvironmentShape, env_prefix=PREFIX, env_nested_delimiter="__")

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._variables.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """The value of a list or table; its mistakes are told by the variable's name, which pydantic does not."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError as exc:
            name = next((name for name, given in self._variables.items() if given == value), field_name)
            raise ValueError(f"{name} is not JSON ({exc})") from None


def _read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    variables = {name: value for name, value in environ.items() if name.upper().startswith(PREFIX)}
    for name in [name for name in variables if name.upper().endswith(FILE_SUFFIX)]:
        variables[name[: -len(FILE_SUFFIX)]] = _secret(name, variables.pop(name))
    for name in variables:
        section = name[len(PREFIX) :].split("__")[0].lower()
        if section not in Settings.model_fields:
            raise ConfigurationError(f"{name}: there is no section '{section}'; known: {', '.join(Settings.model_fields)}")
    try:
        return _Environment(variables)()
    except ValueError as exc:
        reason = exc.__cause__ or exc
        raise ConfigurationError(f"the environment cannot be read: {reason}; lists and tables are given as JSON") from exc


def _secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"{name}: {path} cannot be read ({exc}); name a readable text file") from exc


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: _merge(below[key], value) if isinstance(value, dict) and isinstance(below.get(key), dict) else value
        for key, value in above.items()
    }
    return {**below, **both}


def _explain(error: ValidationError) -> str:
    lines = [f"{'.'.join(str(part) for part in e['loc']) or 'settings'}: {_sentence(e)}" for e in error.errors()]
    return "the settings have mistakes:\n" + "\n".join(f"  {line}" for line in lines)


def _sentence(error: Any) -> str:
    match error["type"]:
        case "extra_forbidden":
            return "unknown key; known are: " + ", ".join(_known_beside(error["loc"]))
        case "missing":
            return "must be set"
        case _:
            return str(error["msg"]).removeprefix("Value error, ")


def _known_beside(loc: tuple[int | str, ...]) -> list[str]:
    """The keys that are allowed where an unknown one was found."""
    schema = Settings.model_json_schema()
    node: dict[str, Any] = schema
    for part in loc[:-1]:
        node = node["items"] if isinstance(part, int) else node["properties"][part]
        reference = node.get("$ref") or next((x["$ref"] for x in node.get("anyOf", []) if "$ref" in x), None)
        if reference:
            node = schema["$defs"][reference.rsplit("/", 1)[1]]
        elif "$ref" in node.get("items", {}):
            node = {**node, "items": schema["$defs"][node["items"]["$ref"].rsplit("/", 1)[1]]}
    return list(node.get("properties", {}))
