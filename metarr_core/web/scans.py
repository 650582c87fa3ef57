"""Scans as the API has them: starting one, and how they went."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.db import libraries, scans
from metarr_core.operations.scanning import ask_to_scan
from metarr_core.runtime import Runtime
from metarr_core.web import items, lists, views
from metarr_core.web.bodies import read_model
from metarr_core.web.starting import started


class ScanWanted(BaseModel):
    """How a library is to be scanned."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = False
    confirm_removal: bool = False
    force_probe: bool = False
    path: str = ""


async def scan_library(request: Request) -> JSONResponse:
    """POST /api/v1/libraries/{id}/scan; with `dry_run`, only the plan is made."""
    runtime: Runtime = request.app.state.runtime
    wanted = await read_model(request, ScanWanted)
    async with runtime.database.transaction() as session:
        library = await libraries.name_of(session, items.id_of(request))
    job_id = await ask_to_scan(runtime, library, wanted.model_dump(exclude_defaults=True))
    return await started(request, job_id, library=library)


async def list_scans(request: Request) -> JSONResponse:
    """GET /api/v1/scans: the newest first."""
    runtime: Runtime = request.app.state.runtime
    query = lists.query_of(request)
    async with runtime.database.transaction() as session:
        rows, total = await scans.page(session, query.limit, query.offset)
    shown = [{**views.columns(scan), "library": library} for scan, library in rows]
    return JSONResponse({"items": shown, "total": total})
