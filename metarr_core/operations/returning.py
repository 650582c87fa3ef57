"""A film that is added in a manager again comes back from the trash, where one of its files is there.

Lists add hundreds of films at once: only one that is in the trash, or on its way there, is worth a run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, events, jobs, movie_files, movies
from metarr_core.domain import webhooks
from metarr_core.domain.ids import EventId, MovieId, TitleKey
from metarr_core.domain.intake import display_title, identity_of, named_title
from metarr_core.domain.jobs import JobType
from metarr_core.domain.metadata import Identity
from metarr_core.files.fingerprint import is_there
from metarr_core.operations.scanning import Scope, check_mount
from metarr_core.runtime import Runtime


@dataclass(frozen=True)
class Addition:
    """A film that was added in a manager."""

    event_id: EventId
    title_key: TitleKey
    title: str
    identity: Identity
    manager: str

    @property
    def reason(self) -> str:
        """Why the film comes back, for people."""
        return f"it was added in {self.manager} again"


@dataclass(frozen=True)
class Stays:
    """The film stays where it is."""

    why: str


async def is_news(session: AsyncSession, event: webhooks.Event) -> bool:
    """Whether a film that is added is in the trash, or may be when what waits for it is done."""
    movie = await movies.find(session, identity_of(event), "")
    if movie is not None and movie.trashed_at is not None:
        return True
    return await jobs.is_open(session, named_title(event), JobType.DELETE_MEDIA)


async def addition_of_events(runtime: Runtime, event_ids: Sequence[EventId]) -> Addition:
    """What the last of these webhooks tells. Raises InvalidWebhook, NotFoundError."""
    async with runtime.database.transaction() as session:
        stored = await events.get(session, max(event_ids))
    event = webhooks.read_event(webhooks.read_object(stored.body))
    manager = stored.manager or event.instance_name or "its manager"
    return Addition(EventId(stored.id), named_title(event), display_title(event), identity_of(event), manager)


async def film_to_restore(runtime: Runtime, added: Addition) -> MovieId | Stays:
    """The film that comes back: one in the trash of which a file is there, or one that a killed run has taken out.

    Raises StorageUnavailable where its library is away.
    """
    async with runtime.database.transaction() as session:
        movie = await movies.find(session, added.identity, "")
        if movie is None:
            return Stays(f"{added.title} is not known any more; its next file brings it in anew")
        if await jobs.is_overtaken(session, added.title_key, added.event_id, (JobType.DELETE_MEDIA,)):
            return Stays(f"{added.title} was deleted again since; nothing is restored")
        movie_id, is_in_trash = MovieId(movie.id), movie.trashed_at is not None
        paths = [Path(file.path) for file in await movie_files.of_movie(session, movie_id)]
    if not is_in_trash or await asyncio.to_thread(lambda: any(is_there(path) for path in paths)):
        return movie_id
    for library in runtime.settings.libraries:
        if any(path.is_relative_to(library.path) for path in paths):
            await check_mount(runtime, Scope(library.name))
    why = f"{added.title} stays in the trash: {added.reason}, but none of its files is there; its next file brings it back"
    async with runtime.database.transaction() as session:
        activity.tell(session, "movie.not_restored", why, movie_id=movie_id, details={"event_id": added.event_id})
    return Stays(why)
