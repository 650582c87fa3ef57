"""Which files of a library are films."""

from __future__ import annotations

import pytest

from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.artwork_names import artwork_beside
from metarr_core.domain.video_names import (
    further_parts,
    has_other_films,
    is_video,
    why_folder_is_passed_over,
    why_video_is_passed_over,
)


@pytest.mark.parametrize("name", ["a.mkv", "a.MP4", "a.m2ts", "The Interview (2014).mkv", "Sample This (2012).avi", "x.iso"])
def test_a_film_is_a_film(name):
    assert is_video(name)
    assert not why_video_is_passed_over(name)


@pytest.mark.parametrize("name", ["a.jpg", "a.mkv.part", ".hidden.mkv", "a.nfo", "a", "a.srt"])
def test_other_files_are_no_videos(name):
    assert not is_video(name)


@pytest.mark.parametrize(
    "name",
    [
        "Film (2010)-trailer.mkv",
        "film-sample.mkv",
        "sample.mkv",
        "Film.sample.mkv",
        "x-featurette.mp4",
        "x-deletedscene2.mkv",
    ],
)
def test_extras_trailers_and_samples_are_no_films(name):
    assert why_video_is_passed_over(name)


@pytest.mark.parametrize("name", ["@eaDir", ".actors", "$RECYCLE.BIN", "extrafanart", ".Trash-1000", "lost+found"])
def test_folders_of_other_programs_are_passed_over_everywhere(name):
    assert why_folder_is_passed_over(name, is_in_film=False)


@pytest.mark.parametrize("name", ["Extras", "Behind The Scenes", "Trailers", "Sample", "Shorts"])
def test_folders_of_extras_count_only_inside_a_films_folder(name):
    assert why_folder_is_passed_over(name, is_in_film=True)
    assert not why_folder_is_passed_over(name, is_in_film=False)


@pytest.mark.parametrize(
    ("names", "further"),
    [
        (["Film cd1.avi", "Film cd2.avi"], {"Film cd2.avi": "Film cd1.avi"}),
        (["A\nFilm cd1.avi", "A\nFilm cd2.avi"], {"A\nFilm cd2.avi"}),
        (["Film.part1.mkv", "Film.part2.mkv", "Film.part3.mkv"], {"Film.part2.mkv", "Film.part3.mkv"}),
        (["Film (2010) - Disc A.mkv", "Film (2010) - Disc B.mkv"], {"Film (2010) - Disc B.mkv"}),
        (["Harry Potter Part 2 (2011).mkv"], {}),
        (["Kill Bill Part 1 (2003).mkv", "Kill Bill Part 2 (2004).mkv"], {}),
        (["Film cd1.avi", "Film cd2.mkv"], {}),
        (["Alien 1.mkv", "Alien 2.mkv"], {}),
    ],
)
def test_what_goes_on_where_another_ends_is_no_film_of_its_own(names, further):
    found = further_parts(names)
    assert (found if isinstance(further, dict) else set(found)) == further


def test_artwork_of_other_programs_is_known_by_its_name():
    names = ["Film-poster.jpg", "poster.jpg", "folder.jpg", "fanart.jpg", "fanart1.png", "logo.png", "Film.nfo", "other.jpg"]
    assert artwork_beside("Film.mkv", names, is_own_folder=True) == {
        ArtworkType.POSTER: ["Film-poster.jpg", "folder.jpg", "poster.jpg"],
        ArtworkType.FANART: ["fanart.jpg", "fanart1.png"],
        ArtworkType.CLEARLOGO: ["logo.png"],
    }
    assert artwork_beside("Film.mkv", names, is_own_folder=False) == {ArtworkType.POSTER: ["Film-poster.jpg"]}


@pytest.mark.parametrize(
    ("names", "has_others"),
    [
        (["Film.mkv", "poster.jpg", "Film-trailer.mkv"], False),
        (["Film.mkv", "Other.mkv"], True),
        (["Film.mkv", ".Other.mkv", "sample.mkv"], False),
    ],
)
def test_a_folder_is_a_films_own_where_no_other_film_lies_in_it(names, has_others):
    assert has_other_films(names, {"Film.mkv"}) == has_others


def test_further_parts_of_a_film_leave_its_folder_its_own():
    assert not has_other_films(["Film cd1.avi", "Film cd2.avi"], {"Film cd1.avi"})
