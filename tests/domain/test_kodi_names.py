"""Kodi finds what carries the video's own base name."""

import pytest

from metarr_core.domain.kodi_names import artwork_name, fits, nfo_name


@pytest.mark.parametrize(
    ("video", "nfo"),
    [
        ("/m/Sintel (2010)/Sintel (2010) [1080p].mkv", "Sintel (2010) [1080p].nfo"),
        ("/m/Mr. Holmes (2015)/Mr. Holmes.2015.x264-GRP.mkv", "Mr. Holmes.2015.x264-GRP.nfo"),
        ("/m/100% #1/-odd\nname.mp4", "-odd\nname.nfo"),
        ("/m/日本/日本.mkv", "日本.nfo"),
        ("/m/Film/subfolder/Film.mkv", "Film.nfo"),
    ],
)
def test_the_nfo_is_named_after_the_video_and_not_after_its_folder(video, nfo):
    assert nfo_name(video) == nfo


@pytest.mark.parametrize(
    ("artwork_type", "position", "extension", "name"),
    [
        ("poster", 0, "jpg", "Sintel.1080p-poster.jpg"),
        ("fanart", 0, "jpg", "Sintel.1080p-fanart.jpg"),
        ("fanart", 1, "jpg", "Sintel.1080p-fanart1.jpg"),
        ("fanart", 2, "png", "Sintel.1080p-fanart2.png"),
        ("clearlogo", 0, "png", "Sintel.1080p-clearlogo.png"),
    ],
)
def test_a_picture_has_the_long_name_and_counts_from_the_second_on(artwork_type, position, extension, name):
    assert artwork_name("/m/Sintel/Sintel.1080p.mkv", artwork_type, position, extension) == name


@pytest.mark.parametrize(
    ("name", "does"),
    [("a" * 255, True), ("a" * 256, False), ("é" * 127, True), ("é" * 128, False), ("\udcff" * 255, True)],
)
def test_a_name_fits_by_its_bytes_and_not_by_its_letters(name, does):
    assert fits(name) is does
