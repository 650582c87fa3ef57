"""Pictures for people to look at in Prefect's page: made small, read-only, at addresses that are not to be guessed.

A browser that shows an artifact has no API key, so the address itself is signed, with a key that is kept beside the API key.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac

from metarr_core.db import artwork
from metarr_core.errors import NotFoundError
from metarr_core.files.images import small_copy
from metarr_core.runtime import Runtime
from metarr_core.secrets import kept_secret
from metarr_core.settings import Settings

EVERY_ADDRESS = {"0.0.0.0", "::", ""}
PREVIEW_SIZE = (342, 342)


def preview_url(settings: Settings, content_hash: str) -> str:
    """Where a browser finds a picture of the cache, made small. Raises StorageUnavailable."""
    web = settings.web
    host = "127.0.0.1" if web.host in EVERY_ADDRESS else web.host
    base = web.public_url or f"http://{host}:{web.port}{web.base_path}"
    return f"{base}/previews/{_signature(settings, content_hash)}/{content_hash}"


async def preview(runtime: Runtime, signature: str, content_hash: str) -> tuple[bytes, str]:
    """A picture made small, and its MIME type.

    Raises NotFoundError, also where the signature is wrong: nobody learns what there is. StorageUnavailable.
    """
    if not hmac.compare_digest(_signature(runtime.settings, content_hash).encode(), signature.encode()):
        raise NotFoundError("there is no such picture")
    async with runtime.database.transaction() as session:
        path = await artwork.cache_path(session, content_hash)
    return await asyncio.to_thread(small_copy, runtime.cache.path(path), PREVIEW_SIZE)


def _signature(settings: Settings, content_hash: str) -> str:
    """What proves that an address is ours: 32 hex digits."""
    key, _ = kept_secret(settings.paths.data_dir / "preview-key")
    return hmac.new(key.encode(), content_hash.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()[:32]
