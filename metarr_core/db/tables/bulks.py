"""Many films to be enriched at once, and which of them are done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Id, MovieRef, Now, one_of


class Bulk(Base):
    """One wish to enrich films. `artifact_id` is where Prefect shows how far it has come."""

    __tablename__ = "bulks"

    id: Mapped[Id]
    is_forced: Mapped[bool] = mapped_column(server_default=text("false"))
    artifact_id: Mapped[str | None]
    created_at: Mapped[Now]
    finished_at: Mapped[datetime | None]


class BulkMovie(Base):
    """A film of a bulk. `attempts` counts how often its work was begun; it is done once there is an outcome."""

    __tablename__ = "bulk_movies"
    __table_args__ = (one_of("outcome", "enriched", "not_enriched", "passed_over"),)

    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulks.id", ondelete="CASCADE"), primary_key=True)
    movie_id: Mapped[MovieRef] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    outcome: Mapped[str | None]
    done_at: Mapped[datetime | None]
