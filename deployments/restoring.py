"""`metarr restore-library`: needs the database alone, and tells how far it has come."""

from __future__ import annotations

from metarr_core.db import locks
from metarr_core.domain.bulk import LARGEST_CHUNK, chunks
from metarr_core.domain.ids import TitleKey
from metarr_core.operations.rebuilding import Rebuilt, lost_films, rebuild_chunk, summary
from metarr_core.runtime import open_runtime
from metarr_core.settings import Settings


async def run(settings: Settings, library: str, *, dry_run: bool) -> None:
    """Write everything that we publish again. Raises NotFoundError, StorageUnavailable, DatabaseUnavailable, LockBusy."""
    done = Rebuilt()
    async with open_runtime(settings) as runtime:
        films = await lost_films(runtime, library)
        async with locks.held(runtime.database, TitleKey(f"rebuild:{library}")):
            for chunk in chunks(films, LARGEST_CHUNK):
                done += await rebuild_chunk(runtime, chunk, dry_run=dry_run)
                print(f"{done.films + len(done.skipped)} of {len(films)} films", flush=True)  # noqa: T201 - a command prints
    print(summary(done, dry_run=dry_run))  # noqa: T201
