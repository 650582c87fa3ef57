"""Workflow 2: an upgrade. A new file takes the place of a film's old one; metadata, locks, artwork and watched state stay.

Triggered by a `Download` that names replaced files, and by a `MovieFileDelete` that makes room for one, through the
dispatcher, on the queue `critical`. The new file is recorded and probed, artwork and NFO are written under its name from the
cache, what we wrote under the old name is removed if its bytes are still ours, and the players are told. Two looks follow as
jobs, as Radarr deletes the old file's sidecars in the background. By hand: give `path`, the new video. Twice is the same
as once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.arrivals import imported_by_hand, receive
from flows.parameters import TmdbNumber, parameter
from flows.runs import name_run, title_lock, with_verdict
from metarr_core.domain.ids import EventId
from metarr_core.errors import InvalidWebhook
from metarr_core.operations import upgrading
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.announce import announce


@flow(name="upgrade", description=__doc__)
async def upgrade(
    event_ids: list[int] = parameter([], "Webhook events", "Events of the inbox to work off; by hand, give a path instead."),
    path: str = parameter("", "New video", "The video that has taken the place of another, as Metarr sees it."),
    tmdb_id: TmdbNumber | None = parameter(None, "TMDB id", "The film's number at TMDB, such as 45745 for Sintel."),
) -> State[Any]:
    """Work off the upgrades of one film."""
    async with open_runtime(load_settings()) as runtime:
        if event_ids:
            numbers = [EventId(number) for number in event_ids]
            return await with_verdict(runtime, lambda: _work_off(runtime, numbers))
        return await with_verdict(runtime, lambda: _by_hand(runtime, path, tmdb_id))


async def _work_off(runtime: Runtime, event_ids: list[EventId]) -> str:
    told = await upgrading.told_by_events(runtime, event_ids)
    await name_run(f"upgrade: {told.title}")
    async with title_lock(runtime, told.title_key):
        if told.imports:
            return await receive(runtime, told.imports, told.gone)
        return await announce(told)


async def _by_hand(runtime: Runtime, path: str, tmdb_id: int | None) -> str:
    if not path:
        raise InvalidWebhook("give either webhook events or the path of the new video")
    one = imported_by_hand(runtime, Path(path), tmdb_id)
    await name_run(f"upgrade: {one.title}")
    async with title_lock(runtime, one.title_key):
        return await receive(runtime, [one])
