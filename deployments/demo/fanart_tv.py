"""fanart.tv v3 on loopback: the art of films, and the server of its pictures, for the films handed in."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deployments.demo.fanart_tv_pictures import KINDS, FanartTvPicture, draw, pictures_of
from deployments.demo.faults import Faults
from deployments.demo.film import Film
from deployments.demo.recording import recorded

PREVIEW_WIDTH = 200
"""Pixels."""


class FanartTvStandIn:
    """fanart.tv for some films; `requests` records path and query of all that came, `faults` disturbs it.

    `api_key` is accepted in the query and in the header `api-key`.
    """

    def __init__(self, films: Sequence[Film], api_key: str) -> None:
        self.films = {film.tmdb_id: film for film in films}
        self.api_key = api_key
        self.requests: list[str] = []
        self.faults = Faults()
        routes = [
            Route("/v3/movies/{film_id}", self._movie),
            Route("/fanart/movies/{tmdb_id:int}/{rest:path}", self._picture),
            Route("/preview/movies/{tmdb_id:int}/{rest:path}", self._picture),
        ]
        app = Starlette(routes=routes, exception_handlers={404: _not_found})
        self.app = recorded(self.faults.wrap(app), self.requests)

    async def _movie(self, request: Request) -> Response:
        key = request.query_params.get("api_key") or request.headers.get("api-key")
        if not key:
            return _refusal(401, "API key is required")
        if key != self.api_key:
            return _refusal(401, "Invalid API key")
        given = request.path_params["film_id"]
        film = next((film for film in self.films.values() if given in {str(film.tmdb_id), film.imdb_id}), None)
        return _json(_art_of(film, f"{request.url.scheme}://{request.url.netloc}")) if film else _refusal(404, "Not found")

    async def _picture(self, request: Request) -> Response:
        film = self.films.get(request.path_params["tmdb_id"])
        found = (
            next(
                (one for one in pictures_of(film) if one.path == request.url.path.replace("/preview/", "/fanart/", 1)), None
            )
            if film
            else None
        )
        if found is None:
            return Response("Not Found", 404, media_type="text/html")
        width = PREVIEW_WIDTH if request.url.path.startswith("/preview/") else None
        return Response(await asyncio.to_thread(draw, found, width), media_type=found.media_type)


def _art_of(film: Film, server: str) -> dict[str, Any]:
    """An answer: one list for each kind, absent where there is none, and nothing but strings."""
    of_kind = {kind.name: [_row(one, server) for one in pictures_of(film) if one.kind is kind] for kind in KINDS}
    ids = {"name": film.title, "tmdb_id": str(film.tmdb_id), "imdb_id": film.imdb_id}
    return ids | {name: rows for name, rows in of_kind.items() if rows}


def _row(picture: FanartTvPicture, server: str) -> dict[str, str]:
    number = 900400 + sum(picture.path.encode())
    row = {"id": str(number), "url": server + picture.path, "lang": picture.language, "likes": str(picture.likes)}
    return row | ({"disc": "1", "disc_type": "bluray"} if picture.kind.name == "moviedisc" else {})


def _json(answer: dict[str, Any]) -> Response:
    return Response(json.dumps(answer), media_type="application/json")


def _refusal(status: int, why: str) -> Response:
    return Response(json.dumps({"status": "error", "error message": why}), status, media_type="application/json")


async def _not_found(_: Request, __: Exception) -> Response:
    return _refusal(404, "Not found")
