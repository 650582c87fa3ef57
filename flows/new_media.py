"""Workflow 1: a new film, from the manager's word to the player's screen.

Triggered by a `Download` webhook through the dispatcher, on the queue `critical`. It records the film and its file, probes
the file, asks the providers, fetches artwork, writes artwork and NFO beside the film, and tells the players.
By hand: give `path` (a video in one of the libraries) and, if known, `tmdb_id`. Twice is the same as once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

from prefect import flow
from prefect.client.schemas.objects import State

from flows.artifacts import show_movie
from flows.parameters import TmdbNumber, parameter
from flows.runs import name_run, title_lock, with_verdict
from metarr_core.domain.ids import EventId, MovieId, TmdbId
from metarr_core.domain.metadata import Identity
from metarr_core.errors import InvalidWebhook, TransientError
from metarr_core.operations import importing
from metarr_core.operations.enrichment import Enriched
from metarr_core.operations.importing import Import
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.download import download
from tasks.enrich import enrich
from tasks.identify import identify_one
from tasks.notify import notify
from tasks.probe import probe
from tasks.record import record
from tasks.write import write

T = TypeVar("T")


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
        return await _steps(runtime, imports)


async def _imports(runtime: Runtime, event_ids: list[int], path: str, tmdb_id: int | None) -> list[Import]:
    if event_ids:
        return await importing.imports_of_events(runtime, [EventId(number) for number in event_ids])
    if not path:
        raise InvalidWebhook("give either webhook events or the path of a video")
    identity = Identity(title=Path(path).stem, tmdb_id=TmdbId(tmdb_id) if tmdb_id else None)
    return [importing.import_of_path(runtime, Path(path), identity)]


async def _steps(runtime: Runtime, imports: list[Import]) -> str:
    """The six steps. One that fails for now does not keep the others from the film; the job comes back for it."""
    movie_id = await record(imports)
    troubles: list[TransientError] = []
    if not imports[-1].has_id:
        movie_id = await _identified(movie_id, troubles)
    _, enriched = await asyncio.gather(_attempt(probe(movie_id), troubles), _attempt(enrich(movie_id), troubles))
    if isinstance(enriched, Enriched) and enriched.trouble:
        troubles.append(enriched.trouble)
    downloads = await _attempt(download(movie_id), troubles)
    if downloads and downloads.trouble:
        troubles.append(downloads.trouble)
    written = await _attempt(write(movie_id), troubles)
    waiting = await _attempt(notify(movie_id), troubles)
    await show_movie(runtime, movie_id)
    if troubles:
        raise troubles[0]
    pictures = downloads.stored if downloads else 0
    return f"{pictures} pictures, {len(written or [])} files written, {len(waiting or [])} players are told later"


async def _identified(movie_id: MovieId, troubles: list[TransientError]) -> MovieId:
    """The film that a file is of which nobody has told an id: its length helps to tell which."""
    await _attempt(probe(movie_id), troubles)
    return await _attempt(identify_one(movie_id), troubles) or movie_id


async def _attempt(step: Awaitable[T], troubles: list[TransientError]) -> T | None:
    try:
        return await step
    except TransientError as exc:
        troubles.append(exc)
        return None
