"""Workflow 5: films whose days in the trash are over are deleted for good, with what Metarr wrote beside them.

Triggered each morning, on the queue `maintenance`. Only files go that still have the bytes that Metarr wrote: never a video,
a subtitle or somebody's picture. More films than `trash.max_purge_films` at once wait for a person. Films whose files are
there again come back instead. By hand: a dry run shows what would go; with a film, that one goes now.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import FilmNumber, parameter
from flows.runs import name_run, this_run, title_lock, with_verdict
from flows.trash import show_plans, show_trash
from metarr_core.db import movies
from metarr_core.domain.bulk import LARGEST_CHUNK, chunks
from metarr_core.domain.ids import MovieId, TitleKey
from metarr_core.errors import StateConflict
from metarr_core.operations.purging import Purged, Rules, purge_key
from metarr_core.runtime import Runtime, now, open_runtime
from metarr_core.settings import load_settings
from tasks.purge import find_due, purge_chunk


@flow(name="purge-expired", description=__doc__)
async def purge_expired(
    movie_id: FilmNumber | None = parameter(
        None, "Film", "Only this film of the trash, and now; empty: all whose day came."
    ),
    dry_run: bool = parameter(False, "Dry run", "Only show what would go, and what would be spared."),  # noqa: FBT001
    confirm: bool = parameter(  # noqa: FBT001
        False, "Confirm", "Go ahead with unusually many films, and with libraries that are empty or away."
    ),
) -> State[Any]:
    """Delete films for good whose day has come."""
    rules = Rules(now(), is_early=movie_id is not None, is_confirmed=confirm, is_dry=dry_run)
    async with open_runtime(load_settings()) as runtime:
        if movie_id is not None:
            return await with_verdict(runtime, lambda: _empty_now(runtime, MovieId(movie_id), rules))
        return await with_verdict(runtime, lambda: _purge(runtime, rules))


async def _purge(runtime: Runtime, rules: Rules) -> str:
    done = Purged()
    async with title_lock(runtime, TitleKey("purge")):
        found = await find_due(rules.at, is_confirmed=rules.is_confirmed or rules.is_dry)
        for chunk in chunks(found, LARGEST_CHUNK):
            done.add(await purge_chunk(chunk, rules))
    await show_plans(done, is_dry=rules.is_dry)
    await show_trash(runtime)
    return summary(done, is_dry=rules.is_dry)


async def _empty_now(runtime: Runtime, movie_id: MovieId, rules: Rules) -> str:
    """One film, before its day: what is in the way fails the run, for somebody waits for it. A job may come again."""
    async with title_lock(runtime, purge_key(movie_id)):
        async with runtime.database.transaction() as session:
            title = await movies.title_of(session, movie_id)
        if title is None and this_run().idempotency_key:
            return f"film {movie_id} is gone already"
        await name_run(f"purge-expired: {title or movie_id}")
        done = await purge_chunk([movie_id], rules)
    await show_plans(done, is_dry=rules.is_dry)
    await show_trash(runtime)
    if not done.purged:
        raise StateConflict("; ".join([*done.skipped, *map(str, done.waiting)]))
    return summary(done, is_dry=rules.is_dry)


def summary(done: Purged, *, is_dry: bool) -> str:
    """What was done, in a sentence."""
    files, spared = sum(len(plan.ours) for plan in done.purged), sum(len(plan.spared) for plan in done.purged)
    told = f"{len(done.purged)} films {'would be' if is_dry else 'are'} deleted for good, with {files} files of ours"
    told += f"; {spared} files are spared" if spared else ""
    told += f"; {len(done.returned)} come back, as their files are there again" if done.returned else ""
    waiting = [*map(str, done.waiting), *done.skipped]
    return told + (f"; {len(waiting)} wait: {'; '.join(waiting[:3])}" if waiting else "")
