"""Addresses of pictures for people to look at in Prefect's page: read-only, and not to be guessed.

A browser that shows an artifact has no API key, so the address itself is signed, with a key that is kept beside the API key.
"""

from __future__ import annotations

import hashlib
import hmac

from metarr_core.domain.ids import Sha256
from metarr_core.secrets import kept_secret
from metarr_core.settings import Settings

EVERY_ADDRESS = {"0.0.0.0", "::", ""}


def preview_url(settings: Settings, content_hash: Sha256) -> str:
    """Where a browser finds a picture of the cache, made small. Raises StorageUnavailable."""
    web = settings.web
    host = "127.0.0.1" if web.host in EVERY_ADDRESS else web.host
    base = web.public_url or f"http://{host}:{web.port}{web.base_path}"
    return f"{base}/previews/{signature(settings, content_hash)}/{content_hash}"


def signature(settings: Settings, content_hash: str) -> str:
    """What proves that an address is ours: 32 hex digits. Raises StorageUnavailable."""
    key, _ = kept_secret(settings.paths.data_dir / "preview-key")
    return hmac.new(key.encode(), content_hash.encode(), hashlib.sha256).hexdigest()[:32]
