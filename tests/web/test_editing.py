"""Edits, locks, history and undo as the API has them."""

from __future__ import annotations

import pytest

from metarr_core.domain.locks import LOCKABLE
from tests.web.films import a_film, a_whole_film
from tests.web.shim import open_shim, problem
from tests.web.test_trash import INTO_THE_TRASH

API = "/api/v1"


async def film(shim, movie_id):
    return (await shim.client.get(f"{API}/movies/{movie_id}")).json()


async def test_an_edit_holds_with_its_answer_and_a_run_does_the_rest(shim):
    movie_id = await a_whole_film(shim.tables)
    answer = await shim.client.patch(f"{API}/movies/{movie_id}", json={"plot": "Mine.", "genres": ["Home"], "year": None})
    said = answer.json()
    assert (answer.status_code, said["movie_id"], set(said["changed"])) == (202, movie_id, {"plot", "genres", "year"})
    assert set(said["locked_fields"]) == {"poster", "plot", "genres", "year"}
    movie = await film(shim, movie_id)
    assert (movie["plot"], movie["genres"], movie["year"]) == ("Mine.", ["Home"], None)
    (job,) = await shim.tables.jobs()
    assert (job["id"], job["job_type"], job["title_key"]) == (said["job_id"], "edit-media", "movie:tmdb:45745")
    assert (job["priority"], job["payload"]) == (2, {"movie_id": movie_id})


async def test_what_the_api_shows_can_be_sent_back(shim):
    movie_id = await a_whole_film(shim.tables)
    movie = await film(shim, movie_id)
    body = {name: movie[name] for name in ("title", "year", "plot", "genres", "studios", "actors", "crew", "release_date")}
    answer = await shim.client.patch(f"{API}/movies/{movie_id}", json=body)
    assert (answer.status_code, answer.json()["changed"]) == (202, [])


async def test_what_is_wrong_is_said_of_each_field_and_nothing_changes(shim):
    movie_id = await a_whole_film(shim.tables)
    before = await film(shim, movie_id)
    answer = await shim.client.patch(f"{API}/movies/{movie_id}", json={"year": "soon", "runtime": 0, "plot": "Mine."})
    assert "year: it should be a valid integer" in problem(answer, 422)
    assert set(answer.json()["fields"]) == {"year", "runtime"}
    assert await film(shim, movie_id) == before
    assert await shim.tables.jobs() == []


