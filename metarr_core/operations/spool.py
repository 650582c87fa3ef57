"""Webhooks that came while the database was away: kept as files, and taken in, oldest first, when it is back.

Radarr sends each event once and never again, so an answer without storing it would lose it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from dataclasses import asdict
from pathlib import Path

from metarr_core.domain.ids import EventId
from metarr_core.errors import DatabaseUnavailable, StorageUnavailable
from metarr_core.operations import inbox
from metarr_core.operations.inbox import Source
from metarr_core.runtime import Runtime

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 2.0


async def receive(runtime: Runtime, source: Source, body: bytes) -> EventId | None:
    """Take a webhook in; None when it waits in the spool because the database is away.

    Raises InvalidWebhook, and StorageUnavailable when not even the spool can be written.
    """
    try:
        await drain(runtime)
        return await inbox.receive(runtime, source, body)
    except DatabaseUnavailable as exc:
        logger.warning("a webhook is kept in the spool: %s", exc)
        await asyncio.to_thread(_put, _folder(runtime), source, body)
        return None


async def drain(runtime: Runtime) -> None:
    """Take in what waits in the spool. Raises DatabaseUnavailable."""
    for file in sorted(_folder(runtime).glob("*.webhook")):
        try:
            head, _, body = (await asyncio.to_thread(file.read_bytes)).partition(b"\n")
        except FileNotFoundError:
            continue  # another request was quicker
        event_id = await inbox.receive(runtime, Source(**json.loads(head)), body)
        file.unlink(missing_ok=True)
        logger.info("event %s was taken in from the spool", event_id)


async def keep_draining(runtime: Runtime) -> None:
    """Drain the spool for ever."""
    while True:
        await asyncio.sleep(DRAIN_SECONDS)
        try:
            await drain(runtime)
        except DatabaseUnavailable as exc:
            logger.warning("the spool waits: %s", exc)


def _folder(runtime: Runtime) -> Path:
    return runtime.settings.paths.data_dir / "spool"


def _put(folder: Path, source: Source, body: bytes) -> None:
    name = f"{time.time_ns():020d}-{os.urandom(4).hex()}"
    draft = folder / f"{name}.draft"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(json.dumps(asdict(source)).encode() + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(folder / f"{name}.webhook")
    except OSError as exc:
        raise StorageUnavailable(folder, f"{exc.strerror}; the webhook could not be kept") from exc
