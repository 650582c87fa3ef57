"""Files beside the user's films, in the cache, and what tells that they are the same."""

from __future__ import annotations

import os
import stat
import tracemalloc
from pathlib import Path

import pytest

from metarr_core.domain.ids import Sha256
from metarr_core.errors import FileNotVisibleYet, StorageUnavailable
from metarr_core.files import library
from metarr_core.files.cache import Cache
from metarr_core.files.fingerprint import END_BYTES, fingerprint, is_there

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can hand files to others")
DATA = b"<movie/>"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_is_written_whole_and_told_as_it_is_on_disk(tmp_path):
    target = tmp_path / "Sintel.nfo"
    written = library.write(target, DATA, 0o644)
    assert target.read_bytes() == DATA
    assert written == library.Written(library.sha256(DATA), len(DATA), target.stat().st_mtime_ns)
    assert names(tmp_path) == {"Sintel.nfo"}


def test_a_replaced_file_is_a_new_one_so_that_who_reads_the_old_one_reads_it_whole(tmp_path):
    target = tmp_path / "Sintel.nfo"
    target.write_bytes(b"old" * 1000)
    with target.open("rb") as reader:
        library.write(target, DATA, 0o644)
        assert reader.read() == b"old" * 1000
    assert target.read_bytes() == DATA


@pytest.mark.parametrize("mode", [0o644, 0o664, 0o444])
def test_the_mode_is_the_one_asked_for_whatever_the_umask_says(tmp_path, mode):
    before = os.umask(0o077)
    try:
        library.write(tmp_path / "a.nfo", DATA, mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.nfo").stat().st_mode) == mode


@ROOT_ONLY
def test_as_root_a_file_belongs_to_whom_its_folder_belongs(tmp_path):
    os.chown(tmp_path, 1234, 4321)
    library.write(tmp_path / "a.nfo", DATA, 0o644)
    found = (tmp_path / "a.nfo").stat()
    assert (found.st_uid, found.st_gid) == (1234, 4321)


@pytest.mark.parametrize("name", ["a" * 255, "é" * 127, "-n\new 100% #1.nfo", "\udcff.nfo"])
def test_any_name_that_a_file_system_takes_can_be_written(tmp_path, name):
    library.write(tmp_path / name, DATA, 0o644)
    assert names(tmp_path) == {name}


def test_a_write_that_fails_changes_nothing_and_leaves_nothing(tmp_path):
    (tmp_path / "a.nfo").mkdir()
    with pytest.raises(StorageUnavailable, match=r"a\.nfo"):
        library.write(tmp_path / "a.nfo", DATA, 0o644)
    assert names(tmp_path) == {"a.nfo"}


@pytest.mark.parametrize("target", ["missing/a.nfo", "file/a.nfo", "a" * 256])
def test_where_nothing_can_be_written_the_storage_is_to_blame(tmp_path, target):
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable):
        library.write(tmp_path / target, DATA, 0o644)
    assert names(tmp_path) == {"file"}


def test_the_draft_of_a_killed_write_is_used_up_by_the_next_one(tmp_path):
    target = tmp_path / "a.nfo"
    with pytest.raises(TypeError):  # dies in the middle, as from a kill
        library.write(target, "no bytes", 0o644)
    assert len(names(tmp_path)) == 1
    library.write(target, DATA, 0o644)
    assert names(tmp_path) == {"a.nfo"}


def test_reading_tells_apart_what_is_not_there_and_what_cannot_be_read(tmp_path):
    assert library.read(tmp_path / "missing") is None
    assert library.read(tmp_path) is None
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable):
        library.read(tmp_path / "file" / "below")


def test_a_content_lies_at_a_place_that_its_hash_tells(tmp_path):
    cache = Cache(tmp_path / "cache")
    content_hash, relative = cache.keep_bytes(DATA, "nfo")
    assert relative == f"assets/{content_hash[:2]}/{content_hash[2:4]}/{content_hash}.nfo"
    assert cache.path(relative).read_bytes() == DATA


