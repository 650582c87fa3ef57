"""What all processes must know of the providers: their answers, and whether one of them is paused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Id, Now


class ProviderAnswer(Base):
    """An answer that may be used again: asked for with its ETag it costs the provider nothing. `body` is compressed.

    `status` is 200 or 404; `request` is the address without its key.
    """

    __tablename__ = "provider_answers"

    id: Mapped[Id]
    provider: Mapped[str]
    request: Mapped[str] = mapped_column(unique=True)
    status: Mapped[int]
    etag: Mapped[str | None]
    body: Mapped[bytes]
    fetched_at: Mapped[Now] = mapped_column(index=True)


class ProviderState(Base):
    """How a provider is doing: failures in a row, until when nobody asks it, and why.

    `key_fingerprint` is a hash of the key that was refused: another key ends the pause. `next_turn_at` is when somebody may
    ask it again: its limit holds for all processes together.
    """

    __tablename__ = "provider_states"

    provider: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    paused_until: Mapped[datetime | None]
    why: Mapped[str | None]
    key_fingerprint: Mapped[str | None]
    next_turn_at: Mapped[datetime | None]
