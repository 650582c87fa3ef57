"""Bodies of requests: JSON as a model says, with what is wrong of each field in words."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from metarr_core.domain.editing import in_words
from metarr_core.errors import InvalidFields

MOST_BYTES = 1024 * 1024
Model = TypeVar("Model", bound=BaseModel)


async def read_bytes(request: Request, most: int = MOST_BYTES) -> bytes:
    """The body, read only as far as it may be long."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {most:,} bytes")
        parts.append(part)
    return b"".join(parts)


async def read_model(request: Request, model: type[Model]) -> Model:
    """The body as a model; an empty one gives its defaults. Raises InvalidFields."""
    try:
        return model.model_validate_json(await read_bytes(request) or b"{}")
    except ValidationError as exc:
        raise InvalidFields(in_words(exc)) from exc
