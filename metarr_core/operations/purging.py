"""Deletes films for good whose day has come: first what we wrote beside them, then what is known of them.

Of files, only those go that still have the bytes that we wrote; never a video, a subtitle or somebody's picture. A film is
held by its row meanwhile: a restore comes before it, or finds nothing. A purge that is killed is finished by the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, jobs, library_files, locks, movie_files, movies
from metarr_core.db import trash as db
from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import Movie, MovieFile
from metarr_core.domain.ids import JobId, MovieId, TitleKey
from metarr_core.domain.jobs import JobType, JobWanted, Priority
from metarr_core.domain.purging import A_VIDEO, AN_ORIGINAL, NOT_OURS, PurgePlan, Spared, folders_of
from metarr_core.domain.verification import Condition, Entry
from metarr_core.errors import LockBusy, MetarrError, StateConflict, StorageUnavailable
from metarr_core.files.fingerprint import is_there
from metarr_core.files.published import examine
from metarr_core.files.removing import drop_draft, is_link, remove_if_empty, remove_if_ours, why_unreachable
from metarr_core.operations import trash
from metarr_core.runtime import Runtime

AT_ONCE, BATCH = 2, 20


@dataclass(frozen=True)
class Rules:
    """How a purge is done: on which day; whether before a film's day; whether by somebody who has looked at the plan."""

    at: datetime
    is_early: bool = False
    is_confirmed: bool = False
    is_dry: bool = False


@dataclass
class Purged:
    """What became of films: `purged` are gone, or would be in a dry run; `waiting` are those with a hindrance."""

    purged: list[PurgePlan] = field(default_factory=list)
    returned: list[PurgePlan] = field(default_factory=list)
    """Films whose files are there again: out of the trash."""
    waiting: list[PurgePlan] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    """Why nothing was done with the others, in sentences."""

    def add(self, other: Purged) -> None:
        """Put what became of other films to it."""
        for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True):
            mine.extend(theirs)


def purge_key(movie_id: MovieId) -> TitleKey:
    """The key of the purge of one film: not its title's, whose lock the purge itself takes."""
    return TitleKey(f"purge:{movie_id}")


async def ask_to_purge(runtime: Runtime, movie_id: MovieId) -> JobId:
    """Queue the purge of a film of the trash, before its day. Raises NotFoundError, StateConflict."""
    async with runtime.database.transaction() as session:
        movie = await db.locked(session, movie_id)
        if movie.trashed_at is None:
            raise StateConflict(f"{movie.title} is not in the trash; delete it in Radarr, or run delete-media, first")
        wanted = JobWanted(JobType.PURGE_EXPIRED, purge_key(movie_id), movie.title, Priority.HIGH, {"movie_id": movie_id})
        return await jobs.add(session, wanted)


async def due_films(runtime: Runtime, at: datetime, *, is_confirmed: bool) -> list[MovieId]:
    """Films whose day has come. Raises StateConflict where they are unusually many, unless somebody has confirmed."""
    async with runtime.database.transaction() as session:
        found = await db.due(session, at)
    most = runtime.settings.trash.max_purge_films
    if len(found) > most and not is_confirmed:
        raise StateConflict(
            f"{len(found)} films would be deleted for good, more than trash.max_purge_films ({most}): look at them with"
            " a dry run of purge-expired, and run it with 'Confirm' if they may go"
        )
    return found


async def purge_films(runtime: Runtime, movie_ids: Sequence[MovieId], rules: Rules) -> Purged:
    """Purge films, batches beside each other. One that cannot be purged keeps none from it. Raises DatabaseUnavailable."""
    left, done = iter(movie_ids), Purged()
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(_work_through(runtime, left, rules, done))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return done


async def _work_through(runtime: Runtime, left: Iterator[MovieId], rules: Rules, done: Purged) -> None:
    while batch := list(islice(left, BATCH)):
        for movie_id, outcome in (await _purge_batch(runtime, batch, rules)).items():
            if isinstance(outcome, MetarrError):
                done.skipped.append(f"film {movie_id}: {outcome}")
            else:
                kind = done.returned if outcome.there_again else done.waiting if outcome.hindrance else done.purged
                kind.append(outcome)