async def test_every_field_and_type_of_artwork_is_locked_and_unlocked_by_hand(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    for field in LOCKABLE:
        answer = await shim.client.put(f"{API}/movies/{movie_id}/locks/{field}")
        assert (answer.status_code, answer.json()["changed"]) == (202, [field])
    assert set((await film(shim, movie_id))["locked_fields"]) == set(LOCKABLE)
    assert all(one["locked"] for one in (await shim.client.get(f"{API}/movies/{movie_id}/locks")).json()["items"])
    answer = await shim.client.delete(f"{API}/movies/{movie_id}/locks/genres")
    assert set(answer.json()["locked_fields"]) == set(LOCKABLE) - {"genres"}
    assert (await shim.client.delete(f"{API}/movies/{movie_id}/locks/all")).json()["locked_fields"] == []
    assert len(await shim.tables.jobs()) == len(LOCKABLE) + 2


async def test_what_cannot_be_locked_is_not_found(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    answer = await shim.client.put(f"{API}/movies/{movie_id}/locks/tilte")
    assert "there is no field 'tilte' to lock; there are: title" in problem(answer, 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", ""), ("PUT", "/locks/plot"), ("DELETE", "/locks/plot"), ("GET", "/locks"), ("GET", "/history")],
)
async def test_a_film_that_nobody_knows_is_not_found(shim, method, path):
    answer = await shim.client.request(method, f"{API}/movies/7{path}", json={"plot": "x"} if method == "PATCH" else None)
    assert "there is no film 7" in problem(answer, 404)


async def test_a_film_in_the_trash_is_a_conflict(shim):
    movie_id = await a_whole_film(shim.tables)
    await shim.tables.rows(INTO_THE_TRASH)
    answer = await shim.client.patch(f"{API}/movies/{movie_id}", json={"plot": "Mine."})
    assert "restore it first" in problem(answer, 409)


async def test_a_change_is_seen_in_the_history_and_undone_with_one_call(shim):
    movie_id = await a_whole_film(shim.tables)
    await shim.client.patch(f"{API}/movies/{movie_id}", json={"plot": "Mine.", "tagline": "Mine too."})
    found = (await shim.client.get(f"{API}/movies/{movie_id}/history", params={"field": "plot"})).json()
    newest, oldest = found["items"]
    assert (newest["who"], newest["before"], newest["after"]) == ("user", "A dragon.", "Mine.")
    assert (found["total"], oldest["who"], oldest["before"], oldest["after"]) == (2, "provider", None, "A dragon.")
    answer = await shim.client.post(f"{API}/movies/{movie_id}/history/{newest['id']}/undo", json={"field": "plot"})
    assert (answer.status_code, answer.json()["changed"]) == (202, ["plot"])
    movie = await film(shim, movie_id)
    assert (movie["plot"], movie["tagline"], set(movie["locked_fields"])) == (
        "A dragon.",
        "Mine too.",
        {"poster", "tagline"},
    )
    answer = await shim.client.post(f"{API}/movies/{movie_id}/history/{newest['id']}/undo")
    assert answer.json()["locked_fields"] == ["poster"]


async def test_the_field_may_stand_in_the_address_too_and_no_other_is_undone(shim):
    movie_id = await a_whole_film(shim.tables)
    await shim.client.patch(f"{API}/movies/{movie_id}", json={"plot": "Mine.", "tagline": "Mine too."})
    history = f"{API}/movies/{movie_id}/history"
    newest = (await shim.client.get(history)).json()["items"][0]
    answer = await shim.client.post(f"{history}/{newest['id']}/undo", params={"field": "plot"})
    assert answer.json()["changed"] == ["plot"]
    assert (await film(shim, movie_id))["tagline"] == "Mine too."
    assert "is not about it" in problem(await shim.client.post(f"{history}/{newest['id']}/undo?field=title"), 422)
    assert "there is no field polt" in problem(await shim.client.get(history, params={"field": "polt"}), 422)
    assert (await shim.client.get(history, params={"field": "banner"})).json()["items"] == []


async def test_a_change_that_is_not_there_is_not_undone(shim):
    movie_id = await a_whole_film(shim.tables)
    assert "has no change 999" in problem(await shim.client.post(f"{API}/movies/{movie_id}/history/999/undo"), 404)


@pytest.mark.parametrize(("foreign_edit", "is_told"), [("leave", True), ("adopt", False)])
async def test_who_edits_is_told_of_an_nfo_that_somebody_else_changed_and_that_is_left(
    settings, tmp_path, foreign_edit, is_told
):
    artwork = settings.artwork.model_copy(update={"foreign_edit": foreign_edit})
    nfo = tmp_path / "Sintel.nfo"
    nfo.write_text("<movie><title>Theirs</title></movie>", "utf-8")
    async with open_shim(settings.model_copy(update={"artwork": artwork})) as shim:
        movie_id = await a_whole_film(shim.tables)
        await shim.tables.rows(LINE, movie_id, str(nfo))
        answers = [
            await shim.client.patch(f"{API}/movies/{movie_id}", json={"plot": "Mine."}),
            await shim.client.put(f"{API}/movies/{movie_id}/locks/title"),
        ]
        notes = [answer.json()["note"] for answer in answers]
        nfo.unlink()
        notes.append((await shim.client.patch(f"{API}/movies/{movie_id}", json={"plot": "Mine too."})).json()["note"])
    assert [bool(note) for note in notes] == [is_told, is_told, False]
    assert not is_told or "Sintel.nfo was changed by somebody else" in notes[0]


LINE = """INSERT INTO library_files (movie_id, kind, path, sha256, size, mtime_ns, told, former)
 VALUES (%s, 'nfo', %s, 'of ours', 9, 1, '{}', '{}')"""
