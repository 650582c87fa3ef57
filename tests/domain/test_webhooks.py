"""Radarr's webhooks with everything that is known to be odd about them."""

import json
from datetime import date

import pytest

from metarr_core.domain.webhooks import event_type, imported_path, read_event, read_object
from metarr_core.errors import InvalidWebhook
from tests.domain.radarr import MISSING, download, pressed_test


def test_a_webhook_is_read_as_radarr_sends_it():
    event = read_event(download())
    assert (event.event_type, event.instance_name, event.is_upgrade) == ("Download", "Radarr", False)
    assert event.movie.title == "Sintel"
    assert (event.movie.year, event.movie.release_date) == (2010, date(2010, 9, 30))
    assert (event.movie.tmdb_id, event.movie.imdb_id) == (45745, "tt1727587")
    assert (event.movie.overview, event.movie.genres) == ("A dragon.", ["Animation", "Fantasy"])
    assert event.movie_file.size == 123456


@pytest.mark.parametrize(
    ("name", "sent", "read"),
    [
        ("year", 0, None),
        ("year", MISSING, None),
        ("year", "2010", 2010),
        ("year", True, None),
        ("year", "soon", None),
        ("year", 10**30, None),
        ("year", -5, None),
        ("year", 2010.5, None),
        ("releaseDate", "9999-12-31", None),
        ("releaseDate", "0001-01-01", None),
        ("releaseDate", "2010-02-30", None),
        ("releaseDate", "", None),
        ("releaseDate", None, None),
        ("releaseDate", 20, None),
        ("releaseDate", "2010-09-30T00:00:00.0000000Z", date(2010, 9, 30)),
        ("tmdbId", 0, None),
        ("tmdbId", "45745", 45745),
        ("tmdbId", " 45745 ", 45745),
        ("tmdbId", True, None),
        ("tmdbId", -1, None),
        ("tmdbId", 2**31, None),
        ("tmdbId", 10**4000, None),
        ("tmdbId", "9" * 5000, None),
        ("tmdbId", [45745], None),
        ("tmdbId", float("inf"), None),
        ("imdbId", "", None),
        ("imdbId", "5678", None),
        ("imdbId", "tt", None),
        ("imdbId", "tt12; DROP", None),
        ("imdbId", 1727587, None),
        ("title", "Sin\x00tel", "Sintel"),
        ("title", "Sin\ud800tel", "Sintel"),
        ("title", "\x00\ud800", None),
        ("title", 7, None),
        ("overview", {"text": "?"}, None),
        ("genres", None, []),
        ("genres", "Animation", []),
        ("genres", ["Animation", None, 3, "", "Dra\x00ma"], ["Animation", "Drama"]),
    ],
)
def test_what_is_odd_about_a_film_says_nothing_and_spoils_nothing(name, sent, read):
    movie = read_event(download(**{f"movie__{name}": sent})).movie
    field = {"releaseDate": "release_date", "tmdbId": "tmdb_id", "imdbId": "imdb_id"}.get(name, name)
    assert getattr(movie, field) == read
    assert movie.folder_path == "/data/movies/Sintel (2010)"


@pytest.mark.parametrize(
    ("sent", "read"), [("123", 123), (0, 0), (-1, None), (2**63, None), (True, None), (MISSING, None), (1.5, None)]
)
def test_a_size_is_a_number_of_bytes_or_nothing(sent, read):
    assert read_event(download(movieFile__size=sent)).movie_file.size == read


@pytest.mark.parametrize(("sent", "read"), [(True, True), (False, False), ("true", False), (1, False), (None, False)])
def test_an_upgrade_is_one_only_where_the_flag_is_true(sent, read):
    assert read_event(download(isUpgrade=sent)).is_upgrade is read


@pytest.mark.parametrize("sent", [True, False, [], [{"id": 1, "path": "/data/movies/old.mkv"}], None, "yes"])
def test_deleted_files_may_be_a_list_or_a_bool(sent):
    assert imported_path(read_event(download(deletedFiles=sent))).endswith("Sintel (2010).mkv")


@pytest.mark.parametrize("flags", ["0", "G_Freeleech, G_Internal", ["G_Freeleech"], 0])
def test_indexer_flags_may_be_a_text_or_a_list(flags):
    assert read_event(download(movieFile__indexerFlags=flags)).movie_file.relative_path == "Sintel (2010).mkv"


def test_keys_that_we_do_not_know_are_no_reason_to_refuse():
    assert read_event(download(brandNew={"a": [1]}, movie__brandNew=2)).movie.title == "Sintel"


@pytest.mark.parametrize(
    ("document", "name"),
    [
        (pressed_test(), "Test"),
        ({"eventType": "  Grab "}, "Grab"),
        ({"eventType": "x" * 5000}, "x" * 100),
        ({}, "unknown"),
        ({"eventType": None}, "unknown"),
        ({"eventType": 7}, "unknown"),
        ({"eventType": "\x00"}, "unknown"),
    ],
)
def test_an_event_always_has_a_name(document, name):
    assert event_type(document) == name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_body_is_utf_8_with_or_without_a_mark(encoding):
    assert read_object(json.dumps({"title": "Amélie"}, ensure_ascii=False).encode(encoding)) == {"title": "Amélie"}


def test_nesting_that_json_can_read_does_not_matter():
    deep: dict = {}
    for _ in range(200):
        deep = {"more": deep}
    assert read_event(read_object(json.dumps(download(deep=deep)).encode())).movie.title == "Sintel"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"eventType=Test",
        b"{",
        b'{"a": 1} trailing',
        b"\xff\xfe\x00",
        b'{"title": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"tmdbId": ' + b"9" * 5000 + b"}",
        b"[]",
        b'"Test"',
        b"null",
        b"3",
        b"true",
    ],
)
def test_what_is_no_json_object_is_refused_with_a_sentence(body):
    with pytest.raises(InvalidWebhook, match="send the webhook as Radarr"):
        read_object(body)


@pytest.mark.parametrize("key", ["movie", "movieFile"])
@pytest.mark.parametrize("sent", [[], "text", 3, True])
def test_a_wrong_type_is_refused_by_its_name(key, sent):
    with pytest.raises(InvalidWebhook, match=f"'{key}'"):
        read_event(download(**{key: sent}))
