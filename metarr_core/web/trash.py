"""The trash as the API shows it, and the way out of it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.db import trash
from metarr_core.domain.ids import MovieId
from metarr_core.operations import trash as trash_operations
from metarr_core.operations.previewing import preview_url
from metarr_core.operations.purging import ask_to_purge
from metarr_core.operations.restoring import ask_for_restore
from metarr_core.runtime import Runtime
from metarr_core.settings import Settings
from metarr_core.web import items, lists, views
from metarr_core.web.bodies import read_model
from metarr_core.web.starting import started


async def list_trash(request: Request) -> JSONResponse:
    """GET /api/v1/trash: films in it, those that go first first."""
    runtime: Runtime = request.app.state.runtime
    query = lists.query_of(request)
    async with runtime.database.transaction() as session:
        rows, total = await trash.page(session, query.limit, query.offset)
    return JSONResponse({"items": [_item(runtime.settings, one) for one in rows], "total": total})


def _item(settings: Settings, one: trash.Trashed) -> dict[str, Any]:
    return {
        **views.movie_summary(one.movie, one.library),
        "trash_reason": one.movie.trash_reason,
        "size": one.size,
        "poster_url": preview_url(settings, one.poster) if one.poster else None,
        "restore_path": f"{settings.web.base_path}/api/v1/movies/{one.movie.id}/restore",
    }


class Longer(BaseModel):
    """How long a film stays in the trash, from now."""

    model_config = ConfigDict(extra="forbid", strict=True)

    days: int


async def keep_longer(request: Request) -> JSONResponse:
    """PUT /api/v1/trash/{id} with `{"days": 90}`: the day of its purge is moved."""
    movie_id, longer = MovieId(items.id_of(request)), await read_model(request, Longer)
    until = await trash_operations.keep_longer(request.app.state.runtime, movie_id, longer.days)
    return JSONResponse({"movie_id": movie_id, "deleted_at": until.isoformat()})


async def empty_now(request: Request) -> JSONResponse:
    """DELETE /api/v1/trash/{id}: the film is deleted for good, before its day."""
    movie_id = MovieId(items.id_of(request))
    job_id = await ask_to_purge(request.app.state.runtime, movie_id)
    return await started(request, job_id, movie_id=movie_id)


async def restore_movie(request: Request) -> JSONResponse:
    """POST /api/v1/movies/{id}/restore."""
    movie_id = MovieId(items.id_of(request))
    job_id = await ask_for_restore(request.app.state.runtime, movie_id)
    return await started(request, job_id, movie_id=movie_id)
