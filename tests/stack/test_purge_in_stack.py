"""The end of the trash, through all the real parts: shown before, kept longer, emptied."""

from __future__ import annotations

from dataclasses import replace

from deployments.demo.films import NOSFERATU
from tests.stack.conftest import until
from tests.stack.test_stack import prefect
from tests.stack.test_trash_in_stack import beside, job_ended, movie_delete

FILM = replace(
    NOSFERATU, tmdb_id=910_011, imdb_id="tt0910011", title="The Last Tide", original_title="The Last Tide", translations=()
)


async def run_by_hand(live, flow="purge-expired", **parameters):
    """A run with a form's parameters, once it has ended."""
    deployment = await prefect(live, f"deployments/name/{flow}/metarr")
    run = await prefect(live, f"deployments/{deployment['id']}/create_flow_run", parameters=parameters)

    async def ended():
        found = await prefect(live, f"flow_runs/{run['id']}")
        return found if found["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

    return await until(ended, f"{flow} has ended", 60)


async def test_a_film_is_shown_kept_longer_and_at_last_deleted_with_what_we_wrote_and_nothing_else(live):
    live.tmdb.films[FILM.tmdb_id] = FILM
    event_id, video = await live.import_film(FILM)
    await live.ended(event_id)
    movie = await live.movie(FILM)
    (video.parent / "holiday.txt").write_text("mine")
    await live.ended(await live.tell(movie_delete(FILM, video.parent.name, deleted_files=False)))
    deployment = await prefect(live, "deployments/name/purge-expired/metarr")
    table = (await prefect(live, "artifacts/trash/latest"))["data"]
    assert f"| {movie['id']}: {FILM.title} " in table
    assert f"/deployments/deployment/{deployment['id']}/run?parameters=" in table
    answer = await live.web.put(f"/api/v1/trash/{movie['id']}", json={"days": 365})
    (item,) = [one for one in (await live.get("trash"))["items"] if one["id"] == movie["id"]]
    assert (answer.status_code, item["deleted_at"]) == (200, answer.json()["deleted_at"])

    shown = await run_by_hand(live, movie_id=movie["id"], dry_run=True)
    assert shown["state"]["message"].startswith("1 films would be deleted for good, with ")
    assert f"{FILM.title}" in (await prefect(live, "artifacts/purge/latest"))["data"]
    assert len(beside(video)) > 5

    answer = await live.web.delete(f"/api/v1/trash/{movie['id']}")
    assert answer.status_code == 202
    assert (await job_ended(live, answer.json()["job_id"]))["status"] == "completed"
    assert sorted(beside(video)) == sorted([video.name, "holiday.txt"])
    assert (await live.web.get(f"/api/v1/movies/{movie['id']}")).status_code == 404
    story = (await live.get("activity", movie_id=movie["id"]))["items"]
    assert story[0]["event_type"] == "movie.permanently_deleted"


async def test_a_purge_of_all_whose_day_has_come_ends_well_where_there_are_none(live):
    ended = await run_by_hand(live)
    assert ended["state"]["type"] == "COMPLETED"
    assert ended["state"]["message"] == "0 films are deleted for good, with 0 files of ours"


async def test_the_cache_is_cleaned_and_compared(live):
    shown = await run_by_hand(live, "clean-cache", dry_run=True)
    assert shown["state"]["message"].startswith("0 unused contents would leave the cache, 0 bytes")
    ended = await run_by_hand(live, "clean-cache", originals=True)
    assert ended["state"]["message"].startswith("0 unused contents left the cache, 0 bytes")
    story = (await live.get("activity"))["items"]
    assert "cache.cleanup" in {line["event_type"] for line in story}
