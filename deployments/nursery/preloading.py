"""Whatever Metarr's processes need: imported once, shared by all that are forked afterwards.

Nothing here may start a thread or open a connection: neither survives a fork.
"""

from __future__ import annotations

import gc
import pkgutil
from importlib import import_module

from sqlalchemy.orm import configure_mappers

import flows
from metarr_core.clients.http import tls_context

PARTS = (
    "deployments.asgi",
    "deployments.bootstrap",
    "deployments.cli",
    "deployments.dispatcher.leading",
    "deployments.players",
    "deployments.worker.serving",
    "deployments.worker.warmth",
)
LATE_IMPORTS = (
    # What Prefect's engine imports in the middle of a first run.
    "prefect.events.clients",
    "prefect.events.worker",
    "prefect._internal.observers",
    "prefect.logging.handlers",
    "prefect.task_engine",
    "prefect.flow_engine",
    # What our own code imports where it is used.
    "lxml.etree",
    "PIL.Image",
    "PIL.ImageFile",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.WebPImagePlugin",
    "imagehash",
    "scipy.fftpack",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg_binary",
    # What uvicorn imports when it serves.
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)


def preload() -> None:
    """Import all flows, all parts and what they need later; what is there now stays shared."""
    for module in pkgutil.iter_modules(flows.__path__, "flows."):
        import_module(module.name)
    for name in (*PARTS, *LATE_IMPORTS):
        import_module(name)
    configure_mappers()
    tls_context()
    gc.collect()
    gc.freeze()