async def purge_film(runtime: Runtime, movie_id: MovieId, rules: Rules) -> PurgePlan:
    """Purge one film, if nothing speaks against it; gives the plan that was carried out, or would be.

    Raises NotFoundError, StateConflict where it is not in the trash or its day has not come, LockBusy, StorageUnavailable.
    """
    outcome = (await _purge_batch(runtime, [movie_id], rules))[movie_id]
    if isinstance(outcome, MetarrError):
        raise outcome
    return outcome


async def _purge_batch(
    runtime: Runtime, movie_ids: Sequence[MovieId], rules: Rules
) -> dict[MovieId, PurgePlan | MetarrError]:
    """Purge films in one transaction; gives for each its plan, or why nothing was done with it."""
    async with runtime.database.transaction() as session:
        films, outcomes = await _held(session, movie_ids, rules)
        outcomes |= await _plans(session, films, rules)
        if not rules.is_dry:
            outcomes |= await _carry_out(session, [one for one in outcomes.values() if isinstance(one, PurgePlan)], rules.at)
    return outcomes


async def _held(
    session: AsyncSession, movie_ids: Sequence[MovieId], rules: Rules
) -> tuple[list[Movie], dict[MovieId, PurgePlan | MetarrError]]:
    """The films that can go, held until the transaction ends, and why the others cannot."""
    films = await db.locked_films(session, movie_ids)
    refused: dict[MovieId, PurgePlan | MetarrError] = {
        movie_id: why for movie_id in movie_ids if (why := _refusal(movie_id, films.get(movie_id), rules)) is not None
    }
    keys = {movie_id: await movies.title_key_of(session, movie_id) for movie_id in films if movie_id not in refused}
    taken = await locks.taken(session, list(keys.values()))
    refused |= {movie_id: LockBusy(key) for movie_id, key in keys.items() if key not in taken}
    return [movie for movie_id, movie in films.items() if movie_id not in refused], refused


def _refusal(movie_id: MovieId, movie: Movie | None, rules: Rules) -> MetarrError | None:
    if movie is None:
        return db.not_there(movie_id)
    if movie.trashed_at is None or movie.deleted_at is None:
        return StateConflict(f"{movie.title} is not in the trash, so it is not purged")
    if movie.deleted_at >= rules.at and not rules.is_early:
        return StateConflict(f"{movie.title} stays in the trash until {movie.deleted_at:%Y-%m-%d %H:%M} UTC")
    return None


async def _plans(session: AsyncSession, films: Sequence[Movie], rules: Rules) -> dict[MovieId, PurgePlan | MetarrError]:
    movie_ids = [MovieId(movie.id) for movie in films]
    entries = await library_files.entries_of_films(session, movie_ids)
    files = await movie_files.of_films(session, movie_ids)
    originals = await db.originals(session, [entry.sha256 for entry in entries])
    roots = {movie.library_id: (await session.get_one(Library, movie.library_id)).path for movie in films}

    def look() -> dict[MovieId, PurgePlan | MetarrError]:
        plans: dict[MovieId, PurgePlan | MetarrError] = {}
        for movie in films:
            mine = [entry for entry in entries if entry.movie_id == movie.id]
            copies = [file for file in files if file.movie_id == movie.id]
            try:
                plans[MovieId(movie.id)] = _looked_at(movie, roots[movie.library_id], mine, copies, originals, rules)
            except StorageUnavailable as exc:
                plans[MovieId(movie.id)] = exc
        return plans

    return await asyncio.to_thread(look)


def _looked_at(
    movie: Movie, library: str, entries: Sequence[Entry], files: Sequence[MovieFile], originals: set[str], rules: Rules
) -> PurgePlan:
    """The plan, by what stands on disk. Raises StorageUnavailable."""
    hindrance = why_unreachable(Path(library)) if (entries or files) and not rules.is_confirmed else ""
    there = [] if hindrance else [file for file in files if is_there(Path(file.path))]
    again = tuple(file.path for file in there if not file.kept and file.missing_since is not None and not rules.is_early)
    ours, gone, spared = _sorted([] if hindrance else entries, originals)
    return PurgePlan(
        movie_id=MovieId(movie.id),
        title=movie.named,
        purge_at=movie.deleted_at or rules.at,
        reason=movie.trash_reason or "",
        ours=tuple(ours),
        gone=tuple(gone),
        spared=(*(Spared(file.path, A_VIDEO) for file in there), *spared),
        folders=folders_of([entry.path for entry in entries] + [file.path for file in files], library),
        there_again=again,
        hindrance=f"its file is there again: {again[0]}" if again else hindrance,
    )


