"""Fetches the best pictures of a film into the cache. One that fails makes room for the next; no film fails for it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass

from metarr_core.db import activity, movies
from metarr_core.db import artwork as db
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import MovieId
from metarr_core.errors import ProviderUnavailable
from metarr_core.operations import foreign_edits
from metarr_core.operations.filling import Filling, Visit, fill
from metarr_core.runtime import Runtime

AT_ONCE = 4


@dataclass(frozen=True)
class Downloads:
    """What became of a film's pictures: how many it has now, what could not be used, and what is worth another try."""

    stored: int
    failed: tuple[str, ...]
    trouble: ProviderUnavailable | None


async def download_artwork(
    runtime: Runtime, movie_id: MovieId, kinds: Collection[ArtworkType] = tuple(ArtworkType), *, keeps_choices: bool = True
) -> Downloads:
    """Choose and fetch the pictures of a film; what it has already is not fetched again. Raises StorageUnavailable.

    Without `keeps_choices`, pictures that did not come from a provider make room for those that do.
    """
    if keeps_choices:
        await foreign_edits.settle(runtime, movie_id)
    async with runtime.database.transaction() as session:
        locked = set((await movies.get(session, movie_id)).locked_fields)
        offered = await db.candidates(session, movie_id)
        has = await db.chosen(session, movie_id)
    visit, settings = Visit(asyncio.Semaphore(AT_ONCE)), runtime.settings.artwork
    fillings = await _all(
        fill(
            runtime,
            visit,
            [one for one in offered if one.type == kind],
            settings.count_of(kind),
            {one.position: one for one in has if one.type == kind and (keeps_choices or one.source == "provider")},
        )
        for kind in kinds
        if kind not in locked
    )
    failed = tuple(reason for filling in fillings for reason in filling.failed)
    stored = sum(filling.position for filling in fillings)
    await _tell(runtime, movie_id, stored, failed)
    return Downloads(stored, failed, next((filling.trouble for filling in fillings if filling.trouble), None))


async def _all(fillings: Iterable[Coroutine[None, None, Filling]]) -> list[Filling]:
    """All at once; where one raises, the others end before the error goes on: nothing is written after the run."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(filling) for filling in fillings]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


async def _tell(runtime: Runtime, movie_id: MovieId, stored: int, failed: Sequence[str]) -> None:
    if not stored and not failed:
        return
    async with runtime.database.transaction() as session:
        description = f"{stored} pictures are in the cache" + (f", {len(failed)} could not be used" if failed else "")
        severity: activity.Severity = "warning" if failed else "info"
        activity.tell(
            session,
            "artwork.downloaded",
            description,
            movie_id=movie_id,
            severity=severity,
            details={"failed": list(failed)},
        )
