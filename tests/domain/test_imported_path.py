"""Where an imported file lies, in the manager's own words."""

import pytest

from metarr_core.domain.webhooks import imported_path, read_event
from metarr_core.errors import InvalidWebhook
from tests.domain.radarr import MISSING, download

FOLDER = "/data/movies/Sintel (2010)"


def told(**changes):
    return imported_path(read_event(download(**changes)))


def test_it_is_the_films_folder_and_the_relative_path():
    assert told() == f"{FOLDER}/Sintel (2010).mkv"


def test_the_download_clients_path_of_older_radarrs_is_ignored():
    assert told(movieFile__path="/downloads/complete/Sintel.2010-GRP/sintel.mkv") == f"{FOLDER}/Sintel (2010).mkv"


@pytest.mark.parametrize("missing", [MISSING, "", None, 3])
def test_the_path_counts_where_no_relative_path_is_told_and_it_lies_in_the_folder(missing):
    assert told(movieFile__relativePath=missing) == f"{FOLDER}/Sintel (2010).mkv"


@pytest.mark.parametrize(
    "path", ["/downloads/sintel.mkv", "/data/movies/Sintel (2010) 2/a.mkv", FOLDER, "D:\\sintel.mkv", "", MISSING]
)
def test_a_path_outside_the_folder_never_counts(path):
    with pytest.raises(InvalidWebhook):
        told(movieFile__relativePath=MISSING, movieFile__path=path)


@pytest.mark.parametrize(
    ("folder", "relative", "path"),
    [
        (FOLDER, "extras/part 1/a.mkv", f"{FOLDER}/extras/part 1/a.mkv"),
        (f"{FOLDER}/", "a.mkv", f"{FOLDER}/a.mkv"),
        (FOLDER, "a\\b.mkv", f"{FOLDER}/a\\b.mkv"),
        (FOLDER, "a..b.mkv", f"{FOLDER}/a..b.mkv"),
        (FOLDER, " a .mkv ", f"{FOLDER}/ a .mkv "),
        (FOLDER, "new\nline 100% #1.mkv", f"{FOLDER}/new\nline 100% #1.mkv"),
        (FOLDER, "nu\x00l\ud800.mkv", f"{FOLDER}/nul.mkv"),
        ("D:\\Movies\\Sintel", "sub\\a.mkv", "D:\\Movies\\Sintel\\sub\\a.mkv"),
        ("D:\\Movies\\Sintel\\", "sub/a.mkv", "D:\\Movies\\Sintel\\sub\\a.mkv"),
        ("\\\\nas\\movies\\Sintel", "a.mkv", "\\\\nas\\movies\\Sintel\\a.mkv"),
        ("/", "a.mkv", "/a.mkv"),
    ],
)
def test_a_relative_path_is_read_in_the_form_of_its_folder(folder, relative, path):
    assert told(movie__folderPath=folder, movieFile__relativePath=relative) == path


@pytest.mark.parametrize("relative", ["/etc/passwd", "//etc//passwd"])
def test_an_absolute_relative_path_stays_in_the_folder(relative):
    assert told(movieFile__relativePath=relative) == f"{FOLDER}/etc/passwd"


@pytest.mark.parametrize(
    ("folder", "relative"),
    [
        (FOLDER, "../Other (2011)/a.mkv"),
        (FOLDER, "sub/../../a.mkv"),
        (FOLDER, ".."),
        (FOLDER, ".\x00./a.mkv"),
        (FOLDER, ".\ud800./a.mkv"),
        (FOLDER, "/"),
        ("/data/movies/../../etc", "passwd"),
        ("D:\\Movies\\Sintel", "..\\a.mkv"),
        ("D:\\Movies\\Sintel", "sub/../../a.mkv"),
        ("D:\\Movies\\..", "a.mkv"),
    ],
)
def test_a_path_that_leaves_the_folder_is_refused(folder, relative):
    with pytest.raises(InvalidWebhook, match="leaves the film's folder"):
        told(movie__folderPath=folder, movieFile__relativePath=relative)


@pytest.mark.parametrize(
    "changes", [{"movie": MISSING}, {"movieFile": None}, {"movieFile": MISSING}, {"movie__folderPath": MISSING}]
)
def test_without_a_folder_or_a_file_nothing_can_be_imported(changes):
    with pytest.raises(InvalidWebhook, match=r"names no f(older|ile)"):
        told(**changes)
