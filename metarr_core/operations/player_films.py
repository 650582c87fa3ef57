"""What a player is to show of a film, and no longer, in the player's own words. The database decides; no player is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, library_files, movie_files, movies
from metarr_core.db import players as db
from metarr_core.db.tables.movies import MovieFile
from metarr_core.domain import paths
from metarr_core.domain.ids import MovieId
from metarr_core.domain.paths import PathMapping
from metarr_core.errors import ConfigurationError, NotFoundError
from metarr_core.runtime import Runtime
from metarr_core.settings.entries import PlayerGroup


@dataclass(frozen=True)
class Shown:
    """A film's file, its folder and its library as a player names them, and what tells that it is the right film."""

    file: str
    folder: str
    root: str
    title: str
    tmdb_id: str | None
    is_new_to_library: bool
    """Something was published since the player's library was last told."""
    is_new_to_player: bool
    """Something was published since this player was last told: its picture cache may be old."""
    path: Path
    """The file as we see it."""
    duration: float | None
    """In seconds, where the file was read."""


@dataclass(frozen=True)
class Gone:
    """A file that the film no longer has, and its folder, as a player names them."""

    file: str
    folder: str


@dataclass(frozen=True)
class PlayerFilm:
    """A film as one player is to have it."""

    movie_id: MovieId
    title: str
    shown: tuple[Shown, ...]
    gone: tuple[Gone, ...]
    is_in_trash: bool
    sharers: tuple[str, ...]
    """The players that have this player's library, itself included."""


def group_of(runtime: Runtime, player: str) -> PlayerGroup:
    """The group of a player. Raises NotFoundError for one that is no longer in the settings."""
    for group in runtime.settings.player_groups:
        if any(one.name == player for one in group.players):
            return group
    raise NotFoundError(f"player '{player}' is no longer in the settings")


async def groups_of_film(runtime: Runtime, movie_id: MovieId) -> list[PlayerGroup]:
    """The groups that show a library in which the film has a file, or had."""
    async with runtime.database.transaction() as session:
        files = [Path(file.path) for file in await movie_files.of_movie(session, movie_id)]
    libraries = {lib.name for lib in runtime.settings.libraries if any(path.is_relative_to(lib.path) for path in files)}
    return [group for group in runtime.settings.player_groups if any(group.shows(name) for name in libraries)]


async def film_of_player(runtime: Runtime, movie_id: MovieId, player: str) -> PlayerFilm:
    """A film as a player is to have it. Raises ConfigurationError where no path mapping fits, NotFoundError.

    What is missing goes only where the film has another file, or is in the trash: its share may only be away.
    """
    group = group_of(runtime, player)
    sharers = (player,) if group.library == "own" else tuple(one.name for one in group.players)
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        files = await movie_files.of_movie(session, movie_id)
        changed_at = _newest([await library_files.last_published(session, movie_id), *(file.probed_at for file in files)])
        told = await _last_told(session, movie_id, player, sharers)
        moved = await activity.moved_from(session, movie_id, told[0])
    is_in_trash = movie.trashed_at is not None
    present = [] if is_in_trash else [file for file in files if file.missing_since is None]
    missing = {file.path for file in files if file.missing_since is not None and not file.kept}
    gone = sorted(missing | (moved - {file.path for file in files}))
    news = _is_later(changed_at, told[0]), _is_later(changed_at, told[1])
    shown = [one for file in present if (one := _shown(runtime, group, movie.title, movie.tmdb_id, file, news))]
    left = [past for path in gone if (past := _gone(runtime, group, Path(path)))] if shown or is_in_trash else []
    return PlayerFilm(movie_id, movie.title, tuple(shown), tuple(left), is_in_trash, sharers)


async def _last_told(
    session: AsyncSession, movie_id: MovieId, player: str, sharers: tuple[str, ...]
) -> tuple[datetime | None, datetime | None]:
    """When the player's library was last told of the film, by any that shares it, and when this player was."""
    return await db.last_told(session, movie_id, sharers), await db.last_told(session, movie_id, [player])


def _newest(times: list[datetime | None]) -> datetime | None:
    return max((time for time in times if time is not None), default=None)


def _is_later(changed_at: datetime | None, told_at: datetime | None) -> bool:
    return told_at is None or (changed_at is not None and changed_at > told_at)


def _shown(
    runtime: Runtime, group: PlayerGroup, title: str, tmdb_id: int | None, file: MovieFile, news: tuple[bool, bool]
) -> Shown | None:
    path = Path(file.path)
    if (root := _library(runtime, group, path)) is None:
        return None
    named = player_paths(group, path, root)
    return Shown(*named, title, str(tmdb_id) if tmdb_id else None, *news, path, file.duration_seconds)


def _gone(runtime: Runtime, group: PlayerGroup, path: Path) -> Gone | None:
    if (root := _library(runtime, group, path)) is None:
        return None
    named, folder, _ = player_paths(group, path, root)
    return Gone(named, folder)


def _library(runtime: Runtime, group: PlayerGroup, path: Path) -> Path | None:
    libraries = [lib for lib in runtime.settings.libraries if path.is_relative_to(lib.path) and group.shows(lib.name)]
    return libraries[0].path if libraries else None


def player_file(runtime: Runtime, player: str, path: str) -> str | None:
    """A file as a player names it; None where no path mapping fits."""
    mappings = [PathMapping(one.metarr_path, one.player_path) for one in group_of(runtime, player).path_mappings]
    return paths.translate(path, mappings)


def player_paths(group: PlayerGroup, file: Path, root: Path) -> tuple[str, str, str]:
    """A file, its folder and its library as the players of a group name them; folders end with a slash."""
    mappings = [PathMapping(mapping.metarr_path, mapping.player_path) for mapping in group.path_mappings]
    found = [paths.translate(str(path), mappings) for path in (file, file.parent, root)]
    if found[0] is None or found[1] is None:
        raise ConfigurationError(
            f"player_groups: no path mapping of '{group.name}' fits {file}; add one whose metarr_path is a folder above it"
        )
    return found[0], paths.as_folder(found[1]), paths.as_folder(found[2] or found[1])
