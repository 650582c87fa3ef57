"""Imported by the forkserver: whatever a flow run needs, so that every child is born with it and shares its memory.

Nothing here may start a thread or open a connection: neither survives a fork.
"""

from __future__ import annotations

import gc
import pkgutil
from importlib import import_module

import flows
from deployments.worker.processes import die_with_parent

LATE_IMPORTS = (
    # What Prefect's engine imports in the middle of a first run.
    "prefect.events.clients",
    "prefect.events.worker",
    "prefect._internal.observers",
    "prefect.logging.handlers",
    "prefect.task_engine",
    "prefect.flow_engine",
    "deployments.worker.warmth",
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
)


def preload() -> None:
    """Import all flows and what they need later; what is there now stays shared between the children."""
    for module in pkgutil.iter_modules(flows.__path__, "flows."):
        import_module(module.name)
    for name in LATE_IMPORTS:
        import_module(name)
    gc.collect()
    gc.freeze()


die_with_parent()  # the forkserver's own parent is the worker
preload()
