"""A film that nobody has named becomes one, by its name, by a person's choice, and by a person's own words."""

from __future__ import annotations

from dataclasses import replace

from deployments.demo import pictures
from deployments.demo.clips import write_clip
from deployments.demo.films import NOSFERATU
from tests.stack.conftest import until
from tests.stack.test_stack import prefect
from tests.stack.test_trash_in_stack import job_ended

FILM = replace(
    NOSFERATU, tmdb_id=910_001, imdb_id="tt0910001", title="A Quiet Sea", original_title="A Quiet Sea", translations=()
)


async def test_an_import_without_ids_waits_for_a_person_who_then_says_which_film_it_is(live):
    live.tmdb.films[FILM.tmdb_id] = FILM
    folder = live.movies / "holiday"
    folder.mkdir()
    write_clip(folder / "holiday.mkv", seconds=1, title="holiday")
    webhook = {
        "eventType": "Download",
        "instanceName": "Radarr",
        "movie": {"title": "holiday", "folderPath": "/data/movies/holiday"},
        "movieFile": {"relativePath": "holiday.mkv"},
    }
    await live.ended(await live.tell(webhook))
    (item,) = [one for one in (await live.get("unidentified"))["items"] if one["title"] == "holiday"]
    assert item["identification"]["why"] == "no film was found by this name"
    path = f"movies/{item['id']}"
    found = await live.get(f"{path}/search", title="Quiet Sea", year=FILM.year)
    assert [one["tmdb_id"] for one in found["items"]] == [FILM.tmdb_id]
    answer = await live.web.post(f"/api/v1/{path}/identify", json={"tmdb_id": FILM.tmdb_id})
    assert answer.status_code == 202
    assert (await job_ended(live, answer.json()["job_id"]))["status"] == "completed"

    async def enriched():
        movie = await live.get(path)
        return movie if movie["identification_status"] == "enriched" else None

    movie = await until(enriched, "the film is enriched", 60)
    assert (movie["title"], movie["tmdb_id"]) == (FILM.title, FILM.tmdb_id)
    poster = pictures.poster("our holiday", 2019, 1000, 1500)
    told = {"metadata": '{"title": "Our Holiday", "year": 2019}'}
    answer = await live.web.put(f"/api/v1/{path}/metadata", data=told, files={"poster": poster})
    assert (await job_ended(live, answer.json()["job_id"]))["status"] == "completed"
    movie = await live.get(path)
    assert (movie["title"], movie["locked_fields"]) == ("Our Holiday", ["title", "year", "poster"])
    assert (folder / "holiday-poster.jpg").read_bytes() == poster
    assert "<title>Our Holiday</title>" in (folder / "holiday.nfo").read_text("utf-8")


async def test_a_run_by_hand_looks_all_of_them_up_again_and_shows_who_needs_a_person(live):
    deployment = await prefect(live, "deployments/name/identify-media/metarr")
    folder = live.movies / "nameless"
    folder.mkdir()
    write_clip(folder / "nameless.mkv", seconds=1, title="nameless")
    movie = {"title": "nameless", "folderPath": "/data/movies/nameless"}
    webhook = {"eventType": "Download", "movie": movie, "movieFile": {"relativePath": "nameless.mkv"}}
    await live.ended(await live.tell(webhook))
    (item,) = [one for one in (await live.get("unidentified"))["items"] if one["title"] == "nameless"]
    created = await prefect(live, f"deployments/{deployment['id']}/create_flow_run", parameters={})

    async def look():
        run = await prefect(live, f"flow_runs/{created['id']}")
        return run if run["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

    run = await until(look, "the run has ended", 60)
    assert run["state"]["type"] == "COMPLETED"
    assert "need a person" in run["state"]["message"]
    artifact = await prefect(live, "artifacts/unidentified/latest")
    assert f"| {item['id']}: " in artifact["data"]
    assert f"/deployments/deployment/{deployment['id']}/run?parameters=" in artifact["data"]
    assert (await live.web.put(f"/api/v1/movies/{item['id']}/ignore")).status_code == 200
