"""What follows when a manager has deleted a film: it goes to the trash, unless that would take what somebody still has.

Nothing on disk is touched. A webhook that is worked off twice, or after a later import, does nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, events, jobs, movie_files, movies
from metarr_core.db import trash as db
from metarr_core.db.tables.jobs import WebhookEvent
from metarr_core.db.tables.movies import Movie
from metarr_core.domain import webhooks
from metarr_core.domain.ids import EventId, MovieId, TitleKey
from metarr_core.domain.intake import display_title, identity_of, named_title
from metarr_core.domain.jobs import JobType
from metarr_core.domain.metadata import Identity
from metarr_core.domain.text import storable_json
from metarr_core.operations import players
from metarr_core.operations.importing import IMPORTS
from metarr_core.operations.trash import trash_movie
from metarr_core.runtime import Runtime, now


@dataclass(frozen=True)
class Deletion:
    """A film that was deleted in a manager, and whether its files are deleted with it."""

    event_id: EventId
    title_key: TitleKey
    title: str
    identity: Identity
    manager: str | None
    files_stay: bool
    payload: dict[str, Any] = field(repr=False)

    @property
    def reason(self) -> str:
        """Why the film goes, for people."""
        files = "its files stay on disk" if self.files_stay else "its files were deleted with it"
        return f"it was deleted in {self.manager or 'its manager'}, and {files}"


async def deletions_of_events(runtime: Runtime, event_ids: Sequence[EventId]) -> list[Deletion]:
    """What webhooks tell of deletions, oldest first. Raises InvalidWebhook, NotFoundError."""
    async with runtime.database.transaction() as session:
        return [_deletion_of(await events.get(session, event_id)) for event_id in sorted(event_ids)]


def _deletion_of(stored: WebhookEvent) -> Deletion:
    document = webhooks.read_object(stored.body)
    event = webhooks.read_event(document)
    key = named_title(event)
    return Deletion(
        event_id=EventId(stored.id),
        title_key=key,
        title=display_title(event),
        identity=identity_of(event),
        manager=stored.manager or event.instance_name,
        files_stay=not event.files_are_deleted,
        payload=storable_json(document),
    )


async def delete(runtime: Runtime, deletion: Deletion, *, dry_run: bool = False) -> str:
    """Put the film into the trash, where nothing speaks against it; gives in a sentence what was done, or would be."""
    async with runtime.database.transaction() as session:
        movie = await movies.find(session, deletion.identity, "")
        objection = await _objection(session, movie, deletion)
        if movie is None or objection:
            return _told(session, movie, deletion, objection, dry_run=dry_run)
        movie_id = MovieId(movie.id)
        if others := await db.managers(session, movie_id) - {deletion.manager}:
            return await _keep_for_others(session, movie_id, deletion, others, dry_run=dry_run)
    if dry_run:
        return f"{deletion.title} would go to the trash: {deletion.reason}"
    details = {"event_id": deletion.event_id, "payload": deletion.payload}
    is_new = await trash_movie(runtime, movie_id, deletion.reason, files_stay=deletion.files_stay, details=details)
    await players.leave_for_players(runtime, movie_id)
    if not is_new:
        return f"{deletion.title} is in the trash already; the date of its purge stays"
    return f"{deletion.title} is in the trash: {deletion.reason}"


async def _objection(session: AsyncSession, movie: Movie | None, deletion: Deletion) -> str:
    """Why nothing is done; empty: nothing speaks against it."""
    if movie is None:
        return "Metarr does not know this film; there is nothing to delete"
    comings = (*IMPORTS, JobType.RESTORE_MEDIA) if deletion.files_stay else IMPORTS
    if await jobs.is_overtaken(session, deletion.title_key, deletion.event_id, comings):
        return "it came again since; it stays"
    if await activity.was_told_of_event(session, MovieId(movie.id), "movie.deleted", deletion.event_id):
        return "this webhook was worked off already; to delete the film again, run delete-media with its number"
    return ""


def _told(session: AsyncSession, movie: Movie | None, deletion: Deletion, objection: str, *, dry_run: bool) -> str:
    told = f"{deletion.title}: {objection}"
    if not dry_run:
        details = {"event_id": deletion.event_id, "payload": deletion.payload}
        activity.tell(session, "movie.not_deleted", told, movie_id=MovieId(movie.id) if movie else None, details=details)
    return told


async def _keep_for_others(
    session: AsyncSession, movie_id: MovieId, deletion: Deletion, others: set[str], *, dry_run: bool
) -> str:
    """One of several managers has deleted the film: it stays, with the files of the others."""
    told = f"{deletion.title} stays, as it has files of {', '.join(sorted(others))}; {deletion.reason}"
    if dry_run:
        return told
    await db.let_go(session, movie_id, deletion.manager, None if deletion.files_stay else now())
    await movie_files.mirror_best(session, movie_id)
    details = {"event_id": deletion.event_id, "payload": deletion.payload}
    activity.tell(session, "movie.not_deleted", told, movie_id=movie_id, severity="warning", details=details)
    return told
