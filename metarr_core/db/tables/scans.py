"""Scans of libraries, with what they found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Id, Now, one_of

ZERO = text("0")


class ScanJob(Base):
    """One scan of one library. `refused`: it would have removed too much; `why` says what to do."""

    __tablename__ = "scan_jobs"
    __table_args__ = (one_of("status", "running", "completed", "failed", "refused"),)

    id: Mapped[Id]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    scan_type: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="running")
    why: Mapped[str | None]
    total_items: Mapped[int] = mapped_column(server_default=ZERO)
    added_items: Mapped[int] = mapped_column(server_default=ZERO)
    updated_items: Mapped[int] = mapped_column(server_default=ZERO)
    removed_items: Mapped[int] = mapped_column(server_default=ZERO)
    unidentified_items: Mapped[int] = mapped_column(server_default=ZERO)
    started_at: Mapped[Now]
    completed_at: Mapped[datetime | None]
