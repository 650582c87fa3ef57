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

from metarr_core.domain import webhooks
from metarr_core.domain.ids import EventId
from metarr_core.errors import DatabaseUnavailable, InvalidWebhook, StorageUnavailable
from metarr_core.operations import inbox
from metarr_core.operations.inbox import Source
from metarr_core.runtime import Runtime

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 2.0
STORE_SECONDS = 5.0
"""A database that takes longer counts as away: a manager waits for our answer, up to 100 s, while it imports."""


async def receive(runtime: Runtime, source: Source, body: bytes) -> EventId | None:
    """Take a webhook in; None when it waits in the spool because the database is away, or others wait there.

    Raises InvalidWebhook, and StorageUnavailable when not even the spool can be written.
    """
    webhooks.read_object(body)  # rubbish is refused now, not when the database is back
    arrived = time.time_ns()
    try:
        if not waiting(runtime):
            return await _store(runtime, source, body)
    except DatabaseUnavailable as exc:
        logger.warning("a webhook is kept in the spool: %s", exc)
    await asyncio.to_thread(_put, _folder(runtime), arrived, source, body)
    return None


async def drain(runtime: Runtime) -> None:
    """Take in what waits in the spool. One at a time may do this, or events are doubled. Raises DatabaseUnavailable."""
    while files := waiting(runtime):
        for file in files:
            await _take_in(runtime, file)


async def keep_draining(runtime: Runtime) -> None:
    """Drain the spool for ever."""
    while True:
        try:
            await drain(runtime)
        except (DatabaseUnavailable, OSError) as exc:
            logger.warning("the spool waits: %s", exc)
        except Exception:  # while something waits, all that comes waits behind it: this loop must not end
            logger.exception("the spool waits; nothing of it is lost")
        await asyncio.sleep(DRAIN_SECONDS)


async def _take_in(runtime: Runtime, file: Path) -> None:
    """A file that makes no sense is set aside: it must not stop those behind it."""
    try:
        head, _, body = (await asyncio.to_thread(file.read_bytes)).partition(b"\n")
        event_id = await _store(runtime, Source(**json.loads(head)), body)
    except (ValueError, TypeError, InvalidWebhook) as exc:
        aside = await asyncio.to_thread(file.rename, file.with_suffix(".unreadable"))
        logger.error("%s cannot be taken in and was set aside: %s", aside, exc)  # noqa: TRY400 - the trace tells no more
        return
    await asyncio.to_thread(file.unlink)
    logger.info("event %s was taken in from the spool", event_id)


async def _store(runtime: Runtime, source: Source, body: bytes) -> EventId:
    try:
        async with asyncio.timeout(STORE_SECONDS):
            return await inbox.receive(runtime, source, body)
    except TimeoutError as exc:
        raise DatabaseUnavailable(f"it did not answer within {STORE_SECONDS:g} s") from exc


def waiting(runtime: Runtime) -> list[Path]:
    """The webhooks in the spool, oldest first."""
    return sorted(_folder(runtime).glob("*.webhook"))


def _folder(runtime: Runtime) -> Path:
    return runtime.settings.paths.data_dir / "spool"


def _put(folder: Path, arrived_ns: int, source: Source, body: bytes) -> None:
    name = f"{arrived_ns:020d}-{os.urandom(4).hex()}"
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
