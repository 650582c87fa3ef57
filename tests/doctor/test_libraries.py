from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from metarr_core.files.folders import look_into
from metarr_core.operations.doctor import libraries
from metarr_core.operations.doctor.findings import Severity, Subject
from metarr_core.settings.entries import Library
from tests.doctor.conftest import all_well, bad, only

SUBJECT = "library 'Movies'"
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def films(movies) -> Path:
    (movies / "Sintel (2010)").mkdir()
    movies.chmod(0o755)
    return movies


async def test_a_library_that_is_as_it_should_be_is_well_and_left_as_it_was(says, films):
    told = all_well(await says(SUBJECT))
    assert "1 folders, not a mount point of its own" in told
    assert "can be written" in told
    assert [path.name for path in films.iterdir()] == ["Sintel (2010)"]


async def test_a_library_that_is_not_there_names_the_share(says, movies):
    shutil.rmtree(movies)
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "does not exist" in found.sentence
    assert "mount the share" in found.cure


async def test_a_file_in_its_place_is_a_problem(says, movies):
    shutil.rmtree(movies)
    movies.write_text("")
    assert "no folder" in only(await says(SUBJECT), Severity.PROBLEM).sentence


async def test_an_empty_library_may_be_a_share_that_is_not_mounted(says):
    found = only(await says(SUBJECT), Severity.WARNING)
    assert "is empty (not a mount point" in found.sentence
    assert "mount the share" in found.cure


@pytest.mark.skipif(not Path("/proc").is_mount(), reason="needs a mount point that nobody may write to")
async def test_a_library_that_nobody_may_write_to_is_a_problem(says, document):
    document["libraries"][0]["path"] = Path("/proc")
    (found, *_) = [finding for finding in bad(await says(SUBJECT)) if finding.severity is Severity.PROBLEM]
    assert "cannot be written" in found.sentence
    assert "write there" in found.cure
    assert any("a mount point" in finding.sentence for finding in await says(SUBJECT))


async def test_a_library_that_is_closed_to_others_is_told(says, films):
    films.chmod(0o750)
    found = only(await says(SUBJECT), Severity.WARNING)
    assert "mode 0750" in found.sentence
    assert "chmod o+rx" in found.cure


def as_nobody(films: Path) -> list:
    """What the doctor says when somebody else runs it."""
    os.seteuid(NOBODY)
    try:
        return libraries.findings_of(Subject(SUBJECT), Library(name="Movies", path=films))
    finally:
        os.seteuid(0)


@pytest.fixture
def open_films(open_folder) -> Path:
    films = open_folder / "films"
    shutil.rmtree(films, ignore_errors=True)
    (films / "Sintel (2010)").mkdir(parents=True)
    return films


@as_root
def test_a_library_of_somebody_else_where_we_may_not_write_is_a_problem(open_films):
    found = only(as_nobody(open_films), Severity.PROBLEM)
    assert "cannot be written: Permission denied" in found.sentence
    assert f"let user {NOBODY}" in found.cure


@as_root
def test_film_folders_of_somebody_else_are_found(open_films):
    os.chown(open_films, NOBODY, NOBODY)
    found = only(as_nobody(open_films), Severity.PROBLEM)
    assert "1 of its folders cannot be written" in found.sentence
    assert "Sintel (2010)" in found.sentence
    assert "chmod g+w" in found.cure


@as_root
def test_folders_that_we_may_write_but_do_not_own_are_a_warning(open_films):
    for folder in (open_films, open_films / "Sintel (2010)"):
        folder.chmod(0o777)
    found = only(as_nobody(open_films), Severity.WARNING)
    assert "belong to user 0" in found.sentence
    assert "run Metarr as user 0" in found.cure


@as_root
def test_a_library_that_cannot_be_listed_is_a_problem(open_films):
    open_films.chmod(0o700)
    assert "cannot be read" in only(as_nobody(open_films), Severity.PROBLEM).sentence


@as_root
def test_for_root_every_owner_is_fine_as_what_it_writes_becomes_theirs(open_films):
    os.chown(open_films / "Sintel (2010)", NOBODY, NOBODY)
    all_well(libraries.findings_of(Subject(SUBJECT), Library(name="Movies", path=open_films)))


def test_hidden_folders_are_no_films(tmp_path):
    (tmp_path / ".recycle").mkdir()
    assert look_into(tmp_path).entries == 0


async def test_no_library_manager_and_player_is_told(says, document):
    document.update(libraries=[], managers=[], player_groups=[])
    first, second, third = await says("settings")
    assert (first.severity, second.severity, third.severity) == (Severity.PROBLEM, Severity.WARNING, Severity.WARNING)
    for finding, table in ((first, "[[libraries]]"), (second, "[[managers]]"), (third, "[[player_groups]]")):
        assert table in finding.cure


async def test_a_full_house_needs_nothing_more(says):
    all_well(await says("settings"))
