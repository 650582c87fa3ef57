"""Workflow 5: a film that was deleted in its manager goes to the trash, for `trash.grace_days`. Nothing on disk is touched.

Triggered by a `MovieDelete` webhook through the dispatcher, on the queue `high`. It says whether files go.
By hand: give the number of a film. Twice is the same as once, and `restore-media` undoes it.
"""

from __future__ import annotations

from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.parameters import FilmNumber, parameter
from flows.runs import movie_lock, name_film_run, name_run, title_lock, with_verdict
from flows.trash import show_trash
from metarr_core.db import jobs
from metarr_core.domain.ids import EventId, MovieId
from metarr_core.domain.jobs import JobType
from metarr_core.errors import InvalidWebhook
from metarr_core.operations.deleting import deletions_of_events
from metarr_core.operations.trash import MOST_DAYS, keep_longer, trash_movie
from metarr_core.runtime import Runtime, now, open_runtime
from metarr_core.settings import load_settings
from tasks.delete import delete

Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]


@flow(name="delete-media", description=__doc__)
async def delete_media(
    event_ids: list[int] = parameter([], "Webhook events", "Events of the inbox to work off; by hand, give a film instead."),
    movie_id: FilmNumber | None = parameter(None, "Film", "The number of a film that is to go to the trash."),
    days: Days | None = parameter(
        None,
        "Days",
        "How long the film stays in the trash; one that is there already, from now. Empty: as the settings say.",
    ),
    dry_run: bool = parameter(False, "Dry run", "Only tell what would be done."),  # noqa: FBT001
) -> State[Any]:
    """Put a film into the trash."""
    async with open_runtime(load_settings()) as runtime:
        if event_ids:
            numbers = [EventId(number) for number in event_ids]
            return await with_verdict(runtime, lambda: _work_off(runtime, numbers, dry_run=dry_run))
        return await with_verdict(runtime, lambda: _by_hand(runtime, movie_id, days, dry_run=dry_run))


async def _work_off(runtime: Runtime, event_ids: list[EventId], *, dry_run: bool) -> str:
    deletions = await deletions_of_events(runtime, event_ids)
    await name_run(f"delete-media: {deletions[-1].title}")
    async with title_lock(runtime, deletions[-1].title_key):
        told = "; ".join([await delete(deletion, dry_run=dry_run) for deletion in deletions])
    async with runtime.database.transaction() as session:
        is_last = not await jobs.is_due(session, JobType.DELETE_MEDIA, now())
    if is_last:  # of hundreds at once, the last shows the table for all
        await show_trash(runtime)
    return told


async def _by_hand(runtime: Runtime, movie_id: int | None, days: int | None, *, dry_run: bool) -> str:
    """A user's deletion touches nothing on disk: the film's files stay."""
    if movie_id is None:
        raise InvalidWebhook("give either webhook events or the number of a film")
    film = MovieId(movie_id)
    title = await name_film_run(runtime, film, "delete-media")
    if dry_run:
        return f"{title} would go to the trash; its files stay on disk"
    async with movie_lock(runtime, film):
        is_new = await trash_movie(runtime, film, "a user deleted it, and its files stay on disk", files_stay=True)
        until = await keep_longer(runtime, film, days) if days else None
    await show_trash(runtime)
    told = f"{title} is in the trash" + ("; its files stay on disk" if is_new else " already")
    return f"{told}; it goes on {until:%Y-%m-%d}" if until else told
