"""A better file is on its way: what others have beside the old one goes into the cache before Radarr deletes it.

Triggered by a `Grab` through the dispatcher, on the queue `high`, minutes before the import. Nothing on disk is changed.
By hand: give a film that you are about to upgrade.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import FilmNumber, parameter
from flows.runs import movie_lock, name_film_run, name_run, title_lock, with_verdict
from metarr_core.domain.ids import EventId, MovieId
from metarr_core.errors import InvalidWebhook
from metarr_core.operations import importing, preparing
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.prepare import prepare


@flow(name="prepare-upgrade", description=__doc__)
async def prepare_upgrade(
    event_ids: list[int] = parameter([], "Webhook events", "Events of the inbox to work off; by hand, give a film instead."),
    movie_id: FilmNumber | None = parameter(None, "Film", "The number of the film that is about to be upgraded."),
    release: str = parameter("another file", "Release", "What is on its way; only to be read."),
) -> State[Any]:
    """Prepare for the upgrade of a film."""
    async with open_runtime(load_settings()) as runtime:
        if event_ids:
            numbers = [EventId(number) for number in event_ids]
            return await with_verdict(runtime, lambda: _work_off(runtime, numbers))
        return await with_verdict(runtime, lambda: _by_hand(runtime, movie_id, release))


async def _work_off(runtime: Runtime, event_ids: list[EventId]) -> str:
    grabbed = await preparing.grabbed_of_events(runtime, event_ids)
    await name_run(f"prepare-upgrade: {grabbed.title}")
    async with title_lock(runtime, grabbed.title_key):
        movie_id = await importing.known_film(runtime, grabbed.identity)
        if movie_id is None:
            return f"{grabbed.title} is not known yet; there is nothing to prepare"
        return await prepare(movie_id, grabbed.release)


async def _by_hand(runtime: Runtime, number: int | None, release: str) -> str:
    if number is None:
        raise InvalidWebhook("give either webhook events or the number of a film")
    movie_id = MovieId(number)
    await name_film_run(runtime, movie_id, "prepare-upgrade")
    async with movie_lock(runtime, movie_id):
        return await prepare(movie_id, release)
