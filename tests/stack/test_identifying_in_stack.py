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


WRONG, RIGHT = (
    replace(
        FILM, tmdb_id=number, imdb_id=f"tt0{number}", title=title, original_title=title, overview=f"The plot of {title}."
    )
    for number, title in ((910_002, "The Wrong Film"), (910_003, "The Right Film"))
)


async def a_nameless_film(live, name):
    """A film that Radarr imported without ids; gives its number and its video."""
    video = live.movies / name / f"{name}.mkv"
    video.parent.mkdir()
    write_clip(video, seconds=1, title=name)
    movie = {"title": name, "folderPath": f"/data/movies/{name}"}
    await live.ended(await live.tell({"eventType": "Download", "movie": movie, "movieFile": {"relativePath": video.name}}))
    (item,) = [one for one in (await live.get("unidentified"))["items"] if one["title"] == name]
    return item["id"], video


async def chosen(live, movie_id, film, owner=None):
    """Say which film it is; gives the film that has the files, once it is enriched as that."""
    answer = await live.web.post(f"/api/v1/movies/{movie_id}/identify", json={"tmdb_id": film.tmdb_id})
    assert (await job_ended(live, answer.json()["job_id"]))["status"] == "completed"

    async def enriched():
        movie = await live.get(f"movies/{owner or movie_id}")
        return movie if (movie["tmdb_id"], movie["identification_status"]) == (film.tmdb_id, "enriched") else None

    return await until(enriched, f"the film is enriched as {film.title}", 60)


async def test_a_wrong_choice_is_set_right_and_a_second_copy_takes_its_locks_along(live):
    live.tmdb.films |= {film.tmdb_id: film for film in (WRONG, RIGHT)}
    movie_id, video = await a_nameless_film(live, "evening")
    wrong = await chosen(live, movie_id, WRONG)
    assert wrong["title"] == WRONG.title
    assert (await live.web.patch(f"/api/v1/movies/{movie_id}", json={"plot": "My own words."})).is_success
    right = await chosen(live, movie_id, RIGHT)
    assert (right["title"], right["plot"], right["locked_fields"]) == (RIGHT.title, "My own words.", ["plot"])
    nfo = video.with_suffix(".nfo")
    await until(
        lambda: _stands_in(nfo, f"<title>{RIGHT.title}</title>", "My own words."), "the NFO is that of the right film", 60
    )
    assert WRONG.title not in nfo.read_text("utf-8")

    second, copy = await a_nameless_film(live, "morning")
    assert (await live.web.patch(f"/api/v1/movies/{second}", json={"tagline": "My own tagline."})).is_success
    merged = await chosen(live, second, RIGHT, owner=movie_id)
    assert (merged["tagline"], set(merged["locked_fields"])) == ("My own tagline.", {"plot", "tagline"})
    assert {file["path"] for file in merged["files"]} == {str(video), str(copy)}
    assert (await live.web.get(f"/api/v1/movies/{second}")).status_code == 404
    for file in (video, copy):
        beside = file.with_suffix(".nfo")
        await until(lambda file=beside: _stands_in(file, "My own words.", "My own tagline."), "both copies have the NFO", 60)

    assert (await live.web.put(f"/api/v1/movies/{movie_id}/ignore")).json()["identification_status"] == "ignored"
    assert (await live.web.delete(f"/api/v1/movies/{movie_id}/ignore")).json()["identification_status"] == "enriched"


async def _stands_in(file, *texts):
    return file.exists() and all(text in file.read_text("utf-8") for text in texts)