def test_keeping_a_content_twice_is_the_same_as_once(tmp_path):
    cache = Cache(tmp_path)
    assert cache.keep_bytes(DATA, "nfo") == cache.keep_bytes(DATA, "nfo")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in files] == [DATA]


def test_a_draft_has_the_same_place_each_time_and_never_leaves_the_cache(tmp_path):
    cache = Cache(tmp_path)
    names_of_drafts = ["http://t/a.jpg", "http://t/b.jpg", "../../etc/passwd", "x" * 5000]
    drafts = [cache.draft(name) for name in names_of_drafts]
    assert drafts == [cache.draft(name) for name in names_of_drafts]
    assert len(set(drafts)) == 4
    assert {draft.parent for draft in drafts} == {tmp_path / "incoming"}


def test_a_cache_that_cannot_be_written_says_which_setting_to_change(tmp_path):
    (tmp_path / "cache").touch()
    with pytest.raises(StorageUnavailable, match=r"paths\.cache_dir"):
        Cache(tmp_path / "cache").keep_bytes(DATA, "nfo")
    with pytest.raises(StorageUnavailable, match=r"paths\.cache_dir"):
        Cache(tmp_path).keep(tmp_path / "no-draft", Sha256("ab" * 32), "jpg")


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "a.mkv"
    path.write_bytes(os.urandom(END_BYTES * 20))
    return path


def test_a_file_has_the_same_fingerprint_each_time(video):
    found, size = fingerprint(video), END_BYTES * 20
    assert found == fingerprint(video)
    assert (found.size, found.mtime_ns, len(found.file_hash)) == (size, video.stat().st_mtime_ns, 32)


@pytest.mark.parametrize("place", [0, END_BYTES - 1, END_BYTES * 20 * 4 // 9, -1])
def test_another_byte_at_a_sampled_place_is_another_hash(video, place):
    before, data = fingerprint(video), bytearray(video.read_bytes())
    data[place] ^= 1
    video.write_bytes(data)
    assert fingerprint(video).file_hash != before.file_hash


def test_a_longer_file_is_another_one(video):
    before = fingerprint(video)
    with video.open("ab") as file:
        file.write(b"\0")
    assert fingerprint(video).file_hash != before.file_hash


def test_a_moved_or_touched_file_keeps_its_hash(video, tmp_path):
    before = fingerprint(video)
    os.utime(video, ns=(0, 0))
    moved = fingerprint(video.rename(tmp_path / "b.mkv"))
    assert (moved.file_hash, moved.inode, moved.mtime_ns) == (before.file_hash, before.inode, 0)


@pytest.mark.parametrize("size", [0, 1, END_BYTES])
def test_small_files_have_a_fingerprint_too(tmp_path, size):
    path = tmp_path / "small"
    path.write_bytes(b"x" * size)
    assert fingerprint(path).size == size


@pytest.mark.parametrize("place", ["missing.mkv", "a.mkv/below.mkv", "."])
def test_a_file_that_is_not_there_yet_is_worth_waiting_for(video, tmp_path, place):
    with pytest.raises(FileNotVisibleYet):
        fingerprint(tmp_path / place)


def test_a_question_that_fails_is_no_no(video, tmp_path):
    assert is_there(video) is True
    assert is_there(tmp_path / "missing") is False
    assert is_there(video / "below") is False
    with pytest.raises(StorageUnavailable):
        is_there(tmp_path / ("a" * 256))


def test_what_is_too_large_or_no_file_is_not_read_whole(tmp_path):
    huge = tmp_path / "film.nfo"
    with huge.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    (tmp_path / "movie.nfo").mkdir()
    tracemalloc.start()
    assert library.read_small(huge, 1024) is None
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1024 * 1024
    assert library.read_small(tmp_path / "movie.nfo", 1024) is None
    assert library.read_small(tmp_path / "nothing.nfo", 1024) is None
    (tmp_path / "small.nfo").write_bytes(b"x" * 1024)
    assert library.read_small(tmp_path / "small.nfo", 1024) == b"x" * 1024
