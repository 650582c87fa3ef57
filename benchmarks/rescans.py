"""What a scan makes out when nothing has changed, in a process and a database of its own, beside a bare walk of that tree.

`measured` starts it beside the stack; run as a module, it is that process.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from os import environ
from pathlib import Path

from sqlalchemy import insert, select

from benchmarks.machine import most_mib
from benchmarks.rig import Rig
from metarr_core.db import mirror, schema
from metarr_core.db.embedded import EmbeddedPostgres
from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import Movie, MovieFile
from metarr_core.files.walk import walk
from metarr_core.operations import scanning
from metarr_core.operations.scanning import Scope
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings

BESIDE = (".nfo", "-poster.jpg", "-fanart.jpg", ".en.srt")
TIMES = 3


@dataclass(frozen=True)
class Rescan:
    """So many films, unchanged: seconds of the look, and of a bare walk; most memory of the process, in MiB."""

    films: int
    seconds: float
    bare: float
    peak_mib: float


async def measured(rig: Rig, films: int) -> Rescan:
    """Look at so many films that are known; the fastest of three looks, and of three bare walks."""
    name, folder = f"rescan_{films}", rig.house.config.parent / f"rescan-{films}"
    await asyncio.to_thread(_write, folder, films)
    server = EmbeddedPostgres(rig.settings.paths.data_dir)
    await asyncio.to_thread(server.create_database, name)
    await asyncio.to_thread(schema.upgrade, server.url(name))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.rescans", str(films), str(folder)),
        env={**environ, "METARR__DATABASE__URL": server.url(name)},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return Rescan(*json.loads(output.splitlines()[-1]))


def _write(folder: Path, films: int) -> None:
    """A folder for each film, with a video, an NFO, a poster, a fanart and a subtitle."""
    for number in range(films):
        title = f"Film {number} ({1950 + number % 70})"
        (folder / title).mkdir(parents=True)
        for ending in (" Bluray-1080p.mkv", *BESIDE):
            (folder / title / f"{title}{ending}").write_bytes(b"a film")


async def main(films: int, folder: Path) -> tuple[int, float, float, float]:
    """Films, seconds of a look and of a bare walk, and the most memory in MiB."""
    settings = load_settings()
    library = settings.libraries[0].model_copy(update={"path": folder})
    async with open_runtime(settings.model_copy(update={"libraries": [library]})) as runtime:
        await _know(runtime, library.name, folder)
        scope = Scope(library.name)
        ours = [await _look(runtime, scope, films) for _ in range(TIMES)]
    bare = [_walked(folder) for _ in range(TIMES)]
    return films, min(ours), min(bare), most_mib()


async def _know(runtime: Runtime, library: str, folder: Path) -> None:
    """Record all films as they are."""
    async with runtime.database.transaction() as session:
        await mirror.mirror(session, runtime.settings)
        library_id = (await session.execute(select(Library.id).where(Library.name == library))).scalar_one()
        alike = {"library_id": library_id}
        for seen in walk(folder).videos:
            film = insert(Movie).values(title=Path(seen.path).stem, identification_status="enriched", **alike)
            number = (await session.execute(film.returning(Movie.id))).scalar_one()
            file = {"path": seen.path, "size": seen.size, "mtime_ns": seen.mtime_ns, "file_hash": "0" * 32}
            await session.execute(insert(MovieFile).values(movie_id=number, **file, **alike))


async def _look(runtime: Runtime, scope: Scope, films: int) -> float:
    began = time.perf_counter()
    found = await scanning.plan(runtime, scope)
    taken = time.perf_counter() - began
    if found.unchanged != films:
        raise RuntimeError(f"{found}; a figure of such a look says nothing")
    return taken


def _walked(folder: Path) -> float:
    """Everything listed and looked at once, and nothing made of it."""
    began, folders = time.perf_counter(), [str(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                else:
                    entry.stat()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))))
