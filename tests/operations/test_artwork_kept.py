"""What a user chose stays, and a cache that cannot be written loses nothing."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace

import pytest

from metarr_core.errors import StorageUnavailable
from metarr_core.files.cache import Cache
from metarr_core.operations.artwork import download_artwork
from tests.operations.films import known, sql
from tests.operations.offers import GOOD, chosen, encoded, offer, painting


def three():
    return {f"{name}.jpg": encoded(painting(name)) for name in ("a", "b", "c")}


async def make_it_the_users(runtime, name):
    await sql(runtime, "UPDATE asset_references SET source = 'user' WHERE url LIKE :name", name=f"%/{name}")


async def test_a_picture_that_a_user_chose_stays_whatever_is_offered(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {"mine.jpg": GOOD})
    await download_artwork(runtime, movie_id)
    await make_it_the_users(runtime, "mine.jpg")
    await offer(runtime, house, movie_id, three())
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["mine.jpg"]


async def test_a_users_choice_stays_even_while_the_cache_has_lost_its_bytes(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {"mine.jpg": GOOD})
    await download_artwork(runtime, movie_id)
    await make_it_the_users(runtime, "mine.jpg")
    away = replace(runtime, cache=Cache(runtime.cache.root.with_name("not mounted")))
    await offer(runtime, house, movie_id, three())
    await download_artwork(away, movie_id)
    assert await chosen(runtime, movie_id) == ["mine.jpg"]


async def test_the_places_around_a_users_choice_are_filled(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {"x.jpg": GOOD, "mine.jpg": encoded(painting("mine"))}, "fanart")
    await download_artwork(runtime, movie_id)
    await make_it_the_users(runtime, "mine.jpg")
    await offer(runtime, house, movie_id, three(), "fanart")
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id, "fanart") == ["a.jpg", "mine.jpg", "b.jpg"]


async def test_a_locked_type_is_left_alone(runtime, house):
    movie_id = await known(runtime, house)
    await sql(runtime, "UPDATE movies SET locked_fields = '{poster}' WHERE id = :id", id=movie_id)
    await offer(runtime, house, movie_id, {"good.jpg": GOOD})
    await offer(runtime, house, movie_id, {"banner.jpg": GOOD}, "banner")
    await download_artwork(runtime, movie_id)
    assert (await chosen(runtime, movie_id), await chosen(runtime, movie_id, "banner")) == ([], ["banner.jpg"])


async def test_a_picture_that_a_user_blocked_is_never_taken_even_when_it_is_offered_again(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, three())
    await sql(runtime, "UPDATE asset_candidates SET blocked = true WHERE url LIKE '%/a.jpg'")
    await offer(runtime, house, movie_id, three())
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["b.jpg"]


async def test_a_better_picture_takes_the_place_of_one_that_nobody_chose(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {"good.jpg": GOOD})
    await download_artwork(runtime, movie_id)
    await offer(runtime, house, movie_id, three() | {"good.jpg": GOOD})
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["a.jpg"]


async def test_when_the_best_one_is_offered_no_longer_the_others_move_up_and_none_is_there_twice(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, three(), "fanart")
    await download_artwork(runtime, movie_id)
    await offer(runtime, house, movie_id, {name: picture for name, picture in three().items() if name != "a.jpg"}, "fanart")
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id, "fanart") == ["b.jpg", "c.jpg"]


async def test_a_picture_that_was_lost_from_the_cache_is_fetched_again(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {"good.jpg": GOOD})
    await download_artwork(runtime, movie_id)
    ((path,),) = await sql(runtime, "SELECT file_path FROM cache_assets")
    runtime.cache.path(path).unlink()
    await download_artwork(runtime, movie_id)
    assert runtime.cache.path(path).read_bytes() == GOOD


async def test_a_type_that_is_offered_no_longer_under_an_address_is_no_candidate_any_more(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {"good.jpg": GOOD}, "keyart")
    await offer(runtime, house, movie_id, {"good.jpg": GOOD}, "poster")
    assert await sql(runtime, "SELECT type FROM asset_candidates") == [("poster",)]


async def test_a_cache_that_cannot_be_written_says_so_and_what_to_do(runtime, house, tmp_path):
    (tmp_path / "blocked").write_text("a file where the folder should be")
    blocked = replace(runtime, cache=Cache(tmp_path / "blocked"))
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, three())
    with pytest.raises(StorageUnavailable, match=r"blocked.*paths\.cache_dir must be writable"):
        await download_artwork(blocked, movie_id)
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["a.jpg"]


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 64 KB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a tiny disk can only be mounted by root, and not in every container")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_loses_nothing_and_leaves_nothing_behind(runtime, house, tiny_disk):
    full = replace(runtime, cache=Cache(tiny_disk))
    movie_id = await known(runtime, house)
    large = encoded(painting("large", 1000, 1500), quality=100)
    assert len(large) > 64 * 1024
    await offer(runtime, house, movie_id, {"large.jpg": large, **three()})
    with pytest.raises(StorageUnavailable, match="No space left"):
        await download_artwork(full, movie_id)
    assert list((tiny_disk / "incoming").iterdir()) == []
    assert await sql(runtime, "SELECT failed_reason FROM asset_candidates WHERE failed_reason IS NOT NULL") == []
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["large.jpg"]
