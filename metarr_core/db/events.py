"""The inbox: webhooks as they came."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.jobs import WebhookEvent
from metarr_core.domain.ids import EventId
from metarr_core.errors import NotFoundError

OPEN = ("pending", "running")


async def store(session: AsyncSession, event: WebhookEvent) -> tuple[EventId, bool]:
    """Store an event; gives its id and whether it is new.

    While the same body of the same manager waits or runs, that one's id is given, however many come at one instant.
    """
    columns = ("manager", "manager_type", "event_type", "title", "status", "error", "body", "body_sha256", "finished_at")
    values = {name: getattr(event, name) for name in columns}
    statement = insert(WebhookEvent).values(**values).on_conflict_do_nothing().returning(WebhookEvent.id)
    while True:
        if (new := (await session.execute(statement)).scalar_one_or_none()) is not None:
            return EventId(new), True
        if (first := await open_twin(session, event)) is not None:
            return first, False


async def open_twin(session: AsyncSession, event: WebhookEvent) -> EventId | None:
    """The event with the same body of the same manager that waits or runs."""
    known = select(WebhookEvent.id).where(
        WebhookEvent.manager_type == event.manager_type,
        WebhookEvent.manager == event.manager,
        WebhookEvent.body_sha256 == event.body_sha256,
        WebhookEvent.status.in_(OPEN),
    )
    found = (await session.execute(known)).scalar_one_or_none()
    return EventId(found) if found is not None else None


async def get(session: AsyncSession, event_id: EventId) -> WebhookEvent:
    """An event. Raises NotFoundError."""
    event = await session.get(WebhookEvent, event_id)
    if event is None:
        raise NotFoundError(f"there is no webhook event {event_id}")
    return event


async def set_status(
    session: AsyncSession,
    event_ids: Collection[EventId],
    status: str,
    *,
    error: str | None = None,
    at: datetime | None = None,
) -> None:
    """Set how far events have come; `at` is when they ended."""
    values = {"status": status, "error": error, "finished_at": at}
    await session.execute(update(WebhookEvent).where(WebhookEvent.id.in_(event_ids)).values(**values))


async def page(session: AsyncSession, status: str | None, limit: int, offset: int) -> tuple[list[WebhookEvent], int]:
    """The newest events first, and how many there are."""
    where = [WebhookEvent.status == status] if status else []
    total = (await session.execute(select(func.count()).select_from(WebhookEvent).where(*where))).scalar_one()
    rows = select(WebhookEvent).where(*where).order_by(WebhookEvent.id.desc()).limit(limit).offset(offset)
    return list((await session.execute(rows)).scalars()), total


async def begin(session: AsyncSession, event_ids: Collection[EventId], flow_run_id: str) -> None:
    """Record that a flow run works these events off."""
    values = {"status": "running", "flow_run_id": flow_run_id}
    await session.execute(update(WebhookEvent).where(WebhookEvent.id.in_(event_ids)).values(**values))
