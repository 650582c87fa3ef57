"""The web shim as a process."""

from __future__ import annotations

import logging

import uvicorn

from deployments.addresses import api_key, prefect_api_url
from metarr_core.logs import conceal
from metarr_core.settings import Settings
from metarr_core.web.app import create_app

logger = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    key, is_new = api_key(settings)
    conceal([key])
    if is_new:
        logger.info("a new API key lies in %s", settings.paths.data_dir / "api-key")
    uvicorn.run(
        create_app(settings, key, prefect_api_url(settings).removesuffix("/api")),
        host=settings.web.host,
        port=settings.web.port,
        log_config=None,
        access_log=False,  # ?apikey= stands in the addresses
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
