"""`verify-library` over a library of thousands of films, beside a bare look at the same files."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select

from benchmarks.rig import Rig
from metarr_core.db.tables.artwork import LibraryFile
from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import Movie, MovieFile
from metarr_core.operations.verifying import suspects
from metarr_core.runtime import open_runtime

TYPES = (None, "poster", "fanart", "clearlogo", "banner")
SIZE = 60_000
"""Bytes of each file. Real pictures are larger, and all the more bounded by the disk."""


@dataclass(frozen=True)
class Look:
    """What looking at so many files takes, in seconds: our operation, the whole run of the flow, and the bare look."""

    files: int
    operation: float
    run: float
    bare: float


async def looks(rig: Rig, films: int) -> tuple[Look, Look]:
    """By size and time, and by every byte, at a library in which all is well."""
    files = await published(rig, films)
    by_time = await _look(rig, files, os.stat, by_hash=False)
    return by_time, await _look(rig, files, _hash, by_hash=True)


async def _look(rig: Rig, files: Sequence[Path], bare: Callable[[Path], object], *, by_hash: bool) -> Look:
    await asyncio.to_thread(lambda: [bare(path) for path in files])  # all find what the system remembers
    began = time.perf_counter()
    await asyncio.to_thread(lambda: [bare(path) for path in files])
    plain, began = time.perf_counter() - began, time.perf_counter()
    async with open_runtime(rig.settings) as runtime:
        began = time.perf_counter()
        found = await suspects(runtime, by_hash=by_hash)
        operation = time.perf_counter() - began
    if found:
        raise RuntimeError(f"{len(found)} films are not as they were written; a figure of such a run says nothing")
    return Look(len(files), operation, await rig.run("verify-library", by_hash=by_hash), plain)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def published(rig: Rig, films: int) -> list[Path]:
    """So many films, each with a video and what we would have published beside it; gives that."""
    library = rig.settings.libraries[0]
    rows = [await asyncio.to_thread(_written, library.path / f"Verified {number}", number) for number in range(films)]
    async with open_runtime(rig.settings) as runtime, runtime.database.transaction() as session:
        library_id = (await session.execute(select(Library.id).where(Library.name == library.name))).scalar_one()
        titles = [{"library_id": library_id, "title": f"Verified {number}"} for number in range(films)]
        added = await session.execute(insert(Movie).returning(Movie.id, sort_by_parameter_order=True), titles)
        numbers = list(added.scalars())
        films_files = list(zip(numbers, rows, strict=True))
        paths = [(movie_id, str(_video(Path(str(of_film[0]["path"]))))) for movie_id, of_film in films_files]
        alike = {"library_id": library_id, "size": 1, "mtime_ns": 1}
        await session.execute(insert(MovieFile), [{"movie_id": movie_id, "path": path, **alike} for movie_id, path in paths])
        entries = [one | {"movie_id": movie_id} for movie_id, of_film in films_files for one in of_film]
        await session.execute(insert(LibraryFile), entries)
    return [Path(str(one["path"])) for of_film in rows for one in of_film]


def _video(nfo: Path) -> Path:
    return nfo.with_suffix(".mkv")


def _written(folder: Path, number: int) -> list[dict[str, object]]:
    folder.mkdir()
    names = [folder.name + (f"-{kind}.jpg" if kind else ".nfo") for kind in TYPES]
    _video(folder / names[0]).write_bytes(b"a film")
    return [_file(folder / name, kind, number) for name, kind in zip(names, TYPES, strict=True)]


def _file(path: Path, kind: str | None, number: int) -> dict[str, object]:
    data = (number.to_bytes(4) + path.name.encode()).ljust(SIZE, b"x")
    path.write_bytes(data)
    found = path.stat()
    told: dict[str, str] = {}
    return {
        "path": str(path),
        "kind": "artwork" if kind else "nfo",
        "artwork_type": kind,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": found.st_size,
        "mtime_ns": found.st_mtime_ns,
        "told": told,
    }
