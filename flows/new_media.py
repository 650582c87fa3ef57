"""Workflow 1: a new film, from the manager's word to the player's screen.

Triggered by a `Download` webhook through the dispatcher, on the queue `critical`. It records the film and its file, probes
the file, asks the providers, fetches artwork, writes artwork and NFO beside the film, and tells the players. A file that
takes the place of another is an upgrade, whatever the webhook says of it.
By hand: give `path` (a video in one of the libraries) and, if known, `tmdb_id`. Twice is the same as once.
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
from metarr_core.operations import importing
from metarr_core.operations.importing import Import
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings


@flow(name="new-media", description=__doc__)
async def new_media(
    event_ids: list[int] = parameter([], "Webhook events", "Events of the inbox to work off; by hand, give a path instead."),
    path: str = parameter("", "Video", "A video in one of the libraries, as Metarr sees it."),
    tmdb_id: TmdbNumber | None = parameter(None, "TMDB id", "The film's number at TMDB, such as 45745 for Sintel."),
) -> State[Any]:
    """Work off the imports of one film."""
    async with open_runtime(load_settings()) as runtime:
        return await with_verdict(runtime, lambda: _work(runtime, event_ids, path, tmdb_id))


async def _work(runtime: Runtime, event_ids: list[int], path: str, tmdb_id: int | None) -> str:
    imports = await _imports(runtime, event_ids, path, tmdb_id)
    await name_run(f"new-media: {imports[-1].title}")
    async with title_lock(runtime, imports[-1].title_key):
        return await receive(runtime, imports)


async def _imports(runtime: Runtime, event_ids: list[int], path: str, tmdb_id: int | None) -> list[Import]:
    if event_ids:
        return await importing.imports_of_events(runtime, [EventId(number) for number in event_ids])
    if not path:
        raise InvalidWebhook("give either webhook events or the path of a video")
    return [imported_by_hand(runtime, Path(path), tmdb_id)]
