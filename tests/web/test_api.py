"""The API's questions: lists and single things, with every key that users rely on."""

from __future__ import annotations

import asyncio

import pytest

from tests.web import radarr, sonarr
from tests.web.films import a_film, a_whole_film
from tests.web.shim import problem

API = "/api/v1"
LISTS = ("movies", "activity", "jobs", "player-updates", "webhook-events")
MOVIE_KEYS = {
    *("id", "title", "year", "tmdb_id", "imdb_id", "plot", "runtime", "rating", "release_date", "identification_status"),
    *("library", "file_path", "file_size", "deleted_at", "trashed_at", "locked_fields", "genres", "studios", "actors"),
    *("crew", "streams", "artwork", "files", "library_files"),
}


async def items(shim, path: str, **query) -> list[dict]:
    answer = await shim.client.get(f"{API}/{path}", params=query or None)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"items", "total"}
    return answer.json()["items"]


async def test_lists_are_empty_at_first(shim):
    for name in LISTS:
        assert (await shim.client.get(f"{API}/{name}")).json() == {"items": [], "total": 0}


async def test_films_are_listed_by_title_with_the_name_of_their_library(shim):
    for title in ("Sintel", "Elephants Dream", "Nosferatu"):
        await a_film(shim.tables, title)
    found = await items(shim, "movies")
    assert [film["title"] for film in found] == ["Elephants Dream", "Nosferatu", "Sintel"]
    assert {film["library"] for film in found} == {"Movies"}


async def test_films_are_found_by_status_and_by_a_part_of_their_title(shim):
    await a_film(shim.tables, "Sintel", status="enriched")
    await a_film(shim.tables, "100% Wolf", status="enriched")
    await a_film(shim.tables, "Nosferatu", original_title="Nosferatu, eine Symphonie des Grauens")
    assert [film["title"] for film in await items(shim, "movies", status="enriched")] == ["100% Wolf", "Sintel"]
    assert [film["title"] for film in await items(shim, "movies", query="SYMPHONIE")] == ["Nosferatu"]
    assert [film["title"] for film in await items(shim, "movies", query="%")] == ["100% Wolf"]
    assert await items(shim, "movies", query="sintel", status="unidentified") == []


async def test_pages_follow_each_other_and_the_total_is_that_of_all(shim):
    for number in range(5):
        await a_film(shim.tables, f"Film {number}")
    pages = [(await shim.client.get(f"{API}/movies?page={page}&page_size=2")).json() for page in (1, 2, 3, 4)]
    assert [[film["title"][5:] for film in page["items"]] for page in pages] == [["0", "1"], ["2", "3"], ["4"], []]
    assert {page["total"] for page in pages} == {5}


