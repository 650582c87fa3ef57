"""Subtitles that stand beside a film, or in the folders where Kodi looks too."""

from __future__ import annotations

from pathlib import Path

import pytest

from metarr_core.errors import StorageUnavailable
from metarr_core.files.subtitles import subtitles_beside


@pytest.fixture
def video(tmp_path) -> Path:
    path = tmp_path / "Film (2010)" / "Film (2010).mkv"
    path.parent.mkdir()
    path.touch()
    return path


def beside(video: Path, *names: str) -> None:
    for name in names:
        path = video.parent / name
        path.parent.mkdir(exist_ok=True)
        path.touch()


def found(video: Path) -> list[tuple[str, str, str | None]]:
    return [
        (Path(one.external_path).relative_to(video.parent).as_posix(), one.codec, one.language)
        for one in subtitles_beside(video)
    ]


def test_each_is_told_by_its_path_codec_and_language(video):
    beside(video, "Film (2010).en.srt", "Film (2010).idx", "Film (2010).sub", "Film (2010).nfo", "Else.en.srt")
    assert found(video) == [("Film (2010).en.srt", "subrip", "eng"), ("Film (2010).idx", "dvd_subtitle", None)]


INDEX = (
    "# VobSub index file, v7\nid: en, index: 0\ntimestamp: 00:00:01:000, filepos: 0\nid: de, index: 1\nid: --, index: 2\n"
)


def test_a_vobsub_has_the_languages_of_its_index_unless_its_name_tells_one(video):
    beside(video, "Film (2010).sub", "Film (2010).fr.sub")
    video.with_name("Film (2010).idx").write_text(INDEX)
    video.with_name("Film (2010).fr.idx").write_text(INDEX)
    assert found(video) == [
        ("Film (2010).fr.idx", "dvd_subtitle", "fre"),
        ("Film (2010).idx", "dvd_subtitle", "eng"),
        ("Film (2010).idx", "dvd_subtitle", "ger"),
    ]


def test_what_the_name_says_stands_in_the_stream(video):
    beside(video, "Film (2010).Director's Commentary.pt-BR.default.forced.sdh.srt")
    (one,) = subtitles_beside(video)
    assert (one.index, one.language, one.region, one.title) == (None, "por", "BR", "Director's Commentary")
    assert (one.is_default, one.is_forced, one.is_hearing_impaired, one.is_commentary) == (True, True, True, True)


def test_folders_for_subtitles_are_looked_into_and_others_are_not(video):
    beside(video, "Subs/Film (2010).de.srt", "subtitles/Film (2010).fr.ass", "Extras/Film (2010).it.srt", "Subs/en.srt")
    assert found(video) == [("Subs/Film (2010).de.srt", "subrip", "ger"), ("subtitles/Film (2010).fr.ass", "ass", "fre")]


def test_a_file_that_is_called_like_such_a_folder_is_passed_over(video):
    beside(video, "subs", "Film (2010).en.srt")
    assert found(video) == [("Film (2010).en.srt", "subrip", "eng")]


def test_a_name_that_is_no_unicode_is_passed_over(video):
    beside(video, "Film (2010).\udcff.srt", "Film (2010).en.srt")
    assert found(video) == [("Film (2010).en.srt", "subrip", "eng")]


def test_none_is_none(video):
    assert subtitles_beside(video) == ()


def test_a_folder_that_is_gone_says_nothing_about_its_subtitles(tmp_path):
    with pytest.raises(StorageUnavailable):
        subtitles_beside(tmp_path / "gone" / "Film.mkv")
