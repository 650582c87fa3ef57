"""Workflow 5: pictures that nobody has used for `trash.orphan_days` leave the cache, and rows and files are compared.

Triggered each week, on the queue `maintenance`. What a user or another program gave is never cleaned up unasked. A file that
is lost is copied back from a library, or fetched again; a file without row gets one. By hand: a dry run only tells;
`originals` lets go of what you or another program gave, too, if nobody has used it for as long.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parameters import parameter
from flows.runs import title_lock, with_verdict
from metarr_core.domain.ids import TitleKey
from metarr_core.files.cache_shelves import SHELVES
from metarr_core.operations import cleaning
from metarr_core.operations.cleaning import Cleaned
from metarr_core.runtime import Runtime, now, open_runtime
from metarr_core.settings import load_settings
from tasks.clean import clean_chunk, find_orphans, finish, repair_shelves

CHUNK, SHELVES_AT_ONCE = 200, 64


@flow(name="clean-cache", description=__doc__)
async def clean_cache(
    dry_run: bool = parameter(False, "Dry run", "Only tell what would be done."),  # noqa: FBT001
    originals: bool = parameter(  # noqa: FBT001
        False, "Originals too", "Also what you or another program gave and nobody uses: it can be had nowhere else."
    ),
) -> State[Any]:
    """Clean the cache."""
    async with open_runtime(load_settings()) as runtime:
        return await with_verdict(runtime, lambda: _clean(runtime, now(), is_dry=dry_run, or_original=originals))


async def _clean(runtime: Runtime, at: datetime, *, is_dry: bool, or_original: bool) -> str:
    done = Cleaned()
    async with title_lock(runtime, TitleKey("cache")):
        orphans = await find_orphans(at, or_original=or_original)
        if is_dry:
            done = Cleaned([one.path for one in orphans], sum(one.size for one in orphans))
        else:
            for start in range(0, len(orphans), CHUNK):
                done.add(await clean_chunk(orphans[start : start + CHUNK], at, or_original=or_original))
        done.add(await finish(at, is_dry=is_dry))
        for start in range(0, len(SHELVES), SHELVES_AT_ONCE):
            done.add(await repair_shelves(SHELVES[start : start + SHELVES_AT_ONCE], at, is_dry=is_dry))
    if not is_dry:
        await cleaning.tell(runtime, done)
    return cleaning.summary(done, is_dry=is_dry)
