"""The cache is read: what is damaged or gone is had again with the very same bytes, or told."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime

import pytest

from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.cache_check import check_cache
from metarr_core.operations.doctor.contents import judge, look
from metarr_core.operations.doctor.findings import Severity, Subject, worst
from metarr_core.operations.publishing import publish_movie
from metarr_core.settings import Settings
from tests.operations.films import known, sql
from tests.operations.offers import encoded, offer, painting
from tests.operations.test_replacing import staged

LARGE = encoded(painting("large", 3000, 4500))


async def check(runtime, most=None):
    return await check_cache(runtime, random.Random(7), datetime.now(UTC), most)


async def film(runtime, house, *, publishes=True):
    """A film with a poster that was made smaller on its way, and a banner."""
    movie_id = await known(runtime, house)
    banner = encoded(painting("banner", 1000, 185))
    for kind, data in (("poster", LARGE), ("banner", banner)):
        await offer(runtime, house, movie_id, {f"{kind}.jpg": data}, kind)
        await download_artwork(runtime, movie_id)
    if publishes:
        await publish_movie(runtime, movie_id)
    return movie_id


async def blobs(runtime):
    return [
        runtime.cache.path(row.file_path) for row in await sql(runtime, "SELECT file_path FROM cache_assets ORDER BY id")
    ]


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


SPOIL = {"flipped": flip, "gone": lambda path: path.unlink(), "empty": lambda path: path.write_bytes(b"")}


async def test_a_whole_cache_is_told_so(runtime, house):
    await film(runtime, house)
    checked = await check(runtime)
    assert (checked.contents, checked.hashed, checked.lost, checked.without_row) == (2, 2, [], [])
    (finding,) = judge(Subject("Cache"), checked)
    assert "all are whole" in finding.sentence


@pytest.mark.parametrize("how", SPOIL)
@pytest.mark.parametrize(("publishes", "source"), [(True, "a library"), (False, "tmdb")])
async def test_what_is_damaged_is_had_again_from_the_library_or_the_provider(runtime, house, how, publishes, source):
    await film(runtime, house, publishes=publishes)
    paths = await blobs(runtime)
    before = [path.read_bytes() for path in paths]
    for path in paths:
        SPOIL[how](path)
    checked = await check(runtime)
    assert [path.read_bytes() for path in paths] == before
    assert set(checked.mended.values()) == {source}
    assert checked.lost == []
    assert worst(judge(Subject("Cache"), checked)) is Severity.WARNING
    assert (await check(runtime)).mended == {}


async def test_what_nobody_has_is_lost_and_told_and_nothing_is_made_worse(runtime, house):
    movie_id = await known(runtime, house)
    await staged(runtime, movie_id)
    (path,) = await blobs(runtime)
    flip(path)
    spoiled = path.read_bytes()
    checked = await check(runtime)
    assert len(checked.lost) == 1
    assert path.read_bytes() == spoiled
    assert worst(judge(Subject("Cache"), checked)) is Severity.PROBLEM


async def test_another_picture_at_the_same_address_is_none(runtime, house):
    movie_id = await film(runtime, house, publishes=False)
    poster, _ = await blobs(runtime)
    poster.unlink()
    house.tmdb.faults.clear()
    await offer(runtime, house, movie_id, {"poster.jpg": encoded(painting("another"))})
    assert len((await check(runtime)).lost) == 1
    assert not poster.exists()


async def test_files_without_row_and_rows_without_use_are_told(runtime, house):
    movie_id = await film(runtime, house)
    await staged(runtime, movie_id)
    _, young = runtime.cache.keep_bytes(b"on its way", "jpg")
    _, old = runtime.cache.keep_bytes(b"forgotten", "jpg")
    os.utime(runtime.cache.path(old), (1, 1))
    checked = await check(runtime)
    assert (checked.unused, checked.without_row) == (1, [old])
    assert young not in checked.without_row


async def test_of_a_sample_all_sizes_are_looked_at_but_few_bytes_are_read(runtime, house):
    await film(runtime, house)
    paths = await blobs(runtime)
    paths[0].write_bytes(b"short")
    checked = await check(runtime, most=0)
    assert (checked.hashed, len(checked.damaged), len(checked.mended)) == (0, 1, 1)


async def test_the_doctor_reads_the_cache_of_an_installation(runtime, house):
    await film(runtime, house)
    for path in await blobs(runtime):
        flip(path)
    found = await look(Subject("Cache, read"), house.settings, reads_all=True)
    assert [one.severity for one in found] == [Severity.OK, Severity.WARNING]
    assert "2 contents are damaged" in found[1].sentence
    assert "2 were had again from a library" in found[1].sentence


async def test_where_there_is_no_database_the_doctor_says_so_of_the_cache_too(tmp_path):
    (finding,) = await look(
        Subject("Cache, read"), Settings.model_validate({"paths": {"data_dir": tmp_path}}), reads_all=True
    )
    assert finding.severity is Severity.PROBLEM
    assert "there is no embedded PostgreSQL" in finding.sentence
