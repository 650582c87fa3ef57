"""The trash as the API shows it, and the way out of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.web.films import HASH, a_film, a_whole_film
from tests.web.shim import problem

API = "/api/v1"
INTO_THE_TRASH = "UPDATE movies SET trashed_at = now(), deleted_at = now() + interval '30 days', trash_reason = 'why'"


async def test_the_trash_shows_what_goes_when_and_why_with_poster_size_and_way_back(shim):
    movie_id = await a_whole_film(shim.tables)
    await a_film(shim.tables, "Nosferatu")
    await shim.tables.rows(INTO_THE_TRASH + " WHERE id = %s", movie_id)
    found = (await shim.client.get(f"{API}/trash")).json()
    (item,) = found["items"]
    assert (found["total"], item["id"], item["title"], item["trash_reason"]) == (1, movie_id, "Sintel", "why")
    assert (item["size"], item["restore_path"]) == (1000, f"{API}/movies/{movie_id}/restore")
    assert item["poster_url"].endswith(f"/{HASH}")
    assert item["deleted_at"] > item["trashed_at"]


async def test_what_goes_first_comes_first_and_a_film_without_poster_has_none(shim):
    for title, days in (("Late", 20), ("Soon", 2)):
        await a_film(shim.tables, title)
        at = f"now() + interval '{days} days'"
        await shim.tables.rows(f"UPDATE movies SET trashed_at = now(), deleted_at = {at} WHERE title = '{title}'")
    found = (await shim.client.get(f"{API}/trash")).json()["items"]
    assert [(item["title"], item["poster_url"], item["size"]) for item in found] == [("Soon", None, 0), ("Late", None, 0)]


async def test_a_restore_takes_the_film_out_at_once_and_queues_the_rest(shim):
    movie_id = await a_whole_film(shim.tables)
    await shim.tables.rows(INTO_THE_TRASH)
    answer = await shim.client.post(f"{API}/movies/{movie_id}/restore")
    assert (answer.status_code, answer.json()["movie_id"]) == (202, movie_id)
    (job,) = await shim.tables.jobs()
    assert answer.json()["job_id"] == job["id"]
    assert (job["job_type"], job["title_key"], job["payload"]) == (
        *("restore-media", "movie:tmdb:45745"),
        {"movie_id": movie_id},
    )
    assert (await shim.client.get(f"{API}/trash")).json()["total"] == 0
    assert (await shim.client.get(f"{API}/movies")).json()["total"] == 1


async def test_what_is_not_in_the_trash_cannot_be_restored(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    answer = await shim.client.post(f"{API}/movies/{movie_id}/restore")
    assert "Sintel is not in the trash" in problem(answer, 409)
    assert await shim.tables.jobs() == []


async def test_a_film_that_nobody_knows_cannot_be_restored(shim):
    assert "there is no film 7" in problem(await shim.client.post(f"{API}/movies/7/restore"), 404)


async def test_a_film_is_kept_longer_from_now(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    await shim.tables.rows(INTO_THE_TRASH)
    answer = await shim.client.put(f"{API}/trash/{movie_id}", json={"days": 90})
    (item,) = (await shim.client.get(f"{API}/trash")).json()["items"]
    left = datetime.fromisoformat(item["deleted_at"]) - datetime.now(UTC)
    assert (answer.status_code, left.days) == (200, 89)
    assert datetime.fromisoformat(answer.json()["deleted_at"]) == datetime.fromisoformat(item["deleted_at"])


@pytest.mark.parametrize("days", [0, -1, 3651, 1.5, "soon", True, None])
async def test_days_that_make_no_sense_are_refused_with_a_sentence(shim, days):
    movie_id = await a_film(shim.tables, "Sintel")
    await shim.tables.rows(INTO_THE_TRASH)
    answer = await shim.client.put(f"{API}/trash/{movie_id}", json={"days": days})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["days"])
    if type(days) is int:
        assert "must be 1 to 3650" in answer.json()["fields"]["days"]


async def test_the_trash_is_emptied_of_a_film_by_a_run(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    await shim.tables.rows(INTO_THE_TRASH)
    answer = await shim.client.delete(f"{API}/trash/{movie_id}")
    (job,) = await shim.tables.jobs()
    assert (answer.status_code, answer.json()["job_id"]) == (202, job["id"])
    assert (job["job_type"], job["payload"], job["priority"]) == ("purge-expired", {"movie_id": movie_id}, 2)


async def test_what_is_not_in_the_trash_is_neither_kept_longer_nor_emptied(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    assert "not in the trash" in problem(await shim.client.put(f"{API}/trash/{movie_id}", json={"days": 9}), 409)
    assert "not in the trash" in problem(await shim.client.delete(f"{API}/trash/{movie_id}"), 409)
    assert "there is no film 999" in problem(await shim.client.delete(f"{API}/trash/999"), 404)
    assert await shim.tables.jobs() == []
