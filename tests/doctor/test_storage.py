from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from metarr_core.db.counts import CacheSize
from metarr_core.operations.doctor import storage
from metarr_core.operations.doctor.findings import Severity, Subject
from tests.doctor.conftest import all_well, only


async def test_a_data_folder_that_is_there_can_be_written_and_nothing_is_left_in_it(says, tmp_path):
    (tmp_path / "data").mkdir()
    told = all_well(await says("data folder"))
    assert "can be written" in told
    assert "free" in told
    assert list((tmp_path / "data").iterdir()) == []


async def test_a_data_folder_that_is_still_to_come_is_well_and_is_not_made(says, tmp_path):
    assert "will be made" in all_well(await says("data folder"))
    assert "will be made" in all_well(await says("cache"))
    assert not (tmp_path / "data").exists()


async def test_a_file_in_the_place_of_the_cache_is_a_problem(says, document, tmp_path):
    (tmp_path / "file").write_text("")
    document["paths"]["cache_dir"] = tmp_path / "file"
    found = only(await says("cache"), Severity.PROBLEM)
    assert "no folder" in found.sentence
    assert "paths.cache_dir" in found.cure


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a place where not even root may write")
async def test_a_data_folder_where_nobody_may_write_is_a_problem(says, document):
    document["paths"]["data_dir"] = Path("/proc/self/metarr")
    found = only(await says("data folder"), Severity.PROBLEM)
    assert "cannot be written" in found.sentence
    assert "paths.data_dir" in found.cure


@pytest.mark.parametrize(("free", "severity"), [(10**6, Severity.PROBLEM), (10**9, Severity.WARNING), (10**11, Severity.OK)])
def test_a_disk_that_is_nearly_full_is_told(free, severity):
    found = storage.judge_room(Subject("cache"), "paths.cache_dir", "/cache can be written", free)
    assert found.severity is severity
    assert bool(found.cure) is (severity is not Severity.OK)


async def test_the_size_of_the_cache_is_foretold_by_the_average(says, database, movies):
    for number in range(4):
        (movies / f"Film {number}").mkdir()
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("INSERT INTO libraries (name, path) VALUES ('Movies', '/x')")
        connection.execute("INSERT INTO movies (library_id, title) SELECT id, 'A' FROM libraries")
        connection.execute(
            "INSERT INTO cache_assets (content_hash, file_path, file_size, mime) VALUES ('a', 'a', 6000000, 'image/png')"
        )
        connection.execute(
            "INSERT INTO asset_references (asset_id, movie_id, type, source) "
            "SELECT a.id, m.id, 'poster', 'provider' FROM cache_assets a, movies m"
        )
    told = all_well(await says("cache size"))
    assert "6.0 MB of artwork for 1 films now" in told
    assert "about 24.0 MB expected for all 4 films, 6.0 MB a film on average" in told


async def test_before_the_first_picture_an_average_is_assumed(says, database, movies):
    (movies / "Film").mkdir()
    assert "about 8.0 MB expected for all 1 films, assuming 8.0 MB a film" in all_well(await says("cache size"))


def test_a_disk_that_will_not_hold_the_cache_is_told():
    found = storage.judge_use(Subject("cache size"), CacheSize(10, 50_000_000), with_artwork=10, films=1000, free=10**9)
    assert found.severity is Severity.WARNING
    assert "only 1.0 GB are free" in found.sentence
    assert "paths.cache_dir" in found.cure


async def test_without_a_database_only_the_database_is_told_of(says, document):
    document["database"]["url"] = "postgresql+psycopg://metarr@127.0.0.1:9/metarr"
    assert await says("cache size") == []