def _sorted(entries: Sequence[Entry], originals: set[str]) -> tuple[list[Entry], list[str], list[Spared]]:
    """What of the ledger is ours, what is gone, and what is spared."""
    ours: list[Entry] = []
    gone: list[str] = []
    spared: list[Spared] = []
    for entry in entries:
        condition = examine(entry).condition
        if condition is Condition.MISSING:
            gone.append(entry.path)
        elif condition is not Condition.INTACT:
            spared.append(Spared(entry.path, NOT_OURS[condition]))
        elif entry.sha256 in originals or is_link(entry.path):
            spared.append(Spared(entry.path, AN_ORIGINAL))
        else:
            ours.append(entry)
    return ours, gone, spared


async def _carry_out(
    session: AsyncSession, plans: Sequence[PurgePlan], at: datetime
) -> dict[MovieId, PurgePlan | MetarrError]:
    """Files before rows: whoever kills us in between leaves films in the trash, which the next purge finds.

    Gives the films whose files cannot be removed now, and why.
    """
    for plan in plans:
        if plan.there_again:
            await _bring_back(session, plan, at)
    going = [plan for plan in plans if not plan.hindrance]
    removed = await asyncio.to_thread(lambda: {plan.movie_id: _removed(plan) for plan in going})
    stay = {movie_id: one for movie_id, one in removed.items() if isinstance(one, MetarrError)}
    originals = await db.originals_of(session, list(removed))
    gone = [(plan, one) for plan in going if not isinstance(one := removed[plan.movie_id], MetarrError)]
    for plan, changed in gone:
        await _tell(session, plan, changed, originals.get(plan.movie_id, []))
    await db.purge(session, [plan.movie_id for plan, _ in gone])
    return {**stay}


async def _tell(session: AsyncSession, plan: PurgePlan, changed: set[str], originals: list[dict[str, Any]]) -> None:
    for spared in plan.spared:
        if spared.why == A_VIDEO:
            await db.ignore_path(session, spared.path, f"it stayed on disk when {plan.title} was purged")
    told = f"{plan.title} is deleted for good"
    stays = [vars(one) for one in (*plan.spared, *(Spared(path, "it changed meanwhile") for path in sorted(changed)))]
    files = sorted(set(plan.files) - changed)
    story = {"reason": plan.reason, "files": files, "spared": stays, "originals": originals}
    activity.tell(session, "movie.permanently_deleted", told, movie_id=plan.movie_id, severity="warning", details=story)


def _removed(plan: PurgePlan) -> set[str] | StorageUnavailable:
    try:
        return _remove(plan)
    except StorageUnavailable as exc:
        return exc


def _remove(plan: PurgePlan) -> set[str]:
    """Remove our files, then the folders that are empty; gives those that somebody changed at this moment."""
    changed = {entry.path for entry in plan.ours if remove_if_ours(Path(entry.path), entry.sha256) is False}
    for path in plan.drafts_of:
        drop_draft(Path(path))
    for folder in plan.folders:
        remove_if_empty(Path(folder))
    return changed


async def _bring_back(session: AsyncSession, plan: PurgePlan, at: datetime) -> None:
    """The file is back, so the film is: out of the trash now, and written and shown by a run."""
    await trash.restore(session, plan.movie_id, plan.hindrance, at)
    await db.find_files_again(session, plan.there_again)
    key = await movies.title_key_of(session, plan.movie_id)
    payload = {"movie_id": plan.movie_id}
    await jobs.add(session, JobWanted(JobType.RESTORE_MEDIA, key, plan.title, Priority.NORMAL, payload))
