"""A folder that people have filled by hand becomes a library, through all the real parts."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx

from deployments.demo.clips import write_clip
from deployments.demo.faults import Fault
from deployments.demo.films import NOSFERATU
from tests.stack.conftest import until
from tests.stack.test_stack import prefect
from tests.stack.test_trash_in_stack import job_ended

WORDS = ("Amber", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Grove", "Heath", "Islet", "Jetty", "Knoll", "Ledge")
FILMS = [
    replace(NOSFERATU, tmdb_id=920_000 + at, imdb_id=f"tt092{at:04d}", title=f"The {word} Road", translations=())
    for at, word in enumerate(WORDS)
]


async def scan(live, **wish):
    (library,) = (await live.get("libraries"))["items"]
    answer = await live.web.post(f"/api/v1/libraries/{library['id']}/scan", json=wish)
    assert answer.status_code == 202
    job = await job_ended(live, answer.json()["job_id"])
    assert (job["status"], job["error_message"]) == ("completed", None)

    async def ended():
        run = await prefect(live, f"flow_runs/{job['flow_run_id']}")
        return run if run["state"]["type"] == "COMPLETED" else None

    return await until(ended, "the run has ended", 20)


async def test_films_are_found_identified_and_enriched_and_the_next_scan_does_nothing(live):
    folder = live.movies / "by hand"
    for film in FILMS:
        live.tmdb.films[film.tmdb_id] = replace(film, original_title=film.title)
        place = folder / f"{film.title} ({film.year})"
        place.mkdir(parents=True)
        write_clip(place / f"{film.title}.{film.year}.1080p.BluRay.x264-GRP.mkv", seconds=1, title=film.title)
    write_clip(folder / "what is this.mkv", seconds=1, title="?")

    shown = await scan(live, dry_run=True, path=str(folder))
    assert "13 added" in shown["state"]["message"]
    assert shown["name"] == "library-scan: Movies, dry run"
    assert "13 added" in (await prefect(live, "artifacts/scan/latest"))["data"]
    assert not [one for one in (await live.get("movies", page_size=500))["items"] if "by hand" in str(one["file_path"])]

    await scan(live, path=str(folder))
    assert (await prefect(live, "artifacts/scan-progress/latest"))["data"] == 100
    (newest, *_) = (await live.get("scans"))["items"]
    assert (newest["status"], newest["total_items"], newest["added_items"], newest["removed_items"]) == (
        "completed",
        13,
        13,
        0,
    )

    async def all_whole():
        rows = [one for one in (await live.get("movies", page_size=500))["items"] if "by hand" in str(one["file_path"])]
        done = [one for one in rows if one["identification_status"] == "enriched"]
        written = [*folder.glob("*/*.nfo"), *folder.glob("*/*-poster.jpg")]
        return rows if len(done) == len(FILMS) and len(written) == 2 * len(FILMS) else None

    rows = await until(all_whole, "all films are enriched, and have a text and a poster", 120)
    assert {one["tmdb_id"] for one in rows} == {film.tmdb_id for film in FILMS} | {None}

    again = await scan(live, path=str(folder))
    assert "13 videos: 0 added, 0 changed, 0 moved, 0 returned, 0 removed, 13 unchanged" in again["state"]["message"]
    (newest, *_) = (await live.get("scans"))["items"]
    assert (newest["total_items"], newest["added_items"], newest["updated_items"]) == (13, 0, 0)


async def test_a_folder_outside_is_refused_in_the_request(live):
    (library,) = (await live.get("libraries"))["items"]
    answer = await live.web.post(f"/api/v1/libraries/{library['id']}/scan", json={"path": "/elsewhere"})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["path"])
    assert (await live.web.post("/api/v1/libraries/999/scan")).status_code == 404


async def test_a_scan_by_hand_that_no_provider_answers_goes_on_by_itself(live):
    film = replace(NOSFERATU, tmdb_id=920_100, imdb_id="tt0920100", title="The Meadow Road", translations=())
    live.tmdb.films[film.tmdb_id] = replace(film, original_title=film.title)
    place = live.movies / "while nobody answers" / f"{film.title} ({film.year})"
    place.mkdir(parents=True)
    write_clip(place / f"{film.title} ({film.year}).mkv", seconds=1, title=film.title)
    live.tmdb.faults.add("/3/search/movie", Fault(429, headers={"Retry-After": "20"}, times=1))
    deployment = await prefect(live, "deployments/name/library-scan/metarr")
    async with httpx.AsyncClient(base_url=live.stack.prefect_api_url, trust_env=False) as engine:
        asked = {"parameters": {"path": str(place.parent)}}
        run = (await engine.post(f"/deployments/{deployment['id']}/create_flow_run", json=asked)).raise_for_status().json()

    async def ended():
        found = await prefect(live, f"flow_runs/{run['id']}")
        return found if found["state"]["type"] == "COMPLETED" else None

    message = (await until(ended, "the run has ended"))["state"]["message"]
    assert "Movies: goes on at " in message
    assert "tmdb cannot be used right now: too many requests" in message
    pending = (await live.get("jobs", status="pending"))["items"]
    scans = [job["payload"] for job in pending if job["job_type"] == "library-scan"]
    assert scans == [{"library": "Movies", "path": str(place.parent)}]

    async def whole():
        return await asyncio.to_thread(lambda: [*place.glob("*.nfo")] and [*place.glob("*-poster.jpg")])

    await until(whole, "the film is identified and enriched", 60)
