"""A film comes back from the trash, with all that was known of it: record, locks, pictures. Nothing is downloaded again.

Triggered by `POST /api/v1/movies/{id}/restore`, and by a `MovieAdded` of a film in the trash of which a file is there, on
the queue `high`. Artwork and NFO are written from the cache beside those of its files that are there, and players are told.
By hand: give the number of a film in the trash.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import FilmNumber, parameter
from flows.runs import movie_lock, name_film_run, name_run, this_run, title_lock, with_verdict
from flows.trash import show_trash
from metarr_core.domain.ids import EventId, MovieId
from metarr_core.errors import InvalidWebhook
from metarr_core.operations import returning
from metarr_core.operations.restoring import BY_A_USER
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.bring_back import bring_back
from tasks.notify import notify
from tasks.write import write


@flow(name="restore-media", description=__doc__)
async def restore_media(
    event_ids: list[int] = parameter([], "Webhook events", "Events of the inbox to work off; by hand, give a film instead."),
    movie_id: FilmNumber | None = parameter(None, "Film", "The number of a film in the trash."),
) -> State[Any]:
    """Bring a film back from the trash."""
    async with open_runtime(load_settings()) as runtime:
        if event_ids:
            numbers = [EventId(number) for number in event_ids]
            return await with_verdict(runtime, lambda: _work_off(runtime, numbers))
        return await with_verdict(runtime, lambda: _for_film(runtime, movie_id))


async def _work_off(runtime: Runtime, event_ids: list[EventId]) -> str:
    added = await returning.addition_of_events(runtime, event_ids)
    await name_run(f"restore-media: {added.title}")
    async with title_lock(runtime, added.title_key):
        film = await returning.film_to_restore(runtime, added)
        if isinstance(film, returning.Stays):
            return film.why
        return await _restored(runtime, film, why=added.reason)


async def _for_film(runtime: Runtime, number: int | None) -> str:
    if number is None:
        raise InvalidWebhook("give either webhook events or the number of a film")
    movie_id = MovieId(number)
    await name_film_run(runtime, movie_id, "restore-media")
    async with movie_lock(runtime, movie_id):
        return await _restored(runtime, movie_id)


async def _restored(runtime: Runtime, movie_id: MovieId, why: str = BY_A_USER) -> str:
    """By a job, the film may have been taken out by the request already; the job may also come a second time."""
    found = await bring_back(movie_id, must_be_in_trash=not this_run().idempotency_key, why=why)
    written = await write(movie_id)
    waiting = await notify(movie_id)
    await show_trash(runtime)
    return f"{len(found)} missing files are there again, {len(written)} written, {len(waiting)} players are told later"
