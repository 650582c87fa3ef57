"""Are a film's files where they were? What is gone is told, what has come is taken in, and nothing on disk is touched.

Triggered by a `MovieFileDelete` that makes room for nothing, and by jobs that wait for the end of a missing file's time or
of an announced upgrade's, on the queue `high`. A film that has had no file for `trash.missing_hours` goes to the trash;
any file that comes before cancels that. While its library is away or empty, nothing is gone, unless a person deleted the
library's last file. By hand: give a film.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State

from flows.arrivals import receive
from flows.parameters import FilmNumber, parameter
from flows.runs import may_go_on, movie_lock, name_film_run, name_run, title_lock, with_verdict
from metarr_core.domain.ids import EventId, MovieId
from metarr_core.domain.missing import Purpose
from metarr_core.errors import InvalidWebhook, StorageUnavailable
from metarr_core.operations import checking, importing, missing
from metarr_core.operations.checking import Look
from metarr_core.runtime import Runtime, now, open_runtime
from metarr_core.settings import load_settings
from tasks.check import expire, look, settle_files
from tasks.notify import notify
from tasks.write import write


@flow(name="check-media", description=__doc__)
async def check_media(
    event_ids: list[int] = parameter([], "Webhook events", "Events of the inbox to work off; by hand, give a film instead."),
    movie_id: FilmNumber | None = parameter(None, "Film", "The number of the film whose files are looked for."),
    purpose: Literal["look", "deleted", "missing", "awaited"] = parameter(
        "look",
        "Purpose",
        "'look' tells what is gone, and its time begins; 'deleted' and 'missing' put a film into the trash whose time is"
        " over; 'awaited' tells of an announced upgrade that has not come.",
    ),
    since: datetime | None = parameter(None, "Since", "When an upgrade was announced; only for 'awaited'."),
    dry_run: bool = parameter(False, "Dry run", "Only tell what would be done."),  # noqa: FBT001
) -> State[Any]:
    """Look whether a film's files are there."""
    async with open_runtime(load_settings()) as runtime:
        if event_ids:
            numbers = [EventId(number) for number in event_ids]
            return await with_verdict(runtime, lambda: _work_off(runtime, numbers, dry_run=dry_run))
        return await with_verdict(runtime, lambda: _for_film(runtime, movie_id, Purpose(purpose), since, dry_run=dry_run))


async def _work_off(runtime: Runtime, event_ids: list[EventId], *, dry_run: bool) -> str:
    doubt = await checking.doubt_of_events(runtime, event_ids)
    await name_run(f"check-media: {doubt.title}")
    async with title_lock(runtime, doubt.title_key):
        movie_id = await importing.known_film(runtime, doubt.identity, doubt.path)
        if movie_id is None:
            return f"{doubt.title} is not known; there is nothing to look for"
        found = await look(movie_id, doubt.purpose, goes_on=may_go_on())
        if dry_run:
            return _would(found)
        return await _taken_in(runtime, found) or await _settled(
            movie_id, found, doubt.purpose, is_told=doubt.purpose is not Purpose.LOOK
        )


async def _for_film(runtime: Runtime, number: int | None, purpose: Purpose, since: datetime | None, *, dry_run: bool) -> str:
    if number is None:
        raise InvalidWebhook("give either webhook events or the number of a film")
    movie_id = MovieId(number)
    await name_film_run(runtime, movie_id, "check-media")
    async with movie_lock(runtime, movie_id):
        try:
            found = await look(movie_id, purpose, goes_on=may_go_on() and purpose is not Purpose.AWAITED)
        except StorageUnavailable as exc:
            if purpose is Purpose.LOOK or dry_run:
                raise
            more = {"since": since.isoformat()} if since else {}
            due_at = await missing.put_off(runtime, movie_id, purpose, **more)
            return f"looked at again at {due_at:%Y-%m-%d %H:%M} UTC: {exc}"
        if dry_run:
            return _would(found)
        told = await _taken_in(runtime, found) or await _settled(movie_id, found, purpose, is_told=False)
        return await expire(movie_id, since or now()) if purpose is Purpose.AWAITED else told


async def _taken_in(runtime: Runtime, found: Look) -> str:
    """A video that has come takes the place of what is gone; empty: there is none."""
    if found.newcomer is None:
        return ""
    return f"{found.newcomer.path.name} has come: {await receive(runtime, [found.newcomer], found.lost)}"


async def _settled(movie_id: MovieId, found: Look, purpose: Purpose, *, is_told: bool) -> str:
    """A file that is there again gets back what stands beside it: its manager may have deleted that with it."""
    told = await settle_files(movie_id, found, purpose, is_told=is_told)
    if found.back:
        await write(movie_id)
        await notify(movie_id)
    return told


def _would(found: Look) -> str:
    gone = ", ".join(path.name for path in found.lost) or "nothing"
    new = f"; {found.newcomer.path.name} would be taken in" if found.newcomer else ""
    return f"{found.title}: {gone} is gone{new}; nothing was done"
