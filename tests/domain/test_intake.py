"""What a webhook means: a job, nothing, or a question to the user."""

import pytest

from metarr_core.domain.intake import Filed, JobWanted, Place, display_title, library_of, replaced_paths, take_in
from metarr_core.domain.jobs import JobType, Priority
from metarr_core.domain.paths import PathMapping
from metarr_core.domain.webhooks import read_event
from tests.domain.radarr import MISSING, download, pressed_test

MAPPINGS = [PathMapping("/data/movies", "/media/movies")]
LIBRARIES = [Place("Kids", "/media/kids"), Place("Movies", "/media/movies")]


def taken(document, manager_type="radarr", mappings=MAPPINGS, libraries=LIBRARIES):
    return take_in(manager_type, document, mappings, libraries)


@pytest.mark.parametrize("event", ["Download", "download", "DOWNLOAD", "Import", "import"])
def test_an_import_asks_for_a_new_film_at_once(event):
    assert taken(download(eventType=event)) == JobWanted(
        JobType.NEW_MEDIA, "movie:tmdb:45745", "Sintel (2010)", Priority.CRITICAL
    )


@pytest.mark.parametrize("manager_type", ["radarr", "sonarr"])
@pytest.mark.parametrize("name", ["Test", "test"])
def test_the_test_button_is_recognised_before_anything_else(manager_type, name):
    assert taken(pressed_test() | {"eventType": name}, manager_type, libraries=[]) == Filed("done", "the connection works")


def test_a_test_that_looks_like_nothing_at_all_is_still_a_test():
    assert taken({"eventType": "Test", "movie": [], "movieFile": 3}).status == "done"


@pytest.mark.parametrize(
    "event",
    [
        *("Health", "ApplicationUpdate"),
        *("HealthRestored", "ManualInteractionRequired", "SomethingOfTomorrow", "unknown"),
    ],
)
def test_other_events_are_kept_and_do_nothing(event):
    filed = taken(download(eventType=event, movie=[]))
    assert filed.status == "ignored"
    assert event in filed.why
    assert "can be replayed" in filed.why


@pytest.mark.parametrize(
    "changes",
    [
        {"isUpgrade": True},
        {"deletedFiles": [{"relativePath": "old.mkv"}]},
        {"eventType": "MovieFileDelete", "deleteReason": "upgrade"},
        {"eventType": "moviefiledelete", "deleteReason": "Upgrade"},
    ],
)
def test_a_file_that_takes_the_place_of_another_is_an_upgrade(changes):
    assert taken(download(**changes)) == JobWanted(JobType.UPGRADE, "movie:tmdb:45745", "Sintel (2010)", Priority.CRITICAL)


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"deletedFiles": [{"relativePath": "old.mkv"}, {"relativePath": "cd2/b.mkv"}]}, ["old.mkv", "cd2/b.mkv"]),
        ({"deletedFiles": [{"path": "/data/movies/Sintel (2010)/old.mkv"}]}, ["old.mkv"]),
        ({"deletedFiles": [{"relativePath": "../../old.mkv"}, 3, {}, {"path": "/elsewhere/a.mkv"}]}, []),
        ({"deletedFiles": True}, []),
        ({"eventType": "MovieFileDelete", "deleteReason": "upgrade"}, ["Sintel (2010).mkv"]),
        ({"eventType": "MovieFileDelete", "deleteReason": "manual"}, []),
    ],
)
def test_replaced_files_are_named_by_our_paths_or_passed_over(changes, paths):
    event = read_event(download(**changes))
    assert replaced_paths(event, MAPPINGS) == [f"/media/movies/Sintel (2010)/{path}" for path in paths]


@pytest.mark.parametrize("reason", ["manual", "missingFromDisk", "manualOverride", "noLinkedEpisodes", "of tomorrow", None])
def test_a_file_that_makes_room_for_nothing_is_looked_for(reason):
    wanted = taken(download(eventType="MovieFileDelete", deleteReason=reason))
    assert wanted == JobWanted(JobType.CHECK_MEDIA, "movie:tmdb:45745", "Sintel (2010)", Priority.HIGH)


RENAMED = {"relativePath": "new.mkv", "previousRelativePath": "old.mkv"}


@pytest.mark.parametrize(
    ("changes", "job_type", "priority"),
    [
        ({"eventType": "Rename", "movieFile": MISSING, "renamedMovieFiles": [RENAMED]}, JobType.UPGRADE, Priority.CRITICAL),
        ({"eventType": "Rename", "movieFile": MISSING}, JobType.CHECK_MEDIA, Priority.HIGH),
        ({"eventType": "Grab", "movieFile": MISSING}, JobType.PREPARE_UPGRADE, Priority.HIGH),
        ({"eventType": "MovieAdded", "movieFile": MISSING}, JobType.RESTORE_MEDIA, Priority.HIGH),
    ],
)
def test_a_new_name_and_a_release_on_its_way_are_worked_off_too(changes, job_type, priority):
    assert taken(download(**changes)) == JobWanted(job_type, "movie:tmdb:45745", "Sintel (2010)", priority)


