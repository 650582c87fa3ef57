"""A film comes back from the trash, with all that was known of it: record, locks, pictures. Nothing is downloaded again.

Triggered by `POST /api/v1/movies/{id}/restore`, on the queue `high`. Artwork and NFO are written from the cache beside those
of its files that are there, and players are told. By hand: give the number of a film in the trash.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import FilmNumber, parameter
from flows.runs import movie_lock, name_film_run, this_run, with_verdict
from flows.trash import show_trash
from metarr_core.domain.ids import MovieId
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.bring_back import bring_back
from tasks.notify import notify
from tasks.write import write


@flow(name="restore-media", description=__doc__)
async def restore_media(
    movie_id: FilmNumber = parameter(..., "Film", "The number of a film in the trash."),
) -> State[Any]:
    """Bring a film back from the trash."""
    film = MovieId(movie_id)
    async with open_runtime(load_settings()) as runtime:
        return await with_verdict(runtime, lambda: _work(runtime, film))


async def _work(runtime: Runtime, movie_id: MovieId) -> str:
    """By a job, the film has been taken out by the request already; the job may also come a second time."""
    await name_film_run(runtime, movie_id, "restore-media")
    async with movie_lock(runtime, movie_id):
        found = await bring_back(movie_id, must_be_in_trash=not this_run().idempotency_key)
        written = await write(movie_id)
        waiting = await notify(movie_id)
    await show_trash(runtime)
    return f"{len(found)} missing files are there again, {len(written)} written, {len(waiting)} players are told later"
