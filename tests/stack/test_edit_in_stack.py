"""A person's edit on its way to the NFO and the player, and one made on Prefect's page, through all the real parts."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from deployments.demo.films import NOSFERATU
from tests.stack.test_stack import prefect
from tests.stack.test_trash_in_stack import job_ended
from tests.stack.test_verify_library import until

FILM = replace(NOSFERATU, tmdb_id=930_001, imdb_id="tt0930001", title="A Loud Hill", original_title="A Loud Hill")


async def ran(live, **parameters):
    deployment = await prefect(live, "deployments/name/edit-media/metarr")
    created = await prefect(live, f"deployments/{deployment['id']}/create_flow_run", parameters=parameters)

    async def look():
        run = await prefect(live, f"flow_runs/{created['id']}")
        return run if run["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

    return await until(look, "the run has ended", 60)


async def test_an_edit_is_written_told_and_undone_from_prefects_page(live):
    live.tmdb.films[FILM.tmdb_id] = FILM
    event_id, video = await live.import_film(FILM, "A Loud Hill (1922)")
    await live.ended(event_id)
    (film,) = (await live.get("movies", query=FILM.title))["items"]
    path = f"movies/{film['id']}"
    answer = await live.web.patch(f"/api/v1/{path}", json={"tagline": "It roars."})
    assert answer.status_code == 202
    assert answer.json()["flow_run_url"].endswith(answer.json()["flow_run_id"])
    assert (await job_ended(live, answer.json()["job_id"]))["status"] == "completed"
    nfo = video.with_suffix(".nfo")
    assert "<tagline>It roars.</tagline>" in nfo.read_text("utf-8")
    (change,) = (await live.get(f"{path}/history", field="tagline"))["items"][:1]
    run = await ran(live, movie_id=film["id"], undo=change["id"], clear=["plot"], lock=["poster"])
    assert (run["state"]["type"], run["name"]) == ("COMPLETED", f"edit-media: {FILM.title}")
    movie = await live.get(path)
    assert (movie["tagline"], movie["plot"], movie["locked_fields"]) == (film["tagline"], None, ["plot", "poster"])
    assert "<plot>" not in nfo.read_text("utf-8")


async def test_a_lock_that_there_is_not_is_refused_by_prefects_form(live):
    with pytest.raises(httpx.HTTPStatusError, match="409 Conflict"):
        await ran(live, movie_id=1, lock=["tilte"])
