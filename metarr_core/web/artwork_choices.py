"""What there is of a type of artwork, and what a person says of it without a new picture: undo, block, let Metarr choose."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.db import artwork as db
from metarr_core.db import movies, replacements
from metarr_core.db.tables.activity import Activity
from metarr_core.domain.ids import MovieId
from metarr_core.domain.replacement import Source, Wish
from metarr_core.errors import StateConflict
from metarr_core.operations import editing, replacing, undoing
from metarr_core.operations.previewing import preview_url
from metarr_core.runtime import Runtime
from metarr_core.settings import Settings
from metarr_core.web import items, views
from metarr_core.web.artwork import type_of
from metarr_core.web.bodies import read_model
from metarr_core.web.starting import started

CHANGES_SHOWN = 20


class Undo(BaseModel):
    """Which change is meant; the last one, unless one is named."""

    model_config = ConfigDict(extra="forbid")

    change_id: Annotated[int, Field(ge=1, le=items.LARGEST_ID)] | None = None


async def get_artwork(request: Request) -> JSONResponse:
    """GET /api/v1/movies/{id}/artwork/{type}: the choice, all candidates, best first, with the reasons, and the changes."""
    runtime: Runtime = request.app.state.runtime
    movie_id, kind = MovieId(items.id_of(request)), type_of(request)
    async with runtime.database.transaction() as session:
        locked = set((await movies.get(session, movie_id)).locked_fields)
        chosen = [one for one in await db.chosen(session, movie_id) if one.type == kind]
        offered = [one for one in await db.every_candidate(session, movie_id) if one.type == kind]
        changes = await replacements.changes(session, movie_id, kind, CHANGES_SHOWN)
    used = {one.url for one in chosen if one.url}
    candidates = [{**views.columns(one), "is_chosen": one.url in used} for one in offered]
    pictures = [
        {**views.picture(one, locked), "preview_url": preview_url(runtime.settings, one.content_hash)} for one in chosen
    ]
    more = {"chosen": pictures, "locked": kind in locked, "changes": [_change(runtime.settings, one) for one in changes]}
    return JSONResponse({"items": candidates, "total": len(candidates), **more})


def _change(settings: Settings, row: Activity) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": row.created_at.isoformat(),
        "description": row.description,
        "position": row.details["position"],
        **{side: _side(settings, row.details[side]) for side in ("before", "after")},
    }


def _side(settings: Settings, told: dict[str, Any] | None) -> dict[str, Any] | None:
    return {**told, "preview_url": preview_url(settings, told["content_hash"])} if told else None


async def undo(request: Request) -> JSONResponse:
    """POST /api/v1/movies/{id}/artwork/{type}/undo: what was there before the last change, or before `change_id`."""
    runtime: Runtime = request.app.state.runtime
    movie_id, kind = MovieId(items.id_of(request)), type_of(request)
    wanted = await read_model(request, Undo)
    async with runtime.database.transaction() as session:
        change = await undoing.change_to_undo(session, movie_id, kind, wanted.change_id)
        before = change.details["before"]
        if before is not None:
            await replacements.content(session, before["content_hash"])
    wish = Wish(movie_id, kind, Source.AUTOMATIC, position=change.details["position"])
    job_id = await replacing.ask_to_replace(runtime, wish, undo=change.id)
    told = {"movie_id": movie_id, "artwork_type": kind, "change_id": change.id}
    return await started(request, job_id, **told, content_hash=before["content_hash"] if before else None)


async def let_choose(request: Request) -> JSONResponse:
    """DELETE /api/v1/movies/{id}/artwork/{type}: no choice of a person any more; the lock goes, and Metarr chooses again."""
    runtime: Runtime = request.app.state.runtime
    movie_id, kind = MovieId(items.id_of(request)), type_of(request)
    async with runtime.database.transaction() as session:
        await editing.usable(session, movie_id)
    job_id = await replacing.ask_to_replace(runtime, Wish(movie_id, kind, Source.AUTOMATIC))
    return await started(request, job_id, movie_id=movie_id, artwork_type=kind)


async def block(request: Request) -> JSONResponse:
    """PUT and DELETE /api/v1/movies/{id}/artwork/{type}/blocked/{candidate_id}: a candidate that is never chosen again.

    Where it is the film's picture, another takes its place at once.
    """
    runtime: Runtime = request.app.state.runtime
    movie_id, kind = MovieId(items.id_of(request)), type_of(request)
    number, is_blocked = items.id_of(request, "candidate_id"), request.method == "PUT"
    async with runtime.database.transaction() as session:
        movie = await editing.usable(session, movie_id)
        candidate = await replacements.candidate(session, movie_id, kind, number)
        places = (await replacements.places(session, movie_id, kind)).values()
        is_chosen = any(reference.url == candidate.url for reference, _ in places)
        if is_blocked and is_chosen and kind in movie.locked_fields:
            raise StateConflict(f"it is the {kind} that is locked; choose another, or unlock {kind}, and block it then")
        if candidate.blocked != is_blocked:
            await replacements.block(session, candidate, is_blocked=is_blocked)
    told = {"movie_id": movie_id, "candidate_id": number, "blocked": is_blocked}
    if not (is_blocked and is_chosen):
        return JSONResponse(told, HTTPStatus.OK)
    job_id = await replacing.ask_to_replace(runtime, Wish(movie_id, kind, Source.AUTOMATIC))
    return await started(request, job_id, **told)
