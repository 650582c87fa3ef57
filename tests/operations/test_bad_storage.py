"""Disks that are full, libraries that cannot be written, caches that are no folders: a sentence, and nothing half done."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deployments.demo.clips import write_clip
from deployments.demo.films import TEARS_OF_STEEL
from deployments.demo.house import radarr_download
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.errors import StorageUnavailable
from metarr_core.operations import artwork, enrichment, importing, publishing
from metarr_core.operations.inbox import Source, receive
from metarr_core.runtime import Runtime

needs_mounts = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount the small and the read-only disks")


@contextmanager
def disk(folder: Path, options: str) -> Iterator[None]:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine mounts no tmpfs: {mounted.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def make_read_only(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)


async def enriched(runtime: Runtime, house) -> tuple[MovieId, Path]:
    video = house.folder(TEARS_OF_STEEL) / "film.mkv"
    write_clip(video, seconds=1, title="x")
    webhook = json.dumps(radarr_download(TEARS_OF_STEEL, f"/data/movies/{video.parent.name}", video)).encode()
    event_id = await receive(runtime, Source("radarr", "radarr"), webhook)
    movie_id = await importing.record(runtime, await importing.imports_of_events(runtime, [event_id]), Priority.CRITICAL)
    await enrichment.enrich_movie(runtime, movie_id)
    return movie_id, video


@needs_mounts
async def test_a_full_disk_leaves_nothing_half_written_and_is_worth_another_try(runtime, house):
    with disk(house.folder(TEARS_OF_STEEL), "size=512k"):
        movie_id, video = await enriched(runtime, house)
        await artwork.download_artwork(runtime, movie_id)
        with pytest.raises(StorageUnavailable, match="No space left"):
            await publishing.publish_movie(runtime, movie_id)
        published = [path for path in video.parent.iterdir() if path != video]
        assert all(path.stat().st_size > 0 and not path.name.startswith(".metarr") for path in published)
        video.write_bytes(b"")  # room again
        assert await publishing.publish_movie(runtime, movie_id)
        assert (video.parent / "film-poster.jpg").stat().st_size > 10_000


@needs_mounts
async def test_a_read_only_library_is_told_as_such(runtime, house):
    folder = house.folder(TEARS_OF_STEEL)
    with disk(folder, "size=4m"):
        movie_id, _ = await enriched(runtime, house)
        make_read_only(folder)
        with pytest.raises(StorageUnavailable, match="Read-only file system"):
            await publishing.publish_movie(runtime, movie_id)


@needs_mounts
async def test_a_full_cache_fails_no_picture_for_good(runtime, house):
    movie_id, _ = await enriched(runtime, house)
    runtime.cache.root.mkdir(parents=True)
    with disk(runtime.cache.root, "size=16k"), pytest.raises(StorageUnavailable):
        await artwork.download_artwork(runtime, movie_id)
    downloads = await artwork.download_artwork(runtime, movie_id)
    assert (downloads.stored > 3, downloads.failed) == (True, ())


async def test_a_cache_that_is_no_folder_is_told_with_the_setting(runtime, house):
    movie_id, _ = await enriched(runtime, house)
    runtime.cache.root.parent.mkdir(parents=True, exist_ok=True)
    runtime.cache.root.write_text("not a folder")
    with pytest.raises(StorageUnavailable, match=r"paths\.cache_dir must be writable"):
        await artwork.download_artwork(runtime, movie_id)
