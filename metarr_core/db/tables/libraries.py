"""Libraries: rows mirror the settings; one that disappears from them is disabled and keeps its films."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Id, Now, one_of


class Library(Base):
    """A folder of films. `was_mount`: it was once a mount point of its own."""

    __tablename__ = "libraries"
    __table_args__ = (one_of("media_type", "movie"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    path: Mapped[str]
    media_type: Mapped[str] = mapped_column(server_default="movie")
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    was_mount: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[Now]
