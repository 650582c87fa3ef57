"""A rename, an upgrade and a grab that are killed at any moment end like those that are not."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from deployments.demo.films import SINTEL
from metarr_core.operations import preparing
from tests.operations.films import sql
from tests.operations.kills import Killed, counted, killed_at
from tests.operations.snapshots import Snapshot
from tests.operations.upgrades import NEW, OLD, receive_upgrade

TABLES = (
    *("movies", "movie_files", "video_streams", "audio_streams", "subtitle_streams", "chapters", "library_files"),
    *("asset_references", "cache_assets", "player_updates", "activity_log", "job_queue"),
)
STATE = (
    "SELECT title, locked_fields, file_path, file_hash, trashed_at IS NULL FROM movies",
    "SELECT path, missing_since IS NULL, probed_at IS NULL FROM movie_files ORDER BY path",
    "SELECT path, sha256, mtime_ns > 0 FROM library_files ORDER BY path",
    "SELECT width, count(*) FROM video_streams GROUP BY width",
    "SELECT content_hash, reference_count FROM cache_assets ORDER BY content_hash",
    "SELECT DISTINCT status FROM player_updates",
    "SELECT job_type, count(*) FROM job_queue WHERE status = 'pending' GROUP BY job_type ORDER BY job_type",
)
STEP = 11
"""Of a hundred moments and more, every day only some; `long` tries each."""


async def end(runtime, house) -> list[Any]:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in house.folder(SINTEL).iterdir()}
    shown = sorted((str(row.file), row.details["playcount"]) for row in house.kodi.library.movies.values())
    return [found, shown, *[await sql(runtime, statement) for statement in STATE]]


async def ends_alike(runtime, house, work: Callable[[], Awaitable[Any]], step: int) -> None:
    snapshot = Snapshot(runtime, house.movies, TABLES)
    await snapshot.take()
    moments = await counted(work)
    whole_end = await end(runtime, house)
    assert moments > 15
    tried, killed = range(0, moments, step), 0
    for moment in tried:
        await snapshot.put_back()
        try:
            await killed_at(moment, work)
        except Killed:
            killed += 1
        await work()
        assert await end(runtime, house) == whole_end, moment
    assert killed > 0.8 * len(tried)  # what was asked about connections that were idle for a while is not always asked


@pytest.mark.parametrize("step", [STEP, pytest.param(1, marks=pytest.mark.long)])
async def test_a_killed_rename_takes_everything_along(runtime, house, radarr, film, step):
    event = await radarr.rename(SINTEL, NEW)
    await ends_alike(runtime, house, lambda: receive_upgrade(runtime, event), step)
    assert {path.name.removeprefix(Path(NEW).stem)[0] for path in house.folder(SINTEL).iterdir()} <= {".", "-"}


@pytest.mark.parametrize("step", [STEP, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", [NEW, OLD], ids=["new name", "same name"])
async def test_a_killed_upgrade_keeps_everything(runtime, house, radarr, film, name, step):
    event = await radarr.upgrade(SINTEL, name)
    await radarr.thread_runs(4)
    await ends_alike(runtime, house, lambda: receive_upgrade(runtime, event), step)


@pytest.mark.parametrize("step", [STEP, pytest.param(1, marks=pytest.mark.long)])
async def test_a_killed_grab_keeps_what_others_have_beside_the_film(runtime, house, radarr, film, step):
    folder, stem = house.folder(SINTEL), Path(OLD).stem
    (folder / f"{stem}-characterart.jpg").write_bytes((folder / f"{stem}-poster.jpg").read_bytes() + b"mine")
    (folder / f"{stem}.en.srt").write_bytes(b"1")
    event = await radarr.grab(SINTEL)

    async def work() -> None:
        grabbed = await preparing.grabbed_of_events(runtime, [event])
        await preparing.prepare(runtime, film, grabbed.release)

    await ends_alike(runtime, house, work, step)
    held = await sql(runtime, "SELECT count(*) FROM cache_assets WHERE is_original")
    assert held == [(2,)]
