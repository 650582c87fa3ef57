"""What happened, in words. No foreign key: an entry outlives what it tells of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Id, Now, one_of


class Activity(Base):
    """One line of the story; before and after of a changed field lie in `metadata`."""

    __tablename__ = "activity_log"
    __table_args__ = (
        one_of("severity", "info", "success", "warning", "error"),
        Index("ix_activity_log_entity", "entity_type", "entity_id"),
    )

    id: Mapped[Id]
    event_type: Mapped[str] = mapped_column(index=True)
    severity: Mapped[str]
    entity_type: Mapped[str]
    entity_id: Mapped[int | None]
    description: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, server_default="{}")
    created_at: Mapped[Now]