async def test_the_trash_is_not_among_the_films(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    await shim.tables.rows("UPDATE movies SET trashed_at = now(), deleted_at = now() + interval '30 days'")
    assert await items(shim, "movies") == []
    film = (await shim.client.get(f"{API}/movies/{movie_id}")).json()
    assert film["deleted_at"] > film["trashed_at"]


async def test_a_film_carries_all_that_is_known_of_it(shim):
    film = (await shim.client.get(f"{API}/movies/{await a_whole_film(shim.tables)}")).json()
    assert set(film) >= MOVIE_KEYS
    assert (film["title"], film["year"], film["library"], film["locked_fields"]) == ("Sintel", 2010, "Movies", ["poster"])
    assert (film["genres"], film["studios"]) == (["Fantasy"], ["Blender Foundation"])
    assert film["actors"] == [{"name": "Halina Reijn", "role": "Sintel", "order": 0, "tmdb_id": 25}]
    assert film["crew"] == [{"name": "Colin Levy", "job": "Director"}]
    assert {kind: [stream["codec"] for stream in streams] for kind, streams in film["streams"].items()} == {
        "video": ["h264"],
        "audio": ["ac3"],
        "subtitle": ["subrip"],
    }
    (poster,) = film["artwork"]
    assert (poster["type"], poster["locked"], poster["source"], poster["language"]) == ("poster", True, "provider", "en")
    assert (poster["content_hash"], poster["path"]) == ("ab" * 32, "assets/ab/ab/x.jpg")
    assert (poster["width"], poster["height"]) == (1000, 1500)
    assert [file["path"] for file in film["files"]] == [film["file_path"]]
    assert film["library_files"] == [{"path": "/movies/Sintel/poster.jpg", "sha256": "ab" * 32}]


async def test_a_film_of_which_nothing_is_known_carries_the_same_keys(shim):
    film = (await shim.client.get(f"{API}/movies/{await a_film(shim.tables, 'x')}")).json()
    assert set(film) >= MOVIE_KEYS
    assert film["streams"] == {"video": [], "audio": [], "subtitle": []}
    assert [film[name] for name in ("genres", "studios", "actors", "crew", "artwork", "files")] == [[]] * 6


@pytest.mark.parametrize("thing", ["movies", "webhook-events"])
async def test_what_does_not_exist_is_a_problem_however_large_its_id(shim, thing):
    for thing_id in ("0", "1", str(2**31), str(2**63), str(2**64), "9" * 400, "9" * 5000, "-1", "1.5", "x", "%00", "\uff11"):
        problem(await shim.client.get(f"{API}/{thing}/{thing_id}"), 404)


@pytest.mark.parametrize("name", LISTS)
async def test_pages_that_cannot_be_are_refused(shim, name):
    for value in ("0", "-1", "1.5", "x", "", "1" * 5000, "%00", "²"):
        for parameter in ("page", "page_size"):
            assert parameter in problem(await shim.client.get(f"{API}/{name}?{parameter}={value}"), 400)
    assert "page_size" in problem(await shim.client.get(f"{API}/{name}?page_size=1000000"), 400)


@pytest.mark.parametrize("name", LISTS)
async def test_odd_questions_find_nothing(shim, name):
    await a_film(shim.tables, "Sintel")
    for value in ("%00", "%ff", "'; DROP TABLE movies", "\\", "x" * 10_000):
        assert await items(shim, f"{name}?status={value}") == []
    assert await items(shim, "movies?query=a%00b") == []
    assert await items(shim, name, page=10**9) == []


async def test_activity_is_told_newest_first_and_of_one_film_when_asked(shim):
    told = "INSERT INTO activity_log (event_type, severity, entity_type, entity_id, description, metadata) VALUES "
    await shim.tables.rows(told + "('a', 'info', 'movie', 1, 'one', '{\"k\": 1}'), ('b', 'error', 'movie', 2, 'two', '{}')")
    lines = await items(shim, "activity")
    assert [(line["description"], line["severity"], line["metadata"]) for line in lines] == [
        ("two", "error", {}),
        ("one", "info", {"k": 1}),
    ]
    assert [line["description"] for line in await items(shim, "activity", movie_id=1)] == ["one"]


async def test_jobs_are_listed_by_status(shim):
    event_id = (await shim.send(radarr.DOWNLOAD)).json()["event_id"]
    (job,) = await items(shim, "jobs", status="pending")
    wanted = {"job_type": "new-media", "title_key": "movie:tmdb:45745", "priority": 1, "event_id": event_id}
    assert job.items() >= {**wanted, "status": "pending", "retry_count": 0, "max_retries": 3, "flow_run_id": None}.items()
    assert {"next_retry_at", "error_message", "payload"} <= set(job)
    assert await items(shim, "jobs", status="failed") == []


async def test_what_players_are_to_be_told_is_listed_with_their_names(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    asked = "INSERT INTO player_updates (media_player_id, movie_id, kind) SELECT id, %s, 'publish' FROM media_players"
    await shim.tables.rows(asked, movie_id)
    (update,) = await items(shim, "player-updates", status="pending")
    wanted = {"player": "sofa", "kind": "publish", "status": "pending", "attempts": 0, "why": None}
    assert update.items() >= wanted.items()
    assert await items(shim, "player-updates", status="done") == []


async def test_events_are_listed_newest_first_and_by_status(shim):
    ids = [(await shim.send(payload)).json()["event_id"] for payload in (radarr.DOWNLOAD, radarr.TEST, radarr.GRAB)]
    listed = await items(shim, "webhook-events")
    assert [event["id"] for event in listed] == ids[::-1]
    keys = {"id", "manager", "event_type", "status", "error", "flow_run_id", "received_at"}
    assert all(set(event) >= keys for event in listed)
    assert [event["event_type"] for event in await items(shim, "webhook-events", status="done")] == ["Test"]


async def test_an_event_shows_what_was_sent(shim):
    event_id = (await shim.send(sonarr.DOWNLOAD, "/webhooks/sonarr/tv")).json()["event_id"]
    event = (await shim.client.get(f"{API}/webhook-events/{event_id}")).json()
    assert (event["manager"], event["status"], event["payload"]) == ("tv", "ignored", sonarr.DOWNLOAD)


async def test_libraries_of_the_settings_are_listed(shim, settings):
    (library,) = await items(shim, "libraries")
    wanted = {"name": "Movies", "path": str(settings.libraries[0].path), "media_type": "movie", "enabled": True}
    assert library.items() >= wanted.items()


async def test_many_questions_at_once_are_all_answered(shim):
    answers = await asyncio.gather(*(shim.client.get(f"{API}/{name}") for name in LISTS * 10))
    assert {answer.status_code for answer in answers} == {200}
