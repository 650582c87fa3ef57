"""What a person changes of a film, under its row's lock: edits, which lock, locks by hand, and undoing what was changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, history, movies
from metarr_core.db import trash as trash_db
from metarr_core.db.tables.movies import Movie
from metarr_core.domain.editing import Edit
from metarr_core.domain.field_values import from_json
from metarr_core.domain.ids import JobId, MovieId
from metarr_core.domain.jobs import JobType
from metarr_core.domain.metadata import Who
from metarr_core.errors import InvalidFields, StateConflict
from metarr_core.operations import film_jobs


async def edit(session: AsyncSession, movie_id: MovieId, wanted: Edit) -> list[str]:
    """Write what a person knows better, and lock it; gives the fields that changed. Raises NotFoundError, StateConflict."""
    movie = await usable(session, movie_id)
    told = wanted.metadata(await movies.read_metadata(session, movie))
    new = [field for field in wanted.fields if field not in movie.locked_fields]
    changed = await movies.write_metadata(session, movie, told, who=Who.USER)
    _tell(session, movie, new, is_locked=True)
    return changed


async def lock(session: AsyncSession, movie_id: MovieId, fields: Collection[str]) -> list[str]:
    """Lock fields and types of artwork as they are; gives those that were not locked.

    Raises NotFoundError, StateConflict.
    """
    movie = await usable(session, movie_id)
    new = [field for field in fields if await movies.lock(session, movie_id, field)]
    _tell(session, movie, new, is_locked=True)
    return new


async def unlock(session: AsyncSession, movie_id: MovieId, fields: Collection[str]) -> list[str]:
    """Unlock fields and types of artwork; gives those that were locked. Their values stay until a provider tells others.

    Raises NotFoundError, StateConflict.
    """
    movie = await usable(session, movie_id)
    freed = [field for field in fields if await movies.unlock(session, movie_id, field)]
    _tell(session, movie, freed, is_locked=False)
    return freed


async def undo(session: AsyncSession, movie_id: MovieId, change_id: int, field: str | None = None) -> list[str]:
    """Give fields the values that they had before a change; gives those that changed.

    A person's change is taken back with its locks, but not with those that were set anew since; what others changed is
    locked, or they would change it again.
    Raises NotFoundError, StateConflict, InvalidFields.
    """
    movie = await usable(session, movie_id)
    change = await history.get(session, movie_id, change_id)
    if field is not None and field not in change.before:
        raise InvalidFields({"field": f"change {change_id} is not about it, but about {', '.join(change.before)}"})
    before = {name: value for name, value in change.before.items() if field in {None, name}}
    set_anew = {*movie.locked_fields} & await history.unlocked_since(session, movie_id, change_id)
    changed = await movies.write_metadata(session, movie, from_json(before), who=Who.USER)
    if change.who is Who.USER:
        for name in before.keys() - change.locked - set_anew:
            await movies.unlock(session, movie_id, name)
    told = f"{movie.title}: a user has undone change {change_id} of {', '.join(before)}"
    activity.tell(session, "movie.undone", told, movie_id=movie_id, details={"change": change_id, "fields": list(before)})
    return changed


async def ask_to_write(session: AsyncSession, movie_id: MovieId) -> JobId:
    """Queue what follows an edit: its NFO and its players. Raises NotFoundError."""
    return await film_jobs.queue(session, movie_id, JobType.EDIT_MEDIA, {"movie_id": movie_id})


async def usable(session: AsyncSession, movie_id: MovieId) -> Movie:
    """A film, locked until the transaction ends. Raises NotFoundError, StateConflict."""
    movie = await trash_db.locked(session, movie_id)
    if movie.trashed_at is not None:
        raise StateConflict(f"{movie.title} is in the trash; restore it first")
    return movie


def _tell(session: AsyncSession, movie: Movie, fields: Sequence[str], *, is_locked: bool) -> None:
    if fields:
        kind, does = ("movie.locked", "locks") if is_locked else (history.UNLOCKED, "unlocks")
        told = f"{movie.title}: a user {does} {', '.join(fields)}"
        activity.tell(session, kind, told, movie_id=MovieId(movie.id), details={"fields": list(fields)})
