"""The table [logging] of metarr.toml."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from metarr_core.settings.fields import Section


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)]


class Logging(Section):
    """What the logs look like."""

    format: Literal["text", "json"] = Field("text", description="text: lines to read; json: an object a line.")
    level: Level = Field("INFO", description="DEBUG, INFO, WARNING or ERROR; what is less is left out.")
