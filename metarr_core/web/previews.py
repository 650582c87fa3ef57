"""Pictures of the cache, made small, at addresses that are signed. Their content never changes, so browsers keep them."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from metarr_core.operations.previewing import preview

HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
}


async def show(request: Request) -> Response:
    """GET /previews/{signature}/{content_hash}."""
    signature, content_hash = request.path_params["signature"], request.path_params["content_hash"]
    data, mime = await preview(request.app.state.runtime, signature, content_hash)
    headers = HEADERS | {"ETag": f'"{content_hash}"'}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(data, media_type=mime, headers=headers)
