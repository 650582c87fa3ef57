"""A person changes a film: edits, locks, history and undo. What is said holds with the answer; a run writes the NFO."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from metarr_core.db import history, movies
from metarr_core.domain.editing import read_edit
from metarr_core.domain.ids import JobId, MovieId
from metarr_core.domain.locks import LOCKABLE, check_locks, known_lock
from metarr_core.operations import editing, leaving
from metarr_core.runtime import Runtime
from metarr_core.web import items, lists
from metarr_core.web.bodies import read_bytes, read_model
from metarr_core.web.starting import started

EVERY_FIELD = "all"


async def edit_movie(request: Request) -> JSONResponse:
    """PATCH /api/v1/movies/{id}: fields with a value are set, those that are null are emptied; all of them are locked."""
    runtime: Runtime = request.app.state.runtime
    movie_id, wanted = MovieId(items.id_of(request)), read_edit(await read_bytes(request))
    async with runtime.database.transaction() as session:
        changed = await editing.edit(session, movie_id, wanted)
        job_id, locked = await _follow(session, movie_id)
    return await _answer(request, job_id, movie_id, changed=changed, locked_fields=locked)


async def lock_field(request: Request) -> JSONResponse:
    """PUT and DELETE /api/v1/movies/{id}/locks/{field}; `all` is every field and type of artwork."""
    runtime: Runtime = request.app.state.runtime
    movie_id, field = MovieId(items.id_of(request)), request.path_params["field"]
    fields = LOCKABLE if field == EVERY_FIELD else (known_lock(field),)
    async with runtime.database.transaction() as session:
        set_or_clear = editing.lock if request.method == "PUT" else editing.unlock
        changed = await set_or_clear(session, movie_id, fields)
        job_id, locked = await _follow(session, movie_id)
    return await _answer(request, job_id, movie_id, changed=changed, locked_fields=locked)


async def list_locks(request: Request) -> JSONResponse:
    """GET /api/v1/movies/{id}/locks: what is locked, and what could be."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as session:
        locked = (await movies.get(session, MovieId(items.id_of(request)))).locked_fields
    fields = [{"field": field, "locked": field in locked} for field in LOCKABLE]
    return JSONResponse({"items": fields, "total": len(fields)})


async def list_history(request: Request) -> Response:
    """GET /api/v1/movies/{id}/history: who changed which `field`, when, from what to what; the newest first."""
    runtime: Runtime = request.app.state.runtime
    movie_id, query = MovieId(items.id_of(request)), lists.query_of(request)
    field = request.query_params.get("field")
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        found = await history.of_movie(session, movie_id, await movies.read_metadata(session, movie))
    chosen = [change for change in found if field in {None, change.field}]
    if field and not chosen:
        check_locks([field], "field")
    shown = [_shown(change) for change in chosen[query.offset : query.offset + query.limit]]
    return JSONResponse({"items": shown, "total": len(chosen)})


def _shown(change: history.FieldChange) -> dict[str, Any]:
    return {**vars(change), "at": change.at.isoformat()}


class Undo(BaseModel):
    """Which field of a change is meant; all of them, unless one is named."""

    model_config = ConfigDict(extra="forbid")

    field: Annotated[str, Field(max_length=100)] | None = None


async def undo_change(request: Request) -> JSONResponse:
    """POST /api/v1/movies/{id}/history/{change_id}/undo; of one `field` alone, where body or address name it."""
    runtime: Runtime = request.app.state.runtime
    movie_id, change_id = MovieId(items.id_of(request)), items.id_of(request, "change_id")
    wanted = await read_model(request, Undo)
    field = wanted.field or request.query_params.get("field")
    async with runtime.database.transaction() as session:
        changed = await editing.undo(session, movie_id, change_id, field)
        job_id, locked = await _follow(session, movie_id)
    return await _answer(request, job_id, movie_id, changed=changed, locked_fields=locked)


async def _answer(request: Request, job_id: JobId, movie_id: MovieId, **told: Any) -> JSONResponse:
    """The answer, with a `note` where an NFO that somebody else changed keeps players from seeing what was said."""
    note = await leaving.note(request.app.state.runtime, movie_id)
    return await started(request, job_id, movie_id=movie_id, **told, note=note)


async def _follow(session: AsyncSession, movie_id: MovieId) -> tuple[JobId, list[str]]:
    """The job that writes the NFO and tells players, and what is locked now."""
    job_id = await editing.ask_to_write(session, movie_id)
    movie = await movies.get(session, movie_id)
    await session.refresh(movie, ["locked_fields"])
    return job_id, movie.locked_fields
