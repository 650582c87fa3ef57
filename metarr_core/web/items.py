"""Single things, and what can be done with them."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.db import events, libraries
from metarr_core.domain.ids import EventId, MovieId
from metarr_core.operations import inbox
from metarr_core.runtime import Runtime
from metarr_core.web import views

LARGEST_ID = 2**63 - 1


def id_of(request: Request, name: str = "id") -> int:
    """The id in the path; one that no row can have is as good as unknown."""
    text: str = request.path_params[name]
    if not (text.isascii() and text.isdecimal()):
        raise HTTPException(HTTPStatus.NOT_FOUND, "an id is a whole number; the lists tell which there are")
    return int(text) if len(text) < len(str(LARGEST_ID)) else LARGEST_ID


class _AsciiJson(JSONResponse):
    """JSON with escapes: a lone surrogate, which a manager may send, has no other form."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, allow_nan=False).encode("ascii")


async def get_movie(request: Request) -> JSONResponse:
    """GET /api/v1/movies/{id}."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as session:
        return JSONResponse(await views.movie_whole(session, MovieId(id_of(request))))


async def get_event(request: Request) -> JSONResponse:
    """GET /api/v1/webhook-events/{id}, with its payload."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as session:
        event = await events.get(session, EventId(id_of(request)))
    return _AsciiJson(views.event(event, with_payload=True))


async def replay_event(request: Request) -> JSONResponse:
    """POST /api/v1/webhook-events/{id}/replay."""
    event_id = EventId(id_of(request))
    status = await inbox.replay(request.app.state.runtime, event_id)
    return JSONResponse({"event_id": event_id, "status": status}, HTTPStatus.ACCEPTED)


async def list_libraries(request: Request) -> JSONResponse:
    """GET /api/v1/libraries."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as session:
        items = [views.columns(library) for library in await libraries.every(session)]
    return JSONResponse({"items": items, "total": len(items)})
