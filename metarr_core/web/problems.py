"""Errors as application/problem+json, with a sentence that says what to do. One table gives each its status."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core import logs
from metarr_core.errors import (
    ArtworkRejected,
    ArtworkTooLarge,
    ConfigurationError,
    InvalidFields,
    InvalidWebhook,
    MetarrError,
    NotFoundError,
    PermanentError,
    StateConflict,
    TransientError,
    UnknownFormat,
)

logger = logging.getLogger(__name__)

STATUS: tuple[tuple[type[MetarrError], HTTPStatus], ...] = (
    (InvalidWebhook, HTTPStatus.BAD_REQUEST),
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (StateConflict, HTTPStatus.CONFLICT),
    (ConfigurationError, HTTPStatus.CONFLICT),
    (ArtworkTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (UnknownFormat, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (ArtworkRejected, HTTPStatus.UNPROCESSABLE_ENTITY),
    (PermanentError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
)


def problem(status: HTTPStatus, detail: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """A problem as RFC 9457 has it, with members of our own."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **more}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


async def metarr_error(_: Request, error: Exception) -> JSONResponse:
    """The answer to one of our errors."""
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    wait = getattr(error, "retry_after", None)
    more = {"fields": error.fields} if isinstance(error, InvalidFields) else {}
    return problem(status, str(error), {"Retry-After": str(round(wait))} if wait else None, **more)


async def http_error(_: Request, error: Exception) -> JSONResponse:
    """The answer to an error of HTTP itself."""
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette hands in nothing else
    return problem(HTTPStatus(error.status_code), error.detail, dict(error.headers or {}))


async def unexpected(request: Request, error: Exception) -> JSONResponse:
    """The answer to a fault of ours."""
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    request_id = logs.current_ids().get("request_id", "")  # this answer is made outside of what gives others the header
    sentence = f"Metarr has made a mistake; its log tells more, in the lines with {request_id or 'this time'}"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, sentence, {"X-Request-Id": request_id} if request_id else None)
