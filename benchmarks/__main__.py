"""`make bench`: one table, and the report under docs/, in less than half an hour.

`make bench SIZE=--quick` measures a little of each in four minutes and writes nothing; `SIZE=--thorough` takes up to a
thousand films in a storm and in a bulk, and most of an hour.
"""

from __future__ import annotations

import asyncio
import os
import sys

from benchmarks.report import table, write
from benchmarks.rig import running_rig
from benchmarks.rows import QUICK, THOROUGH, Sizes, measure

SIZES = {"": Sizes(), "--quick": QUICK, "--thorough": THOROUGH}


async def main(size: str) -> None:
    for name in [name for name in os.environ if name.startswith(("METARR_", "PREFECT_"))]:
        del os.environ[name]
    async with running_rig() as rig:
        figures = await measure(rig, SIZES[size])
    print(table(figures))
    if size != "--quick":
        write(figures)


asyncio.run(main("".join(sys.argv[1:])))
