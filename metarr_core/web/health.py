"""Whether the shim is there, is alive, and can work."""

from __future__ import annotations

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.runtime import Runtime


async def ping(_: Request) -> JSONResponse:
    """GET /ping, as the *arrs answer it."""
    return JSONResponse({"status": "OK"})


async def live(_: Request) -> JSONResponse:
    """GET /health/live: the process answers."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> JSONResponse:
    """GET /health/ready: the database answers; 503 otherwise."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as session:
        await session.execute(text("SELECT 1"))
    return JSONResponse({"status": "ready"})
