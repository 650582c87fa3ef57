"""Flows for the tests: they tell what they see, leave traces, wait, or hang."""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import os
import re
import time
from pathlib import Path

from prefect import flow, get_client
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_LOGGING_LEVEL
from prefect.states import Completed
from sqlalchemy import text

from metarr_core.runtime import current_runtime, open_runtime
from metarr_core.settings import load_settings

TRACE: contextvars.ContextVar[str] = contextvars.ContextVar("trace", default="")
LEAK: list[bytes] = []
strays: set[asyncio.Task[None]] = set()


@flow
async def look() -> State:
    """Tell what can be seen here."""
    async with open_runtime(load_settings()) as runtime:
        sees = {
            "pid": os.getpid(),
            "loop": id(asyncio.get_running_loop()),
            "runtime": id(runtime),
            "client": id(get_client(sync_client=True)),
            "variable": os.environ.get("TRACE", ""),
            "context": TRACE.get(),
            "folder": str(Path.cwd()),
            "handlers": len(logging.getLogger().handlers),
            "level": PREFECT_LOGGING_LEVEL.value(),
            "tasks": len(asyncio.all_tasks()),
            "trust_nfo": runtime.settings.scan.trust_nfo,
        }
    return Completed(message=json.dumps(sees))


@flow
async def leave_traces() -> State:
    """Leave behind what a careless flow may leave."""
    os.environ["TRACE"] = "left"
    TRACE.set("left")
    os.chdir("/")
    logging.getLogger().addHandler(logging.NullHandler())
    strays.add(asyncio.create_task(_keep_a_transaction_open()))
    await asyncio.sleep(0.2)
    return Completed(message=json.dumps({"pid": os.getpid()}))


async def _keep_a_transaction_open() -> None:
    async with current_runtime().database.transaction() as session:
        await session.execute(text("SELECT 'left behind by a test'"))
        await asyncio.sleep(3600)


@flow
async def wait(seconds: float) -> State:
    """Wait, as a good citizen of the loop."""
    logging.getLogger("metarr_core.waiting").info("the core says that it waits")
    await asyncio.sleep(seconds)
    return Completed(message=json.dumps({"pid": os.getpid()}))


@flow
async def hang() -> None:
    """Hang in C code that never gives the interpreter back."""
    re.match(r"(a+)+$", "a" * 64 + "b")


@flow
async def grow(mib: int) -> State:
    """Take memory and keep it."""
    LEAK.append(b"x" * (mib * 1024 * 1024))
    return Completed(message=json.dumps({"pid": os.getpid()}))


@flow
async def began() -> State:
    """Tell when the first line ran."""
    return Completed(message=json.dumps({"at": time.time()}))
