"""Who may come in: everybody with the API key, in any of the four ways that the *arrs and browsers can send it."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from metarr_core.web.problems import problem

ANONYMOUS = {"/ping", "/health/live", "/health/ready"}
SIGNED = "/previews/"
"""Addresses below it prove themselves."""


class ApiKey:
    """Lets requests with the key pass, and those to the anonymous paths."""

    def __init__(self, app: ASGIApp, key: str, base_path: str) -> None:
        self._app, self._keys, self._base_path = app, _spellings(key), base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or self._may_pass(Request(scope)):
            await self._app(scope, receive, send)
            return
        answer = problem(
            HTTPStatus.UNAUTHORIZED,
            "the API key is missing or wrong; send it as X-Api-Key, ?apikey=, Bearer token, or password",
            {"WWW-Authenticate": 'Basic realm="Metarr"'},
        )
        await answer(scope, receive, send)

    def _may_pass(self, request: Request) -> bool:
        path = request.scope["path"].removeprefix(self._base_path)
        if path in ANONYMOUS or path.startswith(SIGNED):
            return True
        return any(hmac.compare_digest(offered, key) for offered in _offered(request) for key in self._keys)


def _spellings(key: str) -> list[bytes]:
    """The key as others encode it, and as Radarr does: ISO-8859-1."""
    try:
        return [key.encode(), key.encode("latin-1")]
    except UnicodeEncodeError:
        return [key.encode()]


def _offered(request: Request) -> Iterator[bytes]:
    """Every key that a request carries, as the bytes that were sent: Starlette reads headers as ISO-8859-1."""
    if (header := request.headers.get("X-Api-Key")) is not None:
        yield header.encode("latin-1")
    if (parameter := request.query_params.get("apikey")) is not None:
        yield parameter.encode("utf-8", "surrogateescape")
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield value.strip().encode("latin-1")
    if scheme.lower() == "basic" and (password := _password(value)) is not None:
        yield password


def _password(value: str) -> bytes | None:
    try:
        return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return None
