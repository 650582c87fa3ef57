"""The webhooks of Radarr and Sonarr: store, answer, nothing else. They wait for our answer while they import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.domain.text import storable
from metarr_core.operations import spool
from metarr_core.operations.inbox import Source
from metarr_core.runtime import Runtime
from metarr_core.web.bodies import read_bytes


def receiver(manager_type: str) -> Callable[[Request], Awaitable[JSONResponse]]:
    """POST or PUT /webhooks/radarr[/{manager}], and the same for Sonarr."""

    async def endpoint(request: Request) -> JSONResponse:
        with request.app.state.metrics.webhook_seconds.labels(manager_type).time():
            return await _receive(request, Source(manager_type, storable(request.path_params.get("manager", ""))))

    return endpoint


async def _receive(request: Request, source: Source) -> JSONResponse:
    runtime: Runtime = request.app.state.runtime
    event_id = await spool.receive(runtime, source, await read_bytes(request))
    return JSONResponse({"event_id": event_id} if event_id is not None else {"event_id": None, "status": "spooled"})
