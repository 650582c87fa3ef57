"""Self-healing: is every file that we published still there, with our bytes? What is missing or broken is written again.

Triggered each morning, on the queue `maintenance`. Files are compared by size and time, and only the films that differ are
looked at, in chunks, each film under its own lock. What somebody else changed goes into the cache, and
`artwork.foreign_edit` says what follows. Players are told of what changed. By hand: give a library;
`by_hash` reads every byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import parameter
from flows.runs import name_run, title_lock, with_verdict
from metarr_core.domain.bulk import LARGEST_CHUNK, chunks
from metarr_core.domain.ids import TitleKey
from metarr_core.errors import NotFoundError
from metarr_core.operations.verifying import ChunkVerified
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.verify import find_suspects, verify_chunk


@flow(name="verify-library", description=__doc__)
async def verify_library(
    library: str = parameter("", "Library", "Only the films of this library; empty: those of every library."),
    by_hash: bool = parameter(False, "By hash", "Read every byte, not only what changed its size or time."),  # noqa: FBT001
    dry_run: bool = parameter(False, "Dry run", "Only tell what would be done."),  # noqa: FBT001
) -> State[Any]:
    """Look at what was published, and repair it."""
    async with open_runtime(load_settings()) as runtime:
        return await with_verdict(runtime, lambda: _verify(runtime, library, by_hash=by_hash, dry_run=dry_run))


async def _verify(runtime: Runtime, library: str, *, by_hash: bool, dry_run: bool) -> str:
    if library and library not in {one.name for one in runtime.settings.libraries}:
        raise NotFoundError(f"there is no library '{library}' in the settings")
    await name_run(f"verify-library: {library or 'every library'}")
    async with title_lock(runtime, TitleKey(f"verify:{library}")):
        suspects = await find_suspects(library, by_hash=by_hash)
        done = [await verify_chunk(chunk, by_hash=by_hash, dry_run=dry_run) for chunk in chunks(suspects, LARGEST_CHUNK)]
    return summary(done, dry_run=dry_run)


def summary(done: Sequence[ChunkVerified], *, dry_run: bool) -> str:
    """What was found and done, in a sentence."""
    found: Counter[str] = Counter()
    for chunk in done:
        found.update(chunk.conditions)
    skipped = [why for chunk in done for why in chunk.skipped]
    if not found and not skipped:
        return "every published file is there, with our bytes"
    told = ", ".join(f"{count} {condition}" for condition, count in sorted(found.items())) or "nothing was found"
    written = "nothing is touched in a dry run" if dry_run else f"{sum(chunk.written for chunk in done)} written again"
    passed = f"; passed over: {'; '.join(skipped)}" if skipped else ""
    return f"{told}; {written}{passed}"
