"""Takes webhooks in: stores them, and puts the work that they ask for into the queue, in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import events, jobs
from metarr_core.db.tables.jobs import WebhookEvent
from metarr_core.domain import webhooks
from metarr_core.domain.ids import EventId
from metarr_core.domain.intake import Filed, Place, take_in
from metarr_core.domain.jobs import JobType, JobWanted
from metarr_core.domain.paths import PathMapping
from metarr_core.errors import StateConflict
from metarr_core.operations import returning
from metarr_core.runtime import Runtime, now
from metarr_core.settings import Settings


@dataclass(frozen=True)
class Source:
    """Who sent a webhook: radarr or sonarr, and which one of the settings (empty: it did not say)."""

    manager_type: str
    manager: str


async def receive(runtime: Runtime, source: Source, body: bytes) -> EventId:
    """Store a webhook and queue its work. Raises InvalidWebhook for what is no JSON object: nothing is stored then."""
    async with runtime.database.transaction() as session:
        meaning = await _meaning_now(session, runtime.settings, source, body)
        event_id, is_new = await events.store(session, _event(source, body, meaning))
        if is_new and isinstance(meaning, JobWanted):
            await jobs.add(session, meaning, event_id)
    return event_id


def _event(source: Source, body: bytes, meaning: Filed | JobWanted) -> WebhookEvent:
    return WebhookEvent(
        manager=source.manager,
        manager_type=source.manager_type,
        event_type=webhooks.event_type(webhooks.read_object(body)),
        title=meaning.title,
        status=meaning.status if isinstance(meaning, Filed) else "pending",
        error=meaning.why if isinstance(meaning, Filed) else None,
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        finished_at=now() if isinstance(meaning, Filed) else None,
    )


async def replay(runtime: Runtime, event_id: EventId) -> str:
    """Take an event in again, under today's settings; gives its new status. Raises NotFoundError, StateConflict."""
    async with runtime.database.transaction() as session:
        event = await events.get(session, event_id)
        await session.refresh(event, with_for_update=True)  # of two replays at one instant, the second sees the first's
        if event.status in events.OPEN:
            raise StateConflict(f"event {event_id} is {event.status} already; wait until it has ended")
        source = Source(event.manager_type, event.manager)
        meaning = await _meaning_now(session, runtime.settings, source, event.body)
        event.title = meaning.title or event.title
        if isinstance(meaning, Filed):
            await events.set_status(session, [event_id], meaning.status, error=meaning.why, at=now())
            return meaning.status
        if (twin := await events.open_twin(session, event)) is not None:
            raise StateConflict(f"the same webhook is being worked off as event {twin}; wait until it has ended")
        try:
            await events.set_status(session, [event_id], "pending")
        except IntegrityError as exc:
            raise StateConflict(
                "the same webhook came in this moment and is being worked off; wait until it has ended"
            ) from exc
        await jobs.add(session, meaning, event_id)
        return "pending"


async def _meaning_now(session: AsyncSession, settings: Settings, source: Source, body: bytes) -> Filed | JobWanted:
    """What a webhook means, where the films that we know have a say in it."""
    meaning = understand(settings, source, body)
    if isinstance(meaning, Filed) or meaning.job_type is not JobType.RESTORE_MEDIA:
        return meaning
    if await returning.is_news(session, webhooks.read_event(webhooks.read_object(body))):
        return meaning
    return Filed("done", f"{meaning.title} is not in the trash; there is nothing to restore", meaning.title)


def understand(settings: Settings, source: Source, body: bytes) -> Filed | JobWanted:
    """What a webhook means under these settings."""
    libraries = [Place(library.name, str(library.path)) for library in settings.libraries]
    document = webhooks.read_object(body)
    return take_in(source.manager_type, document, path_mappings(settings, source), libraries)


def path_mappings(settings: Settings, source: Source) -> list[PathMapping]:
    """The path mappings of the manager that sent something; without a name, of the only manager of its type."""
    of_type = [manager for manager in settings.managers if manager.type == source.manager_type]
    named = [manager for manager in of_type if manager.name == source.manager]
    chosen = named or (of_type if len(of_type) == 1 and not source.manager else [])
    return [PathMapping(m.manager_path, m.metarr_path) for manager in chosen for m in manager.path_mappings]
