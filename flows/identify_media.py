"""Workflow 6: which film is it? Films without an id are looked up, and where that is not sure enough, a person says it.

Triggered by requests of users, on the queue `high`. By hand: without anything, all unidentified films are looked up again;
with one film, say which one it is (`tmdb_id`), what is known of it (`metadata`, all that is given is locked), or ignore it.
What still needs a person is shown as a table with the likeliest films, each with a form that only waits to be sent.
"""

from __future__ import annotations

from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import FilmNumber, TmdbNumber, parameter
from flows.runs import movie_lock, name_film_run, this_job, title_lock, with_verdict
from flows.unidentified import show_unidentified
from metarr_core.db import identifications
from metarr_core.domain.bulk import chunks
from metarr_core.domain.ids import MovieId, TitleKey, TmdbId
from metarr_core.domain.manual_entry import ManualEntry
from metarr_core.errors import InvalidFields, TransientError
from metarr_core.operations import choosing
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.identify import choose, enter, identify_chunk
from tasks.notify import notify
from tasks.replace import replace, stage
from tasks.write import write

Action = Literal["identify", "ignore", "take back"]


@flow(name="identify-media", description=__doc__)
async def identify_media(
    movie_ids: list[FilmNumber] = parameter([], "Films", "Numbers of films; none: the unidentified ones of the library."),
    library: str = parameter("", "Library", "Only the films of this library; empty: those of every library."),
    tmdb_id: TmdbNumber | None = parameter(None, "TMDB id", "Say which film it is, by its number at TMDB; for one film."),
    metadata: ManualEntry | None = parameter(None, "Metadata", "Say what is known of a film; for one film."),
    action: Action = parameter(
        "identify", "What to do", "Ignored films are passed over by scans until they are taken back."
    ),
) -> State[Any]:
    """Identify films, by looking them up or by what a person says."""
    films = [MovieId(number) for number in movie_ids]
    async with open_runtime(load_settings()) as runtime:
        if tmdb_id is not None:
            return await with_verdict(runtime, lambda: _choose(runtime, films, TmdbId(tmdb_id)))
        if metadata is not None:
            return await with_verdict(runtime, lambda: _enter(runtime, films, metadata))
        if action != "identify":
            return await with_verdict(runtime, lambda: _hide(runtime, films, is_ignored=action == "ignore"))
        return await with_verdict(runtime, lambda: _look_up(runtime, films, library))


async def _choose(runtime: Runtime, films: list[MovieId], tmdb_id: TmdbId) -> str:
    job = await this_job(runtime)
    named = await choosing.named_by(runtime, job) if job else None
    if named is None:
        film = await _only(runtime, films)
        async with movie_lock(runtime, film):
            named = await choose(film, tmdb_id, job)
    await show_unidentified(runtime)
    if named is None:
        return "the film stays what a person has said since that it is"
    return f"film {named} is TMDB {tmdb_id}; its enrichment is in the queue"


async def _enter(runtime: Runtime, films: list[MovieId], metadata: ManualEntry) -> str:
    film = await _only(runtime, films)
    staged = [wish if wish.sha256 else await stage(wish) for wish in metadata.wishes(film)]
    job = await this_job(runtime)
    async with movie_lock(runtime, film):
        await enter(film, metadata, job)
        for wish in staged:
            await replace(wish, job)
        written = await write(film)
        waiting = await notify(film)
    await show_unidentified(runtime)
    return f"{len(metadata.locks)} fields are locked, {len(written)} files written, {len(waiting)} players are told later"


async def _hide(runtime: Runtime, films: list[MovieId], *, is_ignored: bool) -> str:
    if not films:
        raise InvalidFields({"movie_ids": "say which films are meant"})
    for film in films:
        await (choosing.ignore(runtime, film) if is_ignored else choosing.take_back(runtime, film))
    await show_unidentified(runtime)
    return f"{len(films)} films are {'ignored' if is_ignored else 'no longer ignored'}"


async def _look_up(runtime: Runtime, films: list[MovieId], library: str) -> str:
    """One task a chunk; a provider's bad hour ends the run, and the job comes back for those that are left."""
    identified, unsure, trouble = 0, 0, None
    async with title_lock(runtime, TitleKey(f"identify:{library}")):
        for chunk in chunks(films or await _unidentified(runtime, library)):
            done = await identify_chunk(chunk)
            identified, unsure = identified + len(done.identified), unsure + len(done.unidentified)
            trouble = done.trouble or trouble
            if trouble is not None and trouble.patience is not None:
                break
    await show_unidentified(runtime)
    _raise(trouble)
    return f"{identified} films are identified, {unsure} need a person to say which they are"


def _raise(trouble: TransientError | None) -> None:
    if trouble is not None:
        raise trouble


async def _unidentified(runtime: Runtime, library: str) -> list[MovieId]:
    async with runtime.database.transaction() as session:
        return await identifications.wanted_in(session, library)


async def _only(runtime: Runtime, films: list[MovieId]) -> MovieId:
    """The one film that is meant; the run is named after it. Raises InvalidFields, NotFoundError."""
    if len(films) != 1:
        raise InvalidFields({"movie_ids": "give the number of exactly one film"})
    await name_film_run(runtime, films[0], "identify-media")
    return films[0]
