"""Workflow 6 as the API has it: what is unidentified, search by hand, choose, ignore and take back."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.db import identifications, movies
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId
from metarr_core.domain.matching import Wanted
from metarr_core.domain.release_ids import LARGEST_TMDB_ID
from metarr_core.domain.release_name import read_name
from metarr_core.operations import choosing
from metarr_core.operations.identification import CANDIDATES_KEPT, candidate, search, search_by_id
from metarr_core.operations.lengths import minutes_on_disk
from metarr_core.runtime import Runtime
from metarr_core.web import items, lists, views
from metarr_core.web.bodies import read_model
from metarr_core.web.starting import started


class Choice(BaseModel):
    """Which film it is."""

    model_config = ConfigDict(extra="forbid")

    tmdb_id: Annotated[int, Field(ge=1, le=2**31 - 1)]


async def list_unidentified(request: Request) -> JSONResponse:
    """GET /api/v1/unidentified: films that need a person, with the guesses made and the candidates found."""
    runtime: Runtime = request.app.state.runtime
    query = lists.query_of(request)
    async with runtime.database.transaction() as session:
        rows, total = await identifications.page(session, query.limit, query.offset)
    return JSONResponse({"items": [_item(row) for row in rows], "total": total})


def _item(row: identifications.Unidentified) -> dict[str, Any]:
    shown = identifications.as_shown(row.search) if row.search else None
    return {**views.movie_summary(row.movie, row.library), "identification": shown}


async def search_by_hand(request: Request) -> JSONResponse:
    """GET /api/v1/movies/{id}/search: films of this `title` and `year`, the likeliest first; or that of an id.

    `tmdb_id` and `imdb_id` are those ids.
    """
    runtime: Runtime = request.app.state.runtime
    movie_id = MovieId(items.id_of(request))
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        path = movie.file_path or movie.title
    name, minutes = read_name(path), await minutes_on_disk(runtime, movie_id, path)
    title, year = request.query_params.get("title"), _year(request)
    wanted = (
        Wanted((title,), year, minutes) if title else Wanted((name.title, *name.other_titles), year or name.year, minutes)
    )
    tmdb_id, imdb_id = _ids(request)
    by_id = tmdb_id is not None or imdb_id is not None
    verdict = await (search_by_id(runtime, wanted, tmdb_id, imdb_id) if by_id else search(runtime, wanted))
    shown = [candidate(match) for match in verdict.matches[:CANDIDATES_KEPT]]
    return JSONResponse({"items": shown, "total": len(verdict.matches), "why": verdict.why})


def _ids(request: Request) -> tuple[TmdbId | None, ImdbId | None]:
    tmdb_id, imdb_id = request.query_params.get("tmdb_id", ""), request.query_params.get("imdb_id", "").lower()
    if tmdb_id and not (tmdb_id.isascii() and tmdb_id.isdecimal() and 0 < int(tmdb_id[:12]) <= LARGEST_TMDB_ID):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "tmdb_id must be a number of TMDB, such as 603")
    if imdb_id and not _IMDB_ID.fullmatch(imdb_id):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "imdb_id must be an id of IMDb, such as tt0133093")
    return TmdbId(int(tmdb_id)) if tmdb_id else None, ImdbId(imdb_id) if imdb_id else None


_IMDB_ID = re.compile(r"tt\d{7,9}")


def _year(request: Request) -> int | None:
    text = request.query_params.get("year", "")
    if text and not (text.isascii() and text.isdecimal() and len(text) == len("1999")):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "year must be a year, such as 1999")
    return int(text) if text else None


async def identify_movie(request: Request) -> JSONResponse:
    """POST /api/v1/movies/{id}/identify with the film's number at TMDB."""
    runtime: Runtime = request.app.state.runtime
    movie_id, choice = MovieId(items.id_of(request)), await read_model(request, Choice)
    async with runtime.database.transaction() as session:
        await movies.get(session, movie_id)
    title = await choosing.check_film(runtime, TmdbId(choice.tmdb_id))
    job_id = await choosing.ask_to_identify(runtime, movie_id, choice.model_dump())
    return await started(request, job_id, movie_id=movie_id, tmdb_id=choice.tmdb_id, title=title)


async def ignore_movie(request: Request) -> JSONResponse:
    """PUT and DELETE /api/v1/movies/{id}/ignore."""
    runtime: Runtime = request.app.state.runtime
    movie_id = MovieId(items.id_of(request))
    if request.method == "PUT":
        await choosing.ignore(runtime, movie_id)
        status = "ignored"
    else:
        status = await choosing.take_back(runtime, movie_id)
    return JSONResponse({"movie_id": movie_id, "identification_status": status})
