"""What follows when a file has come: workflow 1 for a new film, workflow 2 where it takes the place of another.

Which of them it is, the film and its folder tell, not the webhook: it may name no replaced file, or a film we do not know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import TypeVar

from flows.artifacts import show_movie
from metarr_core.domain.ids import MovieId, TmdbId
from metarr_core.domain.metadata import Identity
from metarr_core.errors import FileNotVisibleYet, TransientError
from metarr_core.operations import importing, upgrading, verdicts
from metarr_core.operations.enrichment import Enriched
from metarr_core.operations.importing import Import
from metarr_core.runtime import Runtime
from tasks.download import download
from tasks.enrich import enrich
from tasks.identify import identify_one
from tasks.notify import notify
from tasks.probe import probe
from tasks.record import record
from tasks.upgrade import clear, settle
from tasks.write import write

T = TypeVar("T")


def imported_by_hand(runtime: Runtime, path: Path, tmdb_id: int | None) -> Import:
    """The import of a video that a person names. Raises ConfigurationError."""
    identity = Identity(title=path.stem, tmdb_id=TmdbId(tmdb_id) if tmdb_id else None)
    return importing.import_of_path(runtime, path, identity)


async def receive(runtime: Runtime, imports: Sequence[Import], gone: Sequence[Path] = ()) -> str:
    """Do with files that have come what is to be done, under the title's lock; gives in a sentence what that was.

    `gone` are the videos whose place they take, as far as somebody told of them.
    """
    there, awaited = await importing.split(runtime, imports)
    told = await _received(runtime, there, gone) if there else f"{imports[-1].path.name} made room for another file already"
    if awaited is None:
        return told
    settled = {one.event_id for one in there if one.event_id is not None} - {imports[-1].event_id}
    await verdicts.succeed_in_part(runtime, settled)
    raise FileNotVisibleYet(awaited)


async def _received(runtime: Runtime, imports: Sequence[Import], gone: Sequence[Path]) -> str:
    is_upgrade = await upgrading.is_upgrade(runtime, imports, gone)
    movie_id = await record(list(imports))
    if is_upgrade:
        return await _upgrade(runtime, movie_id, imports, gone)
    return await _take_in(runtime, movie_id, imports, gone)


async def _upgrade(runtime: Runtime, movie_id: MovieId, imports: Sequence[Import], gone: Sequence[Path]) -> str:
    """Everything of the film stays as it was, beside another file. No provider is asked."""
    troubles: list[TransientError] = []
    await _attempt(probe(movie_id), troubles)
    written = await _attempt(write(movie_id), troubles)
    await upgrading.tell_of_upgrade(runtime, movie_id, imports, gone)
    waiting, removed, _ = await asyncio.gather(
        _attempt(notify(movie_id), troubles), _attempt(clear(movie_id, list(gone)), troubles), settle(movie_id)
    )
    await show_movie(runtime, movie_id)
    if troubles:
        raise troubles[0]
    return (
        f"{len(written or [])} files written for {imports[-1].path.name}, {len(removed or [])} removed under old names, "
        f"{len(waiting or [])} players are told later"
    )


async def _take_in(runtime: Runtime, movie_id: MovieId, imports: Sequence[Import], gone: Sequence[Path]) -> str:
    """The steps of a new film. One that fails for now does not keep the others from the film; the job comes back for it."""
    troubles: list[TransientError] = []
    if not imports[-1].has_id:
        movie_id = await _identified(movie_id, troubles)
    _, enriched = await asyncio.gather(_attempt(probe(movie_id), troubles), _attempt(enrich(movie_id), troubles))
    if isinstance(enriched, Enriched) and enriched.trouble:
        troubles.append(enriched.trouble)
    downloads = await _attempt(download(movie_id), troubles)
    if downloads and downloads.trouble:
        troubles.append(downloads.trouble)
    written = await _attempt(write(movie_id), troubles)
    if gone:
        await _attempt(clear(movie_id, list(gone)), troubles)
        await settle(movie_id)
    waiting = await _attempt(notify(movie_id), troubles)
    await show_movie(runtime, movie_id)
    if troubles:
        raise troubles[0]
    pictures = downloads.stored if downloads else 0
    return f"{pictures} pictures, {len(written or [])} files written, {len(waiting or [])} players are told later"


async def _identified(movie_id: MovieId, troubles: list[TransientError]) -> MovieId:
    """The film that a file is of which nobody has told an id: its length helps to tell which."""
    await _attempt(probe(movie_id), troubles)
    return await _attempt(identify_one(movie_id), troubles) or movie_id


async def _attempt(step: Awaitable[T], troubles: list[TransientError]) -> T | None:
    try:
        return await step
    except TransientError as exc:
        troubles.append(exc)
        return None
