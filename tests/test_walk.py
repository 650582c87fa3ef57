"""A walk through a library survives what libraries are like."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from metarr_core.errors import StorageUnavailable
from metarr_core.files.walk import EMPTY, NOT_UTF_8, walk


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"a film")


def seen(root: Path, start: Path | None = None) -> list[str]:
    return [str(Path(one.path).relative_to(root)) for one in walk(root, start).videos]


def test_films_are_found_in_folders_and_beside_them_and_everything_else_is_told(tmp_path):
    put(tmp_path, "A (2001)/A.mkv", "B.mp4", "Deep/er/C (2003)/C.avi", "A (2001)/A.nfo", "A (2001)/A-trailer.mkv")
    put(tmp_path, "A (2001)/Extras/x.mkv", "@eaDir/y.mkv", ".hidden/z.mkv", "Hidden/.nomedia", "Hidden/h.mkv")
    found = walk(tmp_path)
    assert seen(tmp_path) == ["A (2001)/A.mkv", "B.mp4", "Deep/er/C (2003)/C.avi"]
    told = {Path(one.path).name: one.why for one in found.skipped}
    assert told == {
        "A-trailer.mkv": "an extra, a trailer or a sample",
        "Extras": "a folder of extras",
        "@eaDir": "a folder of another program",
        ".hidden": "a hidden folder",
        "Hidden": "it is hidden by a file in it",
    }


def test_a_disc_is_one_film(tmp_path):
    put(tmp_path, "D (2004)/BDMV/index.bdmv", "D (2004)/BDMV/STREAM/00001.m2ts", "E (2005)/VIDEO_TS/VIDEO_TS.IFO")
    put(tmp_path, "E (2005)/VIDEO_TS/VTS_01_1.VOB", "F (2006)/BDMV/STREAM/1.m2ts")
    assert seen(tmp_path) == ["D (2004)/BDMV/index.bdmv", "E (2005)/VIDEO_TS/VIDEO_TS.IFO"]


def test_only_a_folder_is_looked_through_where_one_is_given(tmp_path):
    put(tmp_path, "A/A.mkv", "B/B.mkv")
    assert seen(tmp_path, tmp_path / "B") == ["B/B.mkv"]


def test_loops_of_links_end_and_a_linked_folder_is_walked_once(tmp_path):
    library, elsewhere = tmp_path / "library", tmp_path / "elsewhere"
    put(library, "A/A.mkv")
    put(elsewhere, "L/L.mkv")
    (library / "A" / "up").symlink_to(library)
    (library / "one").symlink_to(elsewhere)
    (library / "two").symlink_to(elsewhere)
    (elsewhere / "round").symlink_to(elsewhere)
    assert sorted(Path(one).name for one in seen(library)) == ["A.mkv", "L.mkv"]


def test_links_to_nothing_and_empty_files_are_no_films(tmp_path):
    (tmp_path / "gone.mkv").symlink_to(tmp_path / "nowhere")
    (tmp_path / "empty.mkv").touch()
    found = walk(tmp_path)
    assert (found.videos, [one.why for one in found.skipped]) == ((), [EMPTY])


def test_a_name_that_is_not_utf_8_is_told_and_harms_nobody(tmp_path):
    put(tmp_path, "good.mkv")
    Path(os.fsdecode(os.fsencode(str(tmp_path)) + b"/bad\xff.mkv")).write_bytes(b"x")
    found = walk(tmp_path)
    assert [Path(one.path).name for one in found.videos] == ["good.mkv"]
    assert [one.why for one in found.skipped] == [NOT_UTF_8]
    assert found.skipped[0].path.encode("utf-8")


def test_a_folder_that_cannot_be_read_makes_the_walk_blind_there_and_nowhere_else(tmp_path, monkeypatch):
    put(tmp_path, "open/a.mkv", "closed/b.mkv")
    scandir = os.scandir

    def refusing(path):
        if str(path).endswith("/closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = walk(tmp_path)
    assert [Path(one.path).name for one in found.videos] == ["a.mkv"]
    assert found.blind == (str(tmp_path / "closed"),)


def test_a_root_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(StorageUnavailable, match="is the share mounted"):
        walk(tmp_path / "nowhere")


def test_ten_thousand_files_in_one_folder(tmp_path):
    for number in range(10_000):
        (tmp_path / f"Film {number} (2001).mkv").write_bytes(b"x")
    assert len(walk(tmp_path).videos) == 10_000
