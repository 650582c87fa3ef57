"""Parameters of flows as forms in Prefect's page: each has a title and says what it is for."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

FilmNumber = Annotated[int, Field(ge=1)]
TmdbNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


def parameter(default: Any, title: str, description: str) -> Any:
    """The default of a flow's parameter. Prefect takes titles only this way: it sets its own over pydantic's."""
    return Field(default, description=description, json_schema_extra={"title": title})
