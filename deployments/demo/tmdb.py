"""TMDB v3 on loopback: details, search, find, configuration and the picture server, for the films handed in."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deployments.demo.faults import Faults
from deployments.demo.film import Film
from deployments.demo.recording import recorded
from deployments.demo.tmdb_answers import CONFIGURATION, details, search_row
from deployments.demo.tmdb_appends import APPENDABLE
from deployments.demo.tmdb_catalogue import Catalogue
from deployments.demo.tmdb_pictures import draw, pictures_of
from deployments.demo.tmdb_query import Asked

Answer = Callable[[Request], Awaitable[Response]]

MAX_APPENDS = 20
ROWS_A_PAGE = 20
LAST_PAGE = 500
SIZES = {size for kind, sizes in CONFIGURATION["images"].items() if kind.endswith("_sizes") for size in sizes}
MESSAGES = {
    5: "Invalid parameters: Your request parameters are incorrect.",
    6: "Invalid id: The pre-requisite id is invalid or not found.",
    7: "Invalid API key: You must be granted a valid key.",
    22: "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.",
    27: "Too many append to response objects: The maximum number of remote calls is 20.",
    34: "The resource you requested could not be found.",
}


class TmdbStandIn:
    """TMDB for some films; `requests` records path and query of all that came, `faults` disturbs it.

    `api_key` is accepted in the query and as a Bearer token, like TMDB's two kinds of key.
    """

    def __init__(self, films: Sequence[Film], api_key: str) -> None:
        self.films = Catalogue(films)
        self.api_key = api_key
        self.requests: list[str] = []
        self.faults = Faults()
        routes = [
            Route("/3/configuration", self._guarded(self._configuration)),
            Route("/3/movie/{tmdb_id}", self._guarded(self._movie)),
            Route("/3/search/movie", self._guarded(self._search)),
            Route("/3/find/{external_id}", self._guarded(self._find)),
            Route("/t/p/{size}/{name}", self._picture),
        ]
        app = Starlette(routes=routes, exception_handlers={404: _not_found})
        self.app = recorded(self.faults.wrap(app), self.requests)

    def _guarded(self, answer: Answer) -> Answer:
        async def guarded(request: Request) -> Response:
            bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
            if self.api_key not in {request.query_params.get("api_key"), bearer}:
                return _refusal(401, 7)
            return await answer(request)

        return guarded

    async def _configuration(self, request: Request) -> Response:
        return _json(request, CONFIGURATION)

    async def _movie(self, request: Request) -> Response:
        given = request.path_params["tmdb_id"]
        if not given.isdecimal():
            return _refusal(404, 6)
        film = self.films.get(int(given))
        if film is None:
            return _refusal(404, 34)
        appended = list(filter(None, request.query_params.get("append_to_response", "").split(",")))
        if len(appended) > MAX_APPENDS:
            return _refusal(400, 27)
        asked = Asked.of(request.query_params)
        parts = {name: APPENDABLE[name](film, asked) for name in appended if name in APPENDABLE}
        return _json(request, details(film, asked) | parts)

    async def _search(self, request: Request) -> Response:
        page = request.query_params.get("page", "1")
        if not page.isdecimal() or not 1 <= int(page) <= LAST_PAGE:
            return _refusal(400, 22)
        found = self.films.search(request.query_params)
        asked, start = Asked.of(request.query_params), (int(page) - 1) * ROWS_A_PAGE
        answer = {
            "page": int(page),
            "results": [search_row(film, asked) for film in found[start : start + ROWS_A_PAGE]],
            "total_pages": max(1, -(-len(found) // ROWS_A_PAGE)),
            "total_results": len(found),
        }
        return _json(request, answer)

    async def _find(self, request: Request) -> Response:
        if not request.query_params.get("external_source"):
            return _refusal(422, 5)
        imdb = request.query_params["external_source"] == "imdb_id"
        found = [film for film in self.films.values() if imdb and film.imdb_id == request.path_params["external_id"]]
        asked = Asked.of(request.query_params)
        nothing: dict[str, list[Any]] = {f"{kind}_results": [] for kind in ("person", "tv", "tv_episode", "tv_season")}
        return _json(request, {"movie_results": [search_row(film, asked) for film in found]} | nothing)

    async def _picture(self, request: Request) -> Response:
        size, path = request.path_params["size"], f"/{request.path_params['name']}"
        tmdb_id = path[1:].partition("-")[0]
        film = self.films.get(int(tmdb_id)) if tmdb_id.isdecimal() else None
        picture = next((one for one in pictures_of(film) if one.file_path == path), None) if film else None
        if picture is None or size not in SIZES:
            return Response("File Not Found", 404, media_type="text/html")
        content = await asyncio.to_thread(draw, picture, size)
        return _cacheable(request, content, picture.media_type, max_age=31_536_000)


def _json(request: Request, answer: Any) -> Response:
    content = json.dumps(answer, ensure_ascii=False).encode()
    return _cacheable(request, content, "application/json;charset=utf-8", max_age=21_600)


def _cacheable(request: Request, content: bytes, media_type: str, *, max_age: int) -> Response:
    """200 with ETag and Cache-Control, or 304 to who already has it."""
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": f"public, max-age={max_age}"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def _refusal(status: int, status_code: int) -> Response:
    body = {"success": False, "status_code": status_code, "status_message": MESSAGES[status_code]}
    return Response(json.dumps(body), status, media_type="application/json;charset=utf-8")


async def _not_found(_: Request, __: Exception) -> Response:
    return _refusal(404, 34)
