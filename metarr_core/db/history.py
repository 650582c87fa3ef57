"""The history of each field, in the activity log: who changed it, when, and what was there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity
from metarr_core.db.tables.activity import Activity
from metarr_core.db.tables.movies import Movie
from metarr_core.domain.field_values import as_json
from metarr_core.domain.ids import MovieId
from metarr_core.domain.metadata import Metadata, Who
from metarr_core.errors import NotFoundError

CHANGED, UNLOCKED = "movie.changed", "movie.unlocked"
_NAMES = {
    Who.USER: "a user",
    Who.PROVIDER: "a provider",
    Who.NFO: "somebody's NFO",
    Who.MANAGER: "the manager",
    Who.FILE: "the name of the file",
}


def tell(
    session: AsyncSession, movie: Movie, before: Metadata, about: Sequence[str], changed: Sequence[str], who: Who
) -> None:
    """Remember what fields were before a person, or somebody else, told of them; some may be as they were.

    What they were after it is what they were before the next time.
    """
    details = {
        "who": who,
        "before": {name: as_json(before, name) for name in about},
        "locked": [name for name in about if name in movie.locked_fields],
    }
    same = [name for name in about if name not in changed]
    does = [f"changed {', '.join(changed)}"] if changed else []
    does += [f"keeps {', '.join(same)}"] if same else []
    told = f"{movie.title}: {_NAMES[who]} {' and '.join(does)}"
    activity.tell(session, CHANGED, told, movie_id=MovieId(movie.id), details=details)


@dataclass(frozen=True)
class Change:
    """One change of one or more fields, with their values before it, as JSON."""

    id: int
    at: datetime
    who: Who
    before: dict[str, Any]
    locked: frozenset[str]
    """The fields of it that were locked before."""


@dataclass(frozen=True)
class FieldChange:
    """One change of one field: from what, to what."""

    id: int
    at: datetime
    who: Who
    field: str
    before: Any
    after: Any


async def of_movie(session: AsyncSession, movie_id: MovieId, current: Metadata) -> list[FieldChange]:
    """Every change of every field of a film, the newest first; `current` is what is known of the film now."""
    after: dict[str, Any] = {}
    found = []
    for change in await _changes(session, movie_id):
        for name, before in change.before.items():
            now = after[name] if name in after else as_json(current, name)
            found.append(FieldChange(change.id, change.at, change.who, name, before, now))
            after[name] = before
    return found


async def get(session: AsyncSession, movie_id: MovieId, change_id: int) -> Change:
    """One change of a film. Raises NotFoundError."""
    changes = await _changes(session, movie_id, change_id)
    if not changes:
        raise NotFoundError(f"film {movie_id} has no change {change_id}; its history tells which there are")
    return changes[0]


async def unlocked_since(session: AsyncSession, movie_id: MovieId, change_id: int) -> set[str]:
    """The fields that a person has unlocked by hand since a change: where they are locked, it is by another word."""
    mine = (Activity.entity_type == "movie", Activity.entity_id == movie_id, Activity.event_type == UNLOCKED)
    rows = await session.execute(select(Activity.details).where(*mine, Activity.id > change_id))
    return {name for details in rows.scalars() for name in details["fields"]}


async def said_since(session: AsyncSession, movie_id: MovieId, since: datetime) -> set[str]:
    """The fields of which a person has told since then."""
    mine = (Activity.entity_type == "movie", Activity.entity_id == movie_id, Activity.event_type == CHANGED)
    by_user = Activity.details["who"].as_string() == Who.USER
    rows = await session.execute(select(Activity.details).where(*mine, by_user, Activity.created_at > since))
    return {name for details in rows.scalars() for name in details["before"]}


async def _changes(session: AsyncSession, movie_id: MovieId, change_id: int | None = None) -> list[Change]:
    mine = (Activity.entity_type == "movie", Activity.entity_id == movie_id, Activity.event_type == CHANGED)
    rows = select(Activity).where(*mine).order_by(Activity.id.desc())
    if change_id is not None:
        rows = rows.where(Activity.id == change_id)
    return [
        Change(row.id, row.created_at, Who(told["who"]), told["before"], frozenset(told["locked"]))
        for row in (await session.execute(rows)).scalars()
        for told in [row.details]
    ]
