"""Players, what they play, and what they are still to be told. Groups and players mirror the settings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Id, MovieRef, Now, one_of

GroupRef = Annotated[int, mapped_column(ForeignKey("media_player_groups.id", ondelete="CASCADE"), index=True)]
PlayerRef = Annotated[int, mapped_column(ForeignKey("media_players.id", ondelete="CASCADE"), index=True)]


class MediaPlayerGroup(Base):
    """Players that see the libraries under the same paths."""

    __tablename__ = "media_player_groups"
    __table_args__ = (one_of("type", "kodi"), one_of("library", "own", "shared"))

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    library: Mapped[str]
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))


class MediaPlayer(Base):
    """One player."""

    __tablename__ = "media_players"

    id: Mapped[Id]
    media_player_group_id: Mapped[GroupRef]
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    last_seen_at: Mapped[datetime | None]


class PathMapping(Base):
    """The same folder as we see it and as the players of a group do."""

    __tablename__ = "path_mappings"

    id: Mapped[Id]
    media_player_group_id: Mapped[GroupRef]
    metarr_path: Mapped[str]
    player_path: Mapped[str]


class PlaybackState(Base):
    """Where somebody was in a film, on one player; positions in seconds and percent.

    `ended` tells by whom: the viewer (stopped), the film's end (finished), the file's going (lost), or us (upgrade).
    """

    __tablename__ = "playback_state"
    __table_args__ = (
        UniqueConstraint("media_player_id", "entity_type", "entity_id", name="uq_playback_state_film"),
        Index("ix_playback_state_entity", "entity_type", "entity_id"),
        one_of("entity_type", "movie"),
        one_of("ended", "stopped", "finished", "lost", "upgrade"),
    )

    id: Mapped[Id]
    media_player_id: Mapped[int] = mapped_column(ForeignKey("media_players.id", ondelete="CASCADE"))
    entity_type: Mapped[str]
    entity_id: Mapped[int]
    file_path: Mapped[str]
    file_hash: Mapped[str | None]
    position_seconds: Mapped[float]
    total_seconds: Mapped[float | None]
    position_percentage: Mapped[float | None]
    paused: Mapped[bool] = mapped_column(server_default=text("false"))
    speed: Mapped[int] = mapped_column(server_default=text("1"))
    audio_track: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    subtitle_track: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    captured_at: Mapped[Now]
    ended: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    restored_at: Mapped[datetime | None]


class WatchedState(Base):
    """What a player said of a film's file before its entry was renewed or removed; times are the player's own words."""

    __tablename__ = "watched_states"
    __table_args__ = (UniqueConstraint("media_player_id", "movie_id", "file", name="uq_watched_states_file"),)

    id: Mapped[Id]
    media_player_id: Mapped[int] = mapped_column(ForeignKey("media_players.id", ondelete="CASCADE"))
    movie_id: Mapped[MovieRef]
    file: Mapped[str]
    playcount: Mapped[int]
    lastplayed: Mapped[str]
    userrating: Mapped[int]
    dateadded: Mapped[str]
    position_seconds: Mapped[float]
    total_seconds: Mapped[float]
    kept_at: Mapped[Now]


class PlayerUpdate(Base):
    """Something a player is to be told; it waits here while the player is off. At most one waits per film and kind."""

    __tablename__ = "player_updates"
    __table_args__ = (
        one_of("status", "pending", "done", "failed"),
        one_of("kind", "publish"),
        Index(
            "uq_player_updates_waiting",
            *("media_player_id", "movie_id", "kind"),
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_player_updates_due", "due_at", postgresql_where=text("status = 'pending'")),
    )

    id: Mapped[Id]
    media_player_id: Mapped[PlayerRef]
    movie_id: Mapped[int] = mapped_column(ForeignKey("movies.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="pending")
    due_at: Mapped[Now]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    why: Mapped[str | None]
    created_at: Mapped[Now]
    done_at: Mapped[datetime | None]
