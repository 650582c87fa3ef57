"""A person changes what is known of a film: every field that is edited is locked, and stays as it is from then on.

Triggered by edits and locks through the API, on the queue `high`: these hold already, and the run writes the NFO and tells
the players. By hand: give a film, and values, fields to be emptied, to be locked or unlocked, or a change to undo.
"""

from __future__ import annotations

from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.parameters import FilmNumber, parameter
from flows.runs import movie_lock, name_film_run, with_verdict
from metarr_core.domain.editing import Edit
from metarr_core.domain.ids import MovieId
from metarr_core.domain.locks import ERASABLE, LOCKABLE, check_locks
from metarr_core.domain.manual import ManualMetadata
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.edit import change
from tasks.notify import notify
from tasks.write import write

Emptied = Annotated[str, Field(json_schema_extra={"enum": list(ERASABLE)})]
Locked = Annotated[str, Field(json_schema_extra={"enum": list(LOCKABLE)})]


@flow(name="edit-media", description=__doc__)
async def edit_media(
    movie_id: FilmNumber = parameter(..., "Film", "The number of a film."),
    metadata: ManualMetadata | None = parameter(None, "Values", "What is to be known of the film; all of it is locked."),
    clear: list[Emptied] = parameter([], "To be emptied", "Fields that are to be empty, and stay so."),
    lock: list[Locked] = parameter([], "To be locked", "Fields and types of artwork that stay as they are."),
    unlock: list[Locked] = parameter([], "To be unlocked", "Fields and types of artwork that providers may change again."),
    undo: int | None = parameter(None, "Undo", "The number of a change, from the film's history, that is to be undone."),
) -> State[Any]:
    """Change a film, write its NFO, and tell the players."""
    film, wanted = MovieId(movie_id), Edit(metadata or ManualMetadata(), clear)
    check_locks(lock, "lock")
    check_locks(unlock, "unlock")
    async with open_runtime(load_settings()) as runtime:
        return await with_verdict(runtime, lambda: _work(runtime, film, wanted, lock, unlock, undo))


async def _work(
    runtime: Runtime, movie_id: MovieId, wanted: Edit, lock: list[str], unlock: list[str], undo: int | None
) -> str:
    await name_film_run(runtime, movie_id, "edit-media")
    async with movie_lock(runtime, movie_id):
        changed = await change(movie_id, wanted, lock=lock, unlock=unlock, undo=undo)
        written = await write(movie_id)
        waiting = await notify(movie_id)
    told = f"{', '.join(changed)} changed, " if changed else ""
    return f"{told}{len(written)} files written, {len(waiting)} players are told later"
