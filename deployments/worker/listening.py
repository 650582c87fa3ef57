"""What Prefect's server announces: flow runs that wait in our queues, and flow runs that a user wants cancelled.

An announcement comes about as fast as the answer to whoever made the run (measured), but it may come before the run can be
read, and none comes while the connection is away. So it only says when to ask; what is due is always asked for.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection
from uuid import UUID

from prefect.events.clients import get_events_subscriber
from prefect.events.filters import EventFilter, EventNameFilter
from prefect.events.schemas.events import Event

logger = logging.getLogger(__name__)

SCHEDULED, CANCELLING = "prefect.flow-run.Scheduled", "prefect.flow-run.Cancelling"


async def announced(queues: Collection[str]) -> AsyncIterator[tuple[str, UUID]]:
    """What happened, and to which run of these queues, until the connection breaks. Raises what websockets raise."""
    wanted = EventFilter(event=EventNameFilter(name=[SCHEDULED, CANCELLING]))
    async with get_events_subscriber(filter=wanted, reconnection_attempts=0) as events:
        async for event in events:
            if _queue_of(event) in queues:
                yield event.event, UUID(event.resource.id.removeprefix("prefect.flow-run."))


def _queue_of(event: Event) -> str | None:
    return next((one.name for one in event.related if one.role == "work-queue"), None)
