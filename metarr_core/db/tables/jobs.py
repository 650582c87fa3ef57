"""What we were told (`webhook_events`, raw and for ever replayable) and what is to be done (`job_queue`)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Id, Json, Now, one_of


class WebhookEvent(Base):
    """One request of a manager, byte for byte. The same body waits or runs only once."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        one_of("status", "pending", "running", "done", "failed", "ignored", "unroutable"),
        Index(
            "uq_webhook_events_open_body",
            *("manager_type", "manager", "body_sha256"),
            unique=True,
            postgresql_where=text("status IN ('pending', 'running')"),
        ),
    )

    id: Mapped[Id]
    manager: Mapped[str]
    manager_type: Mapped[str]
    event_type: Mapped[str]
    title: Mapped[str | None]
    status: Mapped[str] = mapped_column(index=True)
    error: Mapped[str | None]
    body: Mapped[bytes]
    body_sha256: Mapped[str]
    flow_run_id: Mapped[str | None]
    received_at: Mapped[Now]
    finished_at: Mapped[datetime | None]


class Job(Base):
    """Something that is due for one title.

    Jobs that one flow run does together share its `run_key`, which is also the run's idempotency key in Prefect.
    `attempts` counts runs, `retry_count` counts failures. What the outside world kept from its last run is `awaited`, since
    the first time that it did.
    """

    __tablename__ = "job_queue"
    __table_args__ = (
        one_of("status", "pending", "running", "completed", "failed"),
        Index("ix_job_queue_open", "title_key", postgresql_where=text("status IN ('pending', 'running')")),
    )

    id: Mapped[Id]
    job_type: Mapped[str]
    title_key: Mapped[str]
    title: Mapped[str]
    priority: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    retry_count: Mapped[int] = mapped_column(server_default=text("0"))
    max_retries: Mapped[int] = mapped_column(server_default=text("3"))
    next_retry_at: Mapped[Now]
    awaited: Mapped[str | None]
    waits_since: Mapped[datetime | None]
    error_message: Mapped[str | None]
    payload: Mapped[Json]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("webhook_events.id", ondelete="CASCADE"), index=True)
    run_key: Mapped[str | None] = mapped_column(index=True)
    flow_run_id: Mapped[str | None]
    created_at: Mapped[Now]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
