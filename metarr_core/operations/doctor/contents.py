"""The contents of the cache, read byte for byte; only where that is asked for, as it takes its time, and mends."""

from __future__ import annotations

import random
from collections.abc import Iterator

from metarr_core.errors import MetarrError
from metarr_core.operations.cache_check import Checked, check_cache
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.runtime import now, open_runtime
from metarr_core.settings import Settings

SAMPLE = 1000
SHOWN = 5


async def look(about: Subject, settings: Settings, *, reads_all: bool) -> list[Finding]:
    """Read all contents, or a sample of them, and mend what can be mended."""
    try:
        async with open_runtime(settings) as runtime:
            checked = await check_cache(runtime, random.Random(), now(), None if reads_all else SAMPLE)  # noqa: S311 - a sample
    except MetarrError as exc:
        return [about.problem(f"the cache could not be read: {exc}", "see the findings above")]
    return list(judge(about, checked))


def judge(about: Subject, checked: Checked) -> Iterator[Finding]:
    """What was found, in words."""
    bad = len(checked.damaged) + len(checked.missing)
    sentence = f"{checked.hashed:,} of {checked.contents:,} contents were read; {checked.unused:,} are not in use"
    yield about.ok(sentence if bad else f"{sentence}; all are whole")
    for what, paths in (("damaged", checked.damaged), ("missing", checked.missing)):
        if paths:
            had = [path for path in paths if path in checked.mended]
            sources = sorted({checked.mended[path] for path in had})
            told = f"; {len(had)} were had again from {', '.join(sources)}" if had else ""
            yield about.warning(f"{_number(paths)} {what}: {_some(paths)}{told}", "look at the disk of paths.cache_dir")
    if checked.lost:
        cure = "choose another picture (movies/{id}/artwork/{type}), or put the file back from a backup"
        yield about.problem(f"{_number(checked.lost)} lost, and nobody has it: {_some(checked.lost)}", cure)
    if checked.without_row:
        told = f"{len(checked.without_row):,} files have no row: {_some(checked.without_row)}"
        yield about.warning(told, "run clean-cache on Prefect's page: it gives them one")


def _number(paths: list[str]) -> str:
    return "1 content is" if len(paths) == 1 else f"{len(paths):,} contents are"


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:SHOWN]) + (" and others" if len(paths) > SHOWN else "")
