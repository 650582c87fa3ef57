"""A whole library disk was lost: all NFO files and artwork are written again, from cache and database.

Started by hand, on the queue `maintenance`, or by `metarr restore-library`. Give the library; its folder has to be there.
Films are worked on in chunks, each film under its own lock; those whose videos are lost too get theirs all the same.
"""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import parameter
from flows.runs import name_run, title_lock, with_verdict
from metarr_core.domain.bulk import LARGEST_CHUNK, chunks
from metarr_core.domain.ids import TitleKey
from metarr_core.operations.rebuilding import Rebuilt, lost_films, summary
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.rebuild import rebuild_chunk


@flow(name="restore-library", description=__doc__)
async def restore_library(
    library: str = parameter("", "Library", "Only the films of this library; empty: those of every library."),
    dry_run: bool = parameter(False, "Dry run", "Only tell what would be written."),  # noqa: FBT001
) -> State[Any]:
    """Write everything that we publish again."""
    async with open_runtime(load_settings()) as runtime:
        return await with_verdict(runtime, lambda: _work(runtime, library, dry_run=dry_run))


async def _work(runtime: Runtime, library: str, *, dry_run: bool) -> str:
    await name_run(f"restore-library: {library or 'every library'}")
    done = Rebuilt()
    async with title_lock(runtime, TitleKey(f"rebuild:{library}")):
        for chunk in chunks(await lost_films(runtime, library), LARGEST_CHUNK):
            done += await rebuild_chunk(chunk, dry_run=dry_run)
    return summary(done, dry_run=dry_run)
