"""Metarr's own folders: data and cache, and whether the disk holds what is to come."""

from __future__ import annotations

from pathlib import Path

from metarr_core.db import counts
from metarr_core.db.counts import CacheSize
from metarr_core.errors import DatabaseUnavailable
from metarr_core.files import folders
from metarr_core.operations.doctor.examination import aside
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient

MB = 1_000_000
TOO_LITTLE, LITTLE = 200 * MB, 2_000 * MB
ASSUMED_BYTES_A_FILM = 8 * MB
"""Until there are films with artwork to take the average of."""


async def look_at_data(about: Subject, patient: Patient) -> list[Finding]:
    """Where database, keys and logs lie."""
    return await aside(lambda: _folder(about, "paths.data_dir", patient.settings.paths.data_dir))


async def look_at_cache(about: Subject, patient: Patient) -> list[Finding]:
    """Where artwork lies."""
    return await aside(lambda: _folder(about, "paths.cache_dir", patient.settings.paths.cache))


def _folder(about: Subject, key: str, path: Path) -> list[Finding]:
    standing = folders.existing_part(path)
    refusal = "it is no folder" if not standing.is_dir() else folders.write_refusal(standing)
    if refusal:
        cure = f"let the user that Metarr runs as write to {standing}, or choose another {key}"
        return [about.problem(f"{path} cannot be written: {refusal}", cure)]
    state = "can be written" if standing == path else "will be made when it is needed"
    return [judge_room(about, key, f"{path} {state}", folders.free_bytes(standing))]


def judge_room(about: Subject, key: str, sentence: str, free: int) -> Finding:
    """Whether so many free bytes are enough to go on."""
    if free >= LITTLE:
        return about.ok(f"{sentence}; {size(free)} are free")
    judge = about.problem if free < TOO_LITTLE else about.warning
    return judge(f"{sentence}, but only {size(free)} are free", f"make room, or choose another {key}")


async def look_at_cache_size(about: Subject, patient: Patient) -> list[Finding]:
    """How much room the cache takes, and will take when all films have their artwork."""
    if patient.database is None:
        return []
    try:
        async with patient.database.transaction() as session:
            cache, with_artwork = await counts.cache_size(session), await counts.movies_with_artwork(session)
            films = sum((await counts.movies(session)).values())
    except DatabaseUnavailable:
        return []  # the database's own check tells
    films = max(films, await aside(lambda: _films_in_libraries(patient)))
    free = await aside(lambda: folders.free_bytes(patient.settings.paths.cache))
    return [judge_use(about, cache, with_artwork=with_artwork, films=films, free=free)]


def _films_in_libraries(patient: Patient) -> int:
    """Folders in the libraries: about as many as films. A library that is not there has its own finding."""
    present = [library.path for library in patient.settings.libraries if library.path.is_dir()]
    return sum(sum(path.is_dir() for path in library.iterdir()) for library in present)


def judge_use(about: Subject, cache: CacheSize, *, with_artwork: int, films: int, free: int) -> Finding:
    """Whether the free bytes hold the artwork of all films."""
    a_film = cache.bytes / with_artwork if with_artwork else ASSUMED_BYTES_A_FILM
    expected = int(a_film * films)
    known = f"{size(a_film)} a film on average" if with_artwork else f"assuming {size(a_film)} a film"
    sentence = (
        f"{size(cache.bytes)} of artwork for {with_artwork:,} films now; "
        f"about {size(expected)} expected for all {films:,} films, {known}"
    )
    if expected - cache.bytes > free:
        return about.warning(
            f"{sentence}, but only {size(free)} are free", "make room, or set paths.cache_dir to a larger disk"
        )
    return about.ok(sentence)


def size(number: float) -> str:
    """Bytes as people read them."""
    return f"{number / 1000**3:,.1f} GB" if number >= 1000 * MB else f"{number / MB:,.1f} MB"
