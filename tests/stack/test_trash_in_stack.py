"""Into the trash by Radarr's webhook, and back by the API, through all the real parts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from deployments.demo.film import Film
from deployments.demo.films import SINTEL
from deployments.demo.proof import shortcomings
from tests.stack.conftest import LiveHouse, until
from tests.stack.test_upgrade_in_stack import known


def movie_delete(film: Film, folder: str, *, deleted_files: bool) -> dict[str, Any]:
    movie = {"title": film.title, "year": film.year, "tmdbId": film.tmdb_id, "folderPath": f"/data/movies/{folder}"}
    return {"eventType": "MovieDelete", "instanceName": "Radarr", "movie": movie, "deletedFiles": deleted_files}


def beside(video: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in video.parent.iterdir()}


async def job_ended(live: LiveHouse, job_id: int, seconds: float = 60) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        job = next(row for row in (await live.get("jobs", page_size=500))["items"] if row["id"] == job_id)
        return job if job["status"] in {"completed", "failed"} else None

    return await until(look, f"job {job_id} has ended", seconds)


async def test_a_deleted_film_comes_back_as_it_was_and_nothing_is_downloaded_again(live):
    event_id, video = await live.import_film(SINTEL)
    await live.ended(event_id)
    before, files = await live.movie(SINTEL), beside(video)
    webhook = movie_delete(SINTEL, video.parent.name, deleted_files=True)
    event = await live.ended(await live.tell(webhook))
    assert (event["status"], event["error"]) == ("done", None)
    (item,) = [one for one in (await live.get("trash"))["items"] if one["id"] == before["id"]]
    assert "deleted in radarr" in item["trash_reason"]
    assert beside(video) == files
    for path in video.parent.glob("*.jpg"):
        path.unlink()
    asked = len(live.tmdb.requests)
    answer = await live.web.post(f"/api/v1/movies/{before['id']}/restore")
    assert answer.status_code == 202
    assert (await job_ended(live, answer.json()["job_id"]))["status"] == "completed"
    after = await live.movie(SINTEL)
    dates = {"updated_at", "library_files"}
    assert {name: value for name, value in after.items() if name not in dates} == {
        name: value for name, value in before.items() if name not in dates
    }
    assert beside(video) == files
    assert len(live.tmdb.requests) == asked
    assert shortcomings(SINTEL, video, after, live.kodi) == []


async def test_a_film_that_is_added_in_radarr_again_comes_back_in_the_order_in_which_it_was_told(live):
    film = known(live, 8121, "Added again")
    event_id, video = await live.import_film(film)
    await live.ended(event_id)
    before, files = await live.movie(film), beside(video)
    webhook = movie_delete(film, video.parent.name, deleted_files=False)
    events = [await live.tell(webhook), await live.tell({**webhook, "eventType": "MovieAdded", "addMethod": "manual"})]
    for event in events:
        ended = await live.ended(event)
        assert (ended["status"], ended["error"]) == ("done", None)
    after = await live.movie(film)
    assert (after["id"], after["trashed_at"]) == (before["id"], None)
    assert beside(video) == files
    story = [line["event_type"] for line in (await live.get("activity", movie_id=after["id"], page_size=200))["items"]]
    assert {"movie.deleted", "movie.restored"} <= set(story)
    again = await live.ended(await live.tell({**webhook, "eventType": "MovieAdded", "addMethod": "list"}))
    assert again["status"] == "done"
    assert "nothing to restore" in again["error"]
