"""Each request has an id: the one it came with, or a new one. Its log lines carry it, and so does its answer."""

from __future__ import annotations

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from metarr_core import logs

logger = logging.getLogger(__name__)

HEADER = "X-Request-Id"
READ_ONLY = ("GET", "HEAD", "OPTIONS")
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
"""Others could forge log lines, and are replaced."""


class RequestIds:
    """Gives every request its id, and writes a line about it: what changes something at INFO, what reads at DEBUG."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        offered = Headers(scope=scope).get(HEADER, "")
        request_id = offered if _ACCEPTABLE.fullmatch(offered) else uuid.uuid4().hex
        logs.belong_to(request_id=request_id)
        began = time.monotonic()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
                _tell(scope, message["status"], time.monotonic() - began)
            await send(message)

        await self._app(scope, receive, send_with_id)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    """Without the query: the key may stand in it."""
    level = logging.DEBUG if scope["method"] in READ_ONLY else logging.INFO
    logger.log(level, "%s %s: %d in %.0f ms", scope["method"], ascii(scope["path"])[1:-1], status, seconds * 1000)
