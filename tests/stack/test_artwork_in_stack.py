"""A person's own picture on its way to the library and the player, and a candidate chosen on Prefect's page."""

from __future__ import annotations

from dataclasses import replace

from deployments.demo import pictures
from deployments.demo.films import NOSFERATU
from tests.stack.test_stack import prefect
from tests.stack.test_trash_in_stack import job_ended
from tests.stack.test_verify_library import until

FILM = replace(NOSFERATU, tmdb_id=940_001, imdb_id="tt0940001", title="A Painted Door", original_title="A Painted Door")
MINE = pictures.poster("painted", 2001, 1000, 1500)


async def ran(live, **parameters):
    deployment = await prefect(live, "deployments/name/replace-artwork/metarr")
    created = await prefect(live, f"deployments/{deployment['id']}/create_flow_run", parameters=parameters)

    async def look():
        run = await prefect(live, f"flow_runs/{created['id']}")
        return run if run["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

    return await until(look, "the run has ended", 60)


async def test_an_upload_stands_in_the_library_and_a_candidate_is_chosen_on_prefects_page(live):
    live.tmdb.films[FILM.tmdb_id] = FILM
    event_id, video = await live.import_film(FILM, "A Painted Door (1922)")
    await live.ended(event_id)
    (film,) = (await live.get("movies", query=FILM.title))["items"]
    path = f"movies/{film['id']}"
    answer = await live.web.post(f"/api/v1/{path}/artwork/poster", files={"file": ("any name.gif", MINE)})
    assert answer.status_code == 202
    assert answer.json()["flow_run_url"].endswith(answer.json()["flow_run_id"])
    assert (await job_ended(live, answer.json()["job_id"]))["status"] == "completed"
    run = await prefect(live, f"flow_runs/{answer.json()['flow_run_id']}")
    assert run["name"] == f"replace-artwork: {FILM.title}, poster"
    assert video.with_name(f"{video.stem}-poster.jpg").read_bytes() == MINE
    movie = await live.get(path)
    assert movie["locked_fields"] == ["poster"]
    assert (await live.get("player-updates", status="pending"))["total"] == 0
    offered = await live.get(f"{path}/artwork/poster")
    other = next(one for one in offered["items"] if not one["is_chosen"] and not one["failed_reason"])
    run = await ran(
        live, movie_id=film["id"], artwork_type="poster", source="candidate", candidate_id=other["id"], allow_similar=True
    )
    assert run["state"]["type"] == "COMPLETED", run["state"]["message"]
    movie = await live.get(path)
    (poster,) = [one for one in movie["artwork"] if one["type"] == "poster"]
    assert poster["url"] == other["url"]
    page = await prefect(live, f"artifacts/movie-{film['id']}/latest")
    assert poster["content_hash"] in page["data"]
    assert f"[choose it](/deployments/deployment/{run['deployment_id']}/run?parameters=" in page["data"]
    undone = await live.web.post(f"/api/v1/{path}/artwork/poster/undo")
    assert (await job_ended(live, undone.json()["job_id"]))["status"] == "completed"
    assert video.with_name(f"{video.stem}-poster.jpg").read_bytes() == MINE
