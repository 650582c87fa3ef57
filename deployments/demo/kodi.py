"""Kodi on loopback: JSON-RPC over HTTP for a library of real files, with the traps measured on Kodi 20.1."""

import base64
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deployments.demo.faults import Faults
from deployments.demo.kodi_filters import InvalidParams
from deployments.demo.kodi_library import Library
from deployments.demo.kodi_methods import methods_of
from deployments.demo.kodi_screen import Screen

Json = dict[str, Any]

PARSE_ERROR = {"code": -32700, "message": "Parse error."}
INVALID_REQUEST = {"code": -32600, "message": "Invalid request."}
UNKNOWN_METHOD = {"code": -32601, "message": "Method not found."}
INVALID_PARAMS = {"code": -32602, "message": "Invalid params."}


class KodiStandIn:
    """A player whose sources are `roots`: `calls` records method and parameters, `available = False` turns it off.

    `methods` may be replaced one by one, `faults` disturbs `/jsonrpc` and `/image/`. A scan is over when it is
    answered; notifications are not sent, as with Kodi over HTTP.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        username: str = "kodi",
        password: str = "kodi",  # noqa: S107  a stand-in's
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.library = Library(roots, now)
        self.screen = Screen()
        self.methods = methods_of(self.library, self.screen)
        self.calls: list[tuple[str, Json]] = []
        self.available = True
        self.faults = Faults()
        self._credentials = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        routes = [
            Route("/jsonrpc", self._rpc, methods=["POST"]),
            Route("/image/{url:path}", self._image),
        ]
        self.app = self.faults.wrap(Starlette(routes=routes))

    def called(self, method: str) -> list[Json]:
        """The parameters of each call of a method, in order."""
        return [params for name, params in self.calls if name == method]

    async def _rpc(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal:
            return refusal
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return Response(status_code=415)
        try:
            asked = json.loads(await request.body())
        except ValueError:
            return _answer(_failed(None, PARSE_ERROR))
        if not isinstance(asked, list):
            return _answer(self._result(asked))
        return _answer([answer for answer in map(self._result, asked) if answer] or _failed(None, INVALID_REQUEST))

    async def _image(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal:
            return refusal
        content = self.library.textures.show(request.path_params["url"])
        return Response(content, 404 if content is None else 200)

    def _refusal(self, request: Request) -> Response | None:
        if not self.available:
            return Response(status_code=503)
        if not secrets.compare_digest(request.headers.get("authorization", "").encode(), self._credentials.encode()):
            return Response(status_code=401, headers={"www-authenticate": 'Basic realm="Kodi"'})
        return None

    def _result(self, call: Any) -> Json | None:
        """The answer to one call, None to a notification."""
        if not isinstance(call, dict) or not isinstance(call.get("method"), str):
            return _failed(None, INVALID_REQUEST)
        method, params = call["method"], call.get("params", {})
        self.calls.append((method, params))
        if method not in self.methods:
            return _failed(call.get("id"), UNKNOWN_METHOD)
        if not isinstance(params, dict):
            return _failed(call.get("id"), INVALID_PARAMS)
        try:
            result = self.methods[method](params)
        except InvalidParams:
            return _failed(call.get("id"), INVALID_PARAMS)
        return {"id": call["id"], "jsonrpc": "2.0", "result": result} if "id" in call else None


def _failed(call_id: Any, error: Json) -> Json:
    return {"error": error, "id": call_id, "jsonrpc": "2.0"}


def _answer(body: Any) -> Response:
    return Response(b"" if body is None else json.dumps(body), media_type="application/json")
