"""What belongs to one film becomes another's: its files, what players know of them, and pictures that somebody chose."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.artwork import REPLACED
from metarr_core.db.tables.artwork import AssetReference, LibraryFile
from metarr_core.db.tables.movies import Movie, MovieFile
from metarr_core.db.tables.players import PlaybackState, WatchedState
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import MovieId


async def move_files(session: AsyncSession, movie_id: MovieId, into: MovieId) -> None:
    """A film's files are further copies of another, with what we wrote beside them and what players know of them."""
    for table in (MovieFile, LibraryFile):
        await session.execute(update(table).where(table.movie_id == movie_id).values(movie_id=into))
    name = tuple_(WatchedState.media_player_id, WatchedState.file)
    known = select(WatchedState.media_player_id, WatchedState.file).where(WatchedState.movie_id == into)
    watched = update(WatchedState).where(WatchedState.movie_id == movie_id, name.not_in(known))
    await session.execute(watched.values(movie_id=into))
    on_players = select(PlaybackState.media_player_id).where(*_playback_of(into))
    played = update(PlaybackState).where(*_playback_of(movie_id), PlaybackState.media_player_id.not_in(on_players))
    await session.execute(played.values(entity_id=into))


def _playback_of(movie_id: MovieId) -> tuple[Any, Any]:
    return PlaybackState.entity_type == "movie", PlaybackState.entity_id == movie_id


async def move_pictures(session: AsyncSession, movie: Movie, into: Movie) -> list[str]:
    """Pictures that a person chose for a film, or that stood beside it, are the other's where only a provider chose.

    A type that is locked stays as it is, on the other film first. Gives the types that changed hands.
    """
    mine, theirs = await _by_type(session, movie.id), await _by_type(session, into.id)
    moved = [kind for kind in ArtworkType if _is_better(kind, movie, into, mine[kind], theirs[kind])]
    for kind in moved:
        await session.execute(delete(AssetReference).where(AssetReference.movie_id == into.id, AssetReference.type == kind))
        await session.execute(
            update(AssetReference)
            .where(AssetReference.movie_id == movie.id, AssetReference.type == kind)
            .values(movie_id=into.id)
        )
        setattr(into, f"{kind}_id", next((one.asset_id for one in mine[kind] if one.position == 0), None))
    await _move_replaced(session, movie.id, into.id)
    await session.flush()
    return [str(kind) for kind in moved]


async def _by_type(session: AsyncSession, movie_id: int) -> dict[str, list[AssetReference]]:
    found: dict[str, list[AssetReference]] = defaultdict(list)
    for one in (await session.execute(select(AssetReference).where(AssetReference.movie_id == movie_id))).scalars():
        found[one.type].append(one)
    return found


def _is_better(kind: str, movie: Movie, into: Movie, mine: list[AssetReference], theirs: list[AssetReference]) -> bool:
    if not mine or kind in into.locked_fields:
        return False
    is_choice = any(one.source != "provider" for one in mine)
    return kind in movie.locked_fields or (is_choice and all(one.source == "provider" for one in theirs))


async def _move_replaced(session: AsyncSession, movie_id: int, into: int) -> None:
    """Bytes of others that ours took the place of are given back when the other film goes."""
    of_type = AssetReference.type == REPLACED
    last = select(func.coalesce(func.max(AssetReference.position) + 1, 0)).where(AssetReference.movie_id == into, of_type)
    first = (await session.execute(last)).scalar_one()
    rows = update(AssetReference).where(AssetReference.movie_id == movie_id, of_type)
    await session.execute(rows.values(movie_id=into, position=AssetReference.position + first))


async def remove(session: AsyncSession, movie_id: MovieId) -> None:
    """The row of a film whose files are another's goes."""
    await session.execute(delete(Movie).where(Movie.id == movie_id))
