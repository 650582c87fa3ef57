"""What was guessed about films that no id names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Json, Now


class Identification(Base):
    """The last search for a film: what its name tells, what was found, the likeliest first, and why one was taken."""

    __tablename__ = "identifications"

    movie_id: Mapped[int] = mapped_column(ForeignKey("movies.id", ondelete="CASCADE"), primary_key=True)
    guess: Mapped[Json]
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    why: Mapped[str]
    searched_at: Mapped[Now]
