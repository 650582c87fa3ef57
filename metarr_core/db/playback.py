"""Who watches what, as far as players have told. One state per player and film: of the last time that it was played."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, ScalarSelect, Update, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.movies import MovieFile
from metarr_core.db.tables.players import MediaPlayer, PlaybackState
from metarr_core.domain.ids import MovieId
from metarr_core.domain.playback import Playing

MOVIE = "movie"
Ended = Literal["stopped", "finished", "lost", "upgrade"]
_KEY = [PlaybackState.media_player_id, PlaybackState.entity_type, PlaybackState.entity_id]


async def file_at(session: AsyncSession, path: str) -> MovieFile | None:
    """The file of a film at a path."""
    return (await session.execute(select(MovieFile).where(MovieFile.path == path))).scalar_one_or_none()


async def capture(session: AsyncSession, player: str, file: MovieFile, playing: Playing, at: datetime) -> None:
    """Remember what a player plays of a film.

    Which bytes they are, the file tells when they begin to play: it may be replaced while they go on.
    """
    before = await playing_on(session, player)
    goes_on = before is not None and (before.entity_id, before.file_path) == (file.movie_id, file.path)
    values: dict[str, Any] = {
        "file_path": file.path,
        "file_hash": before.file_hash if before is not None and goes_on else file.file_hash,
        "position_seconds": playing.position,
        "total_seconds": playing.total,
        "position_percentage": playing.percentage,
        "paused": playing.is_paused,
        "speed": playing.speed,
        "audio_track": asdict(playing.audio) if playing.audio else None,
        "subtitle_track": asdict(playing.subtitle) if playing.subtitle else None,
        "captured_at": at,
        "ended": None,
        "ended_at": None,
    }
    statement = insert(PlaybackState).values(
        media_player_id=_id_of(player), entity_type=MOVIE, entity_id=file.movie_id, **values
    )
    await session.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=values))


async def playing_on(session: AsyncSession, player: str) -> PlaybackState | None:
    """What a player was last seen playing, and not seen ending."""
    return await _last(session, player, PlaybackState.ended.is_(None))


async def of_film(session: AsyncSession, player: str, movie_id: MovieId) -> PlaybackState | None:
    """How a player last played a film."""
    return await _last(session, player, *_of(movie_id))


async def _last(session: AsyncSession, player: str, *which: ColumnElement[bool]) -> PlaybackState | None:
    rows = select(PlaybackState).where(PlaybackState.media_player_id == _id_of(player), *which)
    rows = rows.order_by(PlaybackState.captured_at.desc()).limit(1)
    return (await session.execute(rows, execution_options={"populate_existing": True})).scalar_one_or_none()


async def place(session: AsyncSession, state_id: int, position: float) -> None:
    """Correct where it was, in seconds."""
    await session.execute(update(PlaybackState).where(PlaybackState.id == state_id).values(position_seconds=position))


async def end_others(session: AsyncSession, player: str, movie_id: MovieId | None, how: Ended, at: datetime) -> None:
    """A player plays this film now, or nothing that we know: what it played before has ended."""
    rows = _change(player).where(PlaybackState.ended.is_(None))
    if movie_id is not None:
        rows = rows.where(PlaybackState.entity_id != movie_id)
    await session.execute(rows.values(ended=how, ended_at=at))


async def move_on(session: AsyncSession, player: str, movie_id: MovieId | None) -> None:
    """Somebody plays this film, or one that we do not know: no other is gone on with."""
    waits = (PlaybackState.ended.in_(("lost", "upgrade")), PlaybackState.entity_id != (movie_id or 0))
    await session.execute(_change(player).where(*waits).values(ended="stopped"))


async def give_up(session: AsyncSession, player: str, movie_id: MovieId) -> None:
    """A film is not gone on with."""
    await session.execute(_change(player).where(*_of(movie_id)).values(ended="stopped"))


async def mark_restored(session: AsyncSession, player: str, movie_id: MovieId, at: datetime) -> None:
    """A film goes on where it was."""
    await session.execute(_change(player).where(*_of(movie_id)).values(restored_at=at))


def _of(movie_id: MovieId) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return PlaybackState.entity_type == MOVIE, PlaybackState.entity_id == movie_id


def _id_of(player: str) -> ScalarSelect[int]:
    return select(MediaPlayer.id).where(MediaPlayer.name == player).scalar_subquery()


def _change(player: str) -> Update:
    return update(PlaybackState).where(PlaybackState.media_player_id == _id_of(player))