@pytest.mark.parametrize("gone", [True, False])
def test_a_film_that_left_its_manager_goes_to_the_trash_wherever_it_lay(gone):
    wanted = taken(download(eventType="MovieDelete", deletedFiles=gone), libraries=[])
    assert wanted == JobWanted(JobType.DELETE_MEDIA, "movie:tmdb:45745", "Sintel (2010)", Priority.HIGH)


@pytest.mark.parametrize("event", ["MovieDelete", "Grab", "MovieAdded"])
def test_nothing_is_done_on_a_guess(event):
    filed = taken(download(eventType=event, movie__tmdbId=0, movie__imdbId=MISSING))
    assert filed.status == "failed"
    assert "names no film" in filed.why


@pytest.mark.parametrize(
    ("told", "meant"),
    [(True, True), (False, False), (None, False), ([{"path": "/a"}], False), ("true", False), (1, False)],
)
def test_only_a_plain_yes_says_that_files_are_deleted(told, meant):
    assert read_event(download(eventType="MovieDelete", deletedFiles=told)).files_are_deleted is meant


def test_an_event_without_a_name_is_kept():
    assert taken({}).status == "ignored"


@pytest.mark.parametrize("document", [download(), {"eventType": "Download", "series": {"path": "/tv"}, "episodeFiles": []}])
def test_what_sonarr_sends_is_kept_until_there_is_tv(document):
    filed = taken(document, "sonarr")
    assert filed.status == "ignored"
    assert "TV" in filed.why


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"movie__tmdbId": 0}, "movie:imdb:tt1727587"),
        ({"movie__tmdbId": 0, "movie__imdbId": MISSING}, "movie:path:/media/movies/Sintel (2010)/Sintel (2010).mkv"),
    ],
)
def test_a_title_is_known_by_the_best_id_there_is(changes, key):
    assert taken(download(**changes)).title_key == key


def test_a_windows_manager_is_mapped_to_our_folders():
    document = download(movie__folderPath="D:\\Movies\\Sintel (2010)", movie__tmdbId=0, movie__imdbId="")
    wanted = taken(document, mappings=[PathMapping("d:\\movies", "/media/movies")])
    assert wanted.title_key == "movie:path:/media/movies/Sintel (2010)/Sintel (2010).mkv"


@pytest.mark.parametrize(
    ("mappings", "libraries", "told"),
    [
        (MAPPINGS, [Place("Kids", "/media/kids")], ["'Kids' (/media/kids)", "'/media/movies/", "'/data/movies/"]),
        ([PathMapping("/other", "/media")], LIBRARIES, ["'Kids' (/media/kids)", "'Movies' (/media/movies)", "'/data/mo"]),
        ([], LIBRARIES, ["'Movies' (/media/movies)", "'/data/movies/"]),
        (MAPPINGS, [], ["no library is set"]),
        ([], [Place("Near", "/data/movies/Sintel (201")], ["'Near'"]),
    ],
)
def test_a_file_in_no_library_is_unroutable_and_says_what_was_tried(mappings, libraries, told):
    filed = taken(download(), mappings=mappings, libraries=libraries)
    assert (filed.status, filed.title) == ("unroutable", "Sintel (2010)")
    assert [part for part in [*told, "path mapping", "replay"] if part not in filed.why] == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"movie": []}, "'movie'"),
        ({"movie": "Sintel"}, "'movie'"),
        ({"movieFile": [1]}, "'movieFile'"),
        ({"movieFile": MISSING}, "movieFile"),
        ({"movie__folderPath": 3}, "movie.folderPath"),
        ({"movieFile__relativePath": "../../etc/passwd"}, "'..'"),
    ],
)
def test_what_cannot_be_imported_has_failed_and_says_why(changes, told):
    filed = taken(download(**changes))
    assert filed.status == "failed"
    assert told in filed.why


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "Sintel (2010)"),
        ({"movie__year": 0}, "Sintel"),
        ({"movie__title": MISSING}, "unknown film (2010)"),
        ({"movie": MISSING}, "unknown film"),
    ],
)
def test_a_film_is_named_as_people_name_it(changes, title):
    assert display_title(read_event(download(**changes))) == title


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/media/movies/a.mkv", "Movies"),
        ("/media/kids/a/b.mkv", "Kids"),
        ("/media/movies2/a.mkv", None),
        ("/media", None),
        ("D:\\media\\movies\\a.mkv", None),
    ],
)
def test_a_path_lies_in_a_library_or_in_none(path, name):
    found = library_of(path, LIBRARIES)
    assert (found.name if found else None) == name
