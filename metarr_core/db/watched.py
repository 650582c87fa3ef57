"""What was watched, kept while a player's entry of a film is renewed, or gone with a film in the trash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.players import MediaPlayer, WatchedState
from metarr_core.domain.ids import MovieId
from metarr_core.domain.watched import Watched, carried_over

FIELDS = ("playcount", "lastplayed", "userrating", "dateadded")


async def keep(session: AsyncSession, movie_id: MovieId, player: str, watched: Mapping[str, Watched]) -> None:
    """Keep what a player says of a film's files, by its own names of them; what was kept before is not lost."""
    player_id = (await session.execute(select(MediaPlayer.id).where(MediaPlayer.name == player))).scalar_one()
    before = await kept(session, movie_id, [player])
    for file, seen in watched.items():
        whole = carried_over(seen, [before[file]] if file in before else [])
        values = {name: value for name, value in asdict(whole).items() if name in FIELDS}
        values |= {"position_seconds": whole.position, "total_seconds": whole.total}
        statement = insert(WatchedState).values(media_player_id=player_id, movie_id=movie_id, file=file, **values)
        one = [WatchedState.media_player_id, WatchedState.movie_id, WatchedState.file]
        await session.execute(statement.on_conflict_do_update(index_elements=one, set_=values))


async def kept(session: AsyncSession, movie_id: MovieId, players: Sequence[str]) -> dict[str, Watched]:
    """What is kept of a film's files, by the players' names of them, for players that share a library."""
    rows = (
        select(WatchedState)
        .join(MediaPlayer, MediaPlayer.id == WatchedState.media_player_id)
        .where(WatchedState.movie_id == movie_id, MediaPlayer.name.in_(players))
        .order_by(WatchedState.id)
    )
    found: dict[str, Watched] = {}
    for row in (await session.execute(rows)).scalars():
        said = {name: getattr(row, name) for name in FIELDS}
        watched = Watched(**said, position=row.position_seconds, total=row.total_seconds)
        found[row.file] = carried_over(watched, [found[row.file]] if row.file in found else [])
    return found


async def forget(session: AsyncSession, movie_id: MovieId, players: Sequence[str]) -> None:
    """The players' entries say it again."""
    ids = select(MediaPlayer.id).where(MediaPlayer.name.in_(players))
    await session.execute(
        delete(WatchedState).where(WatchedState.movie_id == movie_id, WatchedState.media_player_id.in_(ids))
    )
