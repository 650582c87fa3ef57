"""A release is on its way: what Radarr would delete with the old file is held before it comes."""

from __future__ import annotations

from pathlib import Path

from deployments.demo.films import SINTEL
from metarr_core.domain.jobs import Priority
from metarr_core.operations import importing, preparing, publishing, upgrading
from tests.operations.films import sql
from tests.operations.upgrades import NEW, OLD


async def grabbed(runtime, radarr):
    return await preparing.grabbed_of_events(runtime, [await radarr.grab(SINTEL)])


async def test_what_nobody_else_holds_is_kept_and_pictures_outlive_the_upgrade(runtime, house, radarr, film):
    folder, stem = house.folder(SINTEL), Path(OLD).stem
    art = (folder / f"{stem}-poster.jpg").read_bytes() + b"mine"
    mine = {f"{stem}-characterart.jpg": art, f"{stem}-banner.jpg": art + b"2", f"{stem}.en.srt": b"1\n"}
    for name, data in {**mine, "movie.nfo": b"<movie><x>1</x></movie>"}.items():
        (folder / name).write_bytes(data)
    told = await grabbed(runtime, radarr)
    assert await importing.known_film(runtime, told.identity) == film
    assert await preparing.prepare(runtime, film, told.release) == (
        "Sintel.2010.2160p is on its way; 2 files of others are kept in the cache"
    )
    held = {runtime.cache.path(path).read_bytes() for (path,) in await sql(runtime, "SELECT file_path FROM cache_assets")}
    assert {*mine.values(), b"<movie><x>1</x></movie>"} <= held
    radarr.rescan(SINTEL)
    await radarr.make_room(SINTEL)
    await radarr.thread_runs()
    moved = await upgrading.told_by_events(runtime, [await radarr.move_in(SINTEL, NEW)])
    await importing.record(runtime, moved.imports, Priority.CRITICAL)
    await publishing.publish_movie(runtime, film)
    assert (folder / f"{Path(NEW).stem}-characterart.jpg").read_bytes() == art
    assert (folder / f"{Path(NEW).stem}-banner.jpg").read_bytes() == art + b"2"
    assert b"<x>" not in (folder / f"{Path(NEW).stem}.nfo").read_bytes()


async def test_twice_keeps_nothing_twice(runtime, radarr, film):
    told = await grabbed(runtime, radarr)
    before = await sql(runtime, "SELECT count(*) FROM asset_references")
    for _ in range(2):
        assert "0 files of others" in await preparing.prepare(runtime, film, told.release)
    assert await sql(runtime, "SELECT count(*) FROM asset_references") == before
    waiting = "SELECT status FROM job_queue WHERE payload->>'purpose' = 'awaited' ORDER BY id"
    assert await sql(runtime, waiting) == [("completed",), ("pending",)]


async def test_of_a_film_that_nobody_knows_there_is_nothing_to_prepare(runtime, radarr, film):
    await sql(runtime, "DELETE FROM movies")
    assert await importing.known_film(runtime, (await grabbed(runtime, radarr)).identity) is None
