"""What players are still to be told. At most one update waits per player, film and kind: the newest stands for all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.players import MediaPlayer, PlayerUpdate
from metarr_core.domain.ids import MovieId

PUBLISH = "publish"
_WAITING = text("status = 'pending'")


async def request(
    session: AsyncSession, movie_id: MovieId, players: Sequence[str], head_start: timedelta = timedelta()
) -> list[int]:
    """Ask for players to be told of a film; gives the updates' ids, one that waits already included.

    They are due now, or after a head start for whoever delivers them himself.
    """
    ids = await session.execute(
        select(MediaPlayer.id).where(MediaPlayer.name.in_(players), MediaPlayer.enabled).order_by(MediaPlayer.id)
    )
    return [await _request(session, movie_id, player_id, head_start) for player_id in ids.scalars().all()]


async def _request(session: AsyncSession, movie_id: MovieId, player_id: int, head_start: timedelta) -> int:
    due_at = func.now() + head_start
    statement = insert(PlayerUpdate).values(media_player_id=player_id, movie_id=movie_id, kind=PUBLISH, due_at=due_at)
    waiting_one = [PlayerUpdate.media_player_id, PlayerUpdate.movie_id, PlayerUpdate.kind]
    statement = statement.on_conflict_do_update(index_elements=waiting_one, index_where=_WAITING, set_={"due_at": due_at})
    return int((await session.execute(statement.returning(PlayerUpdate.id))).scalar_one())


async def get(session: AsyncSession, update_id: int) -> tuple[PlayerUpdate, str]:
    """An update, locked for the transaction, with its player's name."""
    rows = await session.execute(
        select(PlayerUpdate, MediaPlayer.name)
        .join(MediaPlayer, MediaPlayer.id == PlayerUpdate.media_player_id)
        .where(PlayerUpdate.id == update_id)
        .with_for_update(of=PlayerUpdate)
    )
    update, name = rows.one()
    return update, name


async def wake(session: AsyncSession) -> None:
    """Let every update that waits be tried now: whoever restarts has mended something."""
    waits = (PlayerUpdate.status == "pending", PlayerUpdate.due_at > func.now())
    await session.execute(update(PlayerUpdate).where(*waits).values(due_at=func.now()))


async def wake_player(session: AsyncSession, player: str) -> None:
    """Let what waits for a player be tried now: it is back, or nobody watches any more."""
    of_player = PlayerUpdate.media_player_id.in_(select(MediaPlayer.id).where(MediaPlayer.name == player))
    waits = (PlayerUpdate.status == "pending", PlayerUpdate.due_at > func.now(), PlayerUpdate.why.is_not(None))
    await session.execute(update(PlayerUpdate).where(of_player, *waits).values(due_at=func.now()))


@dataclass(frozen=True)
class Due:
    """An update whose time has come."""

    id: int
    player: str
    movie_id: int


async def due(session: AsyncSession, now: datetime, limit: int = 500) -> list[Due]:
    """The updates whose time has come, of players that are still in the settings, those of a player beside each other."""
    rows = await session.execute(
        select(PlayerUpdate.id, MediaPlayer.name, PlayerUpdate.movie_id)
        .join(MediaPlayer, MediaPlayer.id == PlayerUpdate.media_player_id)
        .where(PlayerUpdate.status == "pending", PlayerUpdate.due_at <= now, MediaPlayer.enabled)
        .order_by(MediaPlayer.name, PlayerUpdate.due_at)
        .limit(limit)
    )
    return [Due(update_id, player, movie_id) for update_id, player, movie_id in rows]


async def put_off(session: AsyncSession, ids: Collection[int], due_at: datetime, why: str) -> None:
    """Let updates wait, with a sentence that says for what."""
    pending = (PlayerUpdate.id.in_(ids), PlayerUpdate.status == "pending")
    await session.execute(update(PlayerUpdate).where(*pending).values(due_at=due_at, why=why))


async def last_told(session: AsyncSession, movie_id: MovieId, players: Sequence[str]) -> datetime | None:
    """When one of these players was last told of a film."""
    rows = (
        select(func.max(PlayerUpdate.done_at))
        .join(MediaPlayer, MediaPlayer.id == PlayerUpdate.media_player_id)
        .where(PlayerUpdate.movie_id == movie_id, MediaPlayer.name.in_(players), PlayerUpdate.status == "done")
    )
    return (await session.execute(rows)).scalar_one()


async def page(
    session: AsyncSession, status: str | None, limit: int, offset: int
) -> tuple[list[tuple[PlayerUpdate, str]], int]:
    """The newest updates first with their players' names, and how many there are."""
    where = [PlayerUpdate.status == status] if status else []
    total = (await session.execute(select(func.count()).select_from(PlayerUpdate).where(*where))).scalar_one()
    rows = await session.execute(
        select(PlayerUpdate, MediaPlayer.name)
        .join(MediaPlayer, MediaPlayer.id == PlayerUpdate.media_player_id)
        .where(*where)
        .order_by(PlayerUpdate.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [(update, name) for update, name in rows], total
