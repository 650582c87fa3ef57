"""The same folder under several names."""

import pytest

from metarr_core.domain.paths import PathForm, PathMapping, as_folder, is_within, join, parent, path_form, translate

NAS = PathMapping("/data/movies", "/media/movies")
WINDOWS = PathMapping("D:\\Movies", "/media/movies")
UNC = PathMapping("\\\\nas\\movies", "/media/movies")
TO_URL = PathMapping("/media/movies", "smb://nas/movies")
FROM_URL = PathMapping("smb://nas/movies/", "/media/movies/")
TO_WINDOWS = PathMapping("/media/movies", "D:\\Movies\\")
ROOT = PathMapping("/", "/mnt/host")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/media/movies", PathForm.POSIX),
        ("relative/path", PathForm.POSIX),
        ("C:relative", PathForm.POSIX),
        ("", PathForm.POSIX),
        ("D:\\Movies", PathForm.WINDOWS),
        ("d:/Movies", PathForm.WINDOWS),
        ("D:", PathForm.WINDOWS),
        ("\\\\nas\\movies", PathForm.WINDOWS),
        ("smb://nas/movies", PathForm.URL),
        ("nfs://nas/movies", PathForm.URL),
    ],
)
def test_how_a_path_is_written_is_seen_from_its_beginning(path, form):
    assert path_form(path) is form


@pytest.mark.parametrize(
    ("mapping", "path", "expected"),
    [
        (NAS, "/data/movies/Sintel (2010)/Sintel.mkv", "/media/movies/Sintel (2010)/Sintel.mkv"),
        (NAS, "/data/movies", "/media/movies"),
        (NAS, "/data/movies/Sintel/", "/media/movies/Sintel/"),
        (NAS, "/data/movies//Sintel", "/media/movies/Sintel"),
        (NAS, "/data/movies/back\\slash.mkv", "/media/movies/back\\slash.mkv"),
        (NAS, "/data/movies/100% #1?.mkv", "/media/movies/100% #1?.mkv"),
        (PathMapping("/data/movies/", "/media/movies/"), "/data/movies/a.mkv", "/media/movies/a.mkv"),
        (WINDOWS, "D:\\Movies\\Sintel (2010)\\Sintel.mkv", "/media/movies/Sintel (2010)/Sintel.mkv"),
        (WINDOWS, "d:\\MOVIES\\Sintel (2010)\\SINTEL.mkv", "/media/movies/Sintel (2010)/SINTEL.mkv"),
        (WINDOWS, "D:/Movies/Sintel.mkv", "/media/movies/Sintel.mkv"),
        (UNC, "\\\\NAS\\Movies\\Sintel.mkv", "/media/movies/Sintel.mkv"),
        (TO_URL, "/media/movies/Café (2001)/a b.mkv", "smb://nas/movies/Café (2001)/a b.mkv"),
        (FROM_URL, "smb://nas/movies/Sintel.mkv", "/media/movies/Sintel.mkv"),
        (FROM_URL, "SMB://nas/movies/Sintel.mkv", "/media/movies/Sintel.mkv"),
        (TO_WINDOWS, "/media/movies/Sintel/a.mkv", "D:\\Movies\\Sintel\\a.mkv"),
        (ROOT, "/data/movies/a.mkv", "/mnt/host/data/movies/a.mkv"),
        (PathMapping("/mnt/host", "/"), "/mnt/host/data/a.mkv", "/data/a.mkv"),
    ],
)
def test_a_path_is_seen_from_the_other_side(mapping, path, expected):
    assert translate(path, [mapping]) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/data/movies2/a.mkv",
        "/data/mov",
        "/DATA/MOVIES/a.mkv",
        "/other/a.mkv",
        "D:\\data\\movies\\a.mkv",
        "smb://data/movies/a.mkv",
    ],
)
def test_a_mapping_fits_whole_segments_of_its_own_form_only(path):
    assert translate(path, [NAS]) is None


def test_without_mappings_a_path_is_the_same_on_both_sides():
    assert translate("/data/mov/odd name.mkv", []) == "/data/mov/odd name.mkv"


@pytest.mark.parametrize("turned", [False, True])
def test_the_longest_mapping_wins_in_whatever_order_they_are_written(turned):
    mappings = [PathMapping("/data", "/mnt"), PathMapping("/data/movies", "/films"), PathMapping("/", "/root")]
    mappings = mappings[::-1] if turned else mappings
    assert translate("/data/movies/a.mkv", mappings) == "/films/a.mkv"
    assert translate("/data/movies2/a.mkv", mappings) == "/mnt/movies2/a.mkv"
    assert translate("/etc/a.mkv", mappings) == "/root/etc/a.mkv"


@pytest.mark.parametrize(
    ("path", "folder", "inside"),
    [
        ("/media/movies/a", "/media/movies", True),
        ("/media/movies", "/media/movies/", True),
        ("/media", "/media/movies", False),
        ("/media/moviesX", "/media/movies", False),
        ("/anything", "/", True),
        ("d:\\movies\\x", "D:\\Movies", True),
        ("/media/Movies", "/media/movies", False),
    ],
)
def test_a_folder_holds_itself_and_what_lies_below(path, folder, inside):
    assert is_within(path, folder) is inside


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/media/movies/Sintel/a.mkv", "/media/movies/Sintel/"),
        ("/media/movies/Sintel/", "/media/movies/"),
        ("/media", "/"),
        ("/", "/"),
        ("D:\\Movies\\a.mkv", "D:\\Movies\\"),
        ("D:\\Movies", "D:\\"),
        ("D:/Movies/a.mkv", "D:/Movies/"),
        ("\\\\nas\\movies\\a.mkv", "\\\\nas\\movies\\"),
        ("smb://nas/movies/Sintel/a.mkv", "smb://nas/movies/Sintel/"),
        ("/media/back\\slash.mkv", "/media/"),
    ],
)
def test_the_folder_above_a_path_is_in_the_same_form(path, folder):
    assert parent(path) == folder


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/media/movies", "/media/movies/"),
        ("/media/movies/", "/media/movies/"),
        ("/", "/"),
        ("/media/odd\\", "/media/odd\\/"),
        ("smb://nas/movies", "smb://nas/movies/"),
        ("D:\\Movies", "D:\\Movies\\"),
        ("D:\\Movies\\", "D:\\Movies\\"),
        ("D:/Movies", "D:/Movies/"),
        ("\\\\nas\\movies", "\\\\nas\\movies\\"),
    ],
)
def test_kodi_gets_folders_with_a_separator_at_the_end(path, folder):
    assert as_folder(path) == folder


@pytest.mark.parametrize(
    ("root", "joined"),
    [
        ("/", "/a/b"),
        ("/media/", "/media/a/b"),
        ("/media/odd\\", "/media/odd\\/a/b"),
        ("D:\\", "D:\\a\\b"),
        ("D:/x", "D:/x/a/b"),
        ("\\\\nas\\x", "\\\\nas\\x\\a\\b"),
        ("smb://nas/", "smb://nas/a/b"),
    ],
)
def test_what_is_joined_takes_the_form_of_its_root(root, joined):
    assert join(root, "a", "b") == joined
    assert join(root) == root
