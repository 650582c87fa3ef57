"""Lists: {"items": [...], "total": n}, in pages of `page` (from 1) and `page_size`, filtered by `status`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.db import activity, events, jobs, movies, players
from metarr_core.domain.ids import MovieId
from metarr_core.runtime import Runtime
from metarr_core.web import views

LARGEST_PAGE = 500


@dataclass(frozen=True)
class Query:
    """What a request asks of a list."""

    limit: int
    offset: int
    status: str | None
    text: str | None
    movie_id: MovieId | None


Page = Callable[[AsyncSession, Query], Awaitable[tuple[list[dict[str, Any]], int]]]


def as_list(page: Page) -> Callable[[Request], Awaitable[JSONResponse]]:
    """The endpoint of a list."""

    async def endpoint(request: Request) -> JSONResponse:
        runtime: Runtime = request.app.state.runtime
        async with runtime.database.transaction() as session:
            items, total = await page(session, query_of(request))
        return JSONResponse({"items": items, "total": total})

    return endpoint


def query_of(request: Request) -> Query:
    """What a request asks of a list: page and filters."""
    limit = _number(request, "page_size", 50, LARGEST_PAGE)
    movie_id = _number(request, "movie_id", 0, 2**62)
    return Query(
        limit=limit,
        offset=(_number(request, "page", 1, 10**9) - 1) * limit,
        status=_text(request, "status"),
        text=_text(request, "query"),
        movie_id=MovieId(movie_id) if movie_id else None,
    )


def _text(request: Request, name: str) -> str | None:
    """A text to look for; with a NUL, which PostgreSQL refuses even in a question, it finds nothing."""
    value = request.query_params.get(name)
    return value.replace("\x00", "\ufffd") if value else None


def _number(request: Request, name: str, default: int, highest: int) -> int:
    value = request.query_params.get(name, str(default))
    is_short = value.isdecimal() and len(value) <= len(str(highest))
    if not (is_short and min(default, 1) <= int(value) <= highest):
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"{name} must be a whole number from 1 to {highest}")
    return int(value)


@as_list
async def list_movies(session: AsyncSession, query: Query) -> tuple[list[dict[str, Any]], int]:
    """GET /api/v1/movies."""
    rows, total = await movies.page(session, query.status, query.text, query.limit, query.offset)
    return [views.movie_summary(movie, library) for movie, library in rows], total


@as_list
async def list_activity(session: AsyncSession, query: Query) -> tuple[list[dict[str, Any]], int]:
    """GET /api/v1/activity."""
    rows, total = await activity.page(session, query.movie_id, query.limit, query.offset)
    return [views.activity(row) for row in rows], total


@as_list
async def list_jobs(session: AsyncSession, query: Query) -> tuple[list[dict[str, Any]], int]:
    """GET /api/v1/jobs."""
    rows, total = await jobs.page(session, query.status, query.limit, query.offset)
    return [views.job(row) for row in rows], total


@as_list
async def list_events(session: AsyncSession, query: Query) -> tuple[list[dict[str, Any]], int]:
    """GET /api/v1/webhook-events."""
    rows, total = await events.page(session, query.status, query.limit, query.offset)
    return [views.event(row) for row in rows], total


@as_list
async def list_player_updates(session: AsyncSession, query: Query) -> tuple[list[dict[str, Any]], int]:
    """GET /api/v1/player-updates."""
    rows, total = await players.page(session, query.status, query.limit, query.offset)
    return [views.player_update(update, name) for update, name in rows], total
