"""Pictures of the cache, made small, at addresses that are signed. Their content never changes, so browsers keep them."""

from __future__ import annotations

import asyncio
import hmac
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from metarr_core.db import artwork
from metarr_core.files.images import small_copy
from metarr_core.previews import signature
from metarr_core.runtime import Runtime

PREVIEW_SIZE = (342, 342)
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
}


async def show(request: Request) -> Response:
    """GET /previews/{signature}/{content_hash}."""
    runtime: Runtime = request.app.state.runtime
    content_hash = request.path_params["content_hash"]
    expected = signature(runtime.settings, content_hash)
    if not hmac.compare_digest(expected.encode(), request.path_params["signature"].encode()):
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is no such picture")
    etag = f'"{content_hash}"'
    if request.headers.get("If-None-Match") == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=HEADERS | {"ETag": etag})
    async with runtime.database.transaction() as session:
        path = await artwork.cache_path(session, content_hash)
    data, mime = await asyncio.to_thread(small_copy, runtime.cache.path(path), PREVIEW_SIZE)
    return Response(data, media_type=mime, headers=HEADERS | {"ETag": etag})
