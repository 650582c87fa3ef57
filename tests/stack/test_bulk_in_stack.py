"""Many films at once, with the real parts: a chunk that is killed goes on where it was, and Prefect shows how far it is."""

from __future__ import annotations

import asyncio

import httpx

from deployments.demo.faults import Hold
from deployments.demo.film import Film
from deployments.demo.proof import shortcomings
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.metadata import Identity
from metarr_core.operations import importing
from metarr_core.runtime import open_runtime
from tests.stack.conftest import LiveHouse, until
from tests.stack.test_bad_luck import film, kill_with_children

FILMS = 6
PERCENT_BUT_ONE = 83


async def test_a_chunk_that_is_killed_goes_on_where_it_was_and_its_progress_is_shown(live):
    films = [film(live, 7601 + number, f"In Bulk {number}") for number in range(FILMS)]
    videos = {one: await live.place(one) for one in films}
    movie_ids = await recorded(live, videos)
    hold = Hold(asyncio.Event())
    live.tmdb.faults.add(f"/3/movie/{films[-1].tmdb_id}", hold)
    async with httpx.AsyncClient(base_url=live.stack.prefect_api_url, trust_env=False, timeout=30) as engine:
        await enrich(engine, movie_ids)
        await asyncio.wait_for(hold.arrived.wait(), 90)
        halfway = await until(lambda: progress(engine, PERCENT_BUT_ONE), "all films but one are done", 90)
        asked_before = len(questions(live, films[0]))
        kill_with_children(live, "worker-interactive")
        hold.event.set()
        live.tmdb.faults.clear()
        await until(lambda: enriched(live, films), "all films are enriched", 90)
        whole = await until(lambda: progress(engine, 100), "the progress is at its end", 60)
    assert len(questions(live, films[0])) == asked_before > 0, "what was done is not done again"
    assert halfway["type"] == "progress"
    assert f"{FILMS - 1} of {FILMS} films done, 1 left" in halfway["description"]
    assert "a minute, the end is expected at" in halfway["description"]
    assert f"{FILMS} of {FILMS} films done, 0 left" in whole["description"]
    for one, video in videos.items():
        await until(lambda one=one, video=video: shown(live, one, video), f"{one.title} is on the screen", 60)
    assert list(live.movies.rglob(".metarr-*")) == []


async def recorded(live: LiveHouse, videos: dict[Film, object]) -> list[MovieId]:
    """The films, with a file and an id and nothing else."""
    async with open_runtime(live.settings) as runtime:
        return [
            await importing.record(
                runtime,
                [
                    importing.import_of_path(
                        runtime,
                        video,
                        Identity(one.title, one.year, tmdb_id=TmdbId(one.tmdb_id), imdb_id=ImdbId(one.imdb_id)),
                    )
                ],
                Priority.NORMAL,
            )
            for one, video in videos.items()
        ]


async def enrich(engine: httpx.AsyncClient, movie_ids: list[MovieId]) -> None:
    """Ask for the films' enrichment, as a user does in Prefect's page."""
    deployment = (await engine.get("/deployments/name/enrich-media/metarr")).raise_for_status().json()
    body = {"parameters": {"movie_ids": movie_ids}}
    (await engine.post(f"/deployments/{deployment['id']}/create_flow_run", json=body)).raise_for_status()


async def enriched(live: LiveHouse, films: list[Film]) -> bool:
    rows = (await live.get("movies", page_size=500))["items"]
    status = {row["tmdb_id"]: row["identification_status"] for row in rows}
    return all(status[one.tmdb_id] == "enriched" for one in films)


async def progress(engine: httpx.AsyncClient, percent: float) -> dict | None:
    """The artifact of the newest bulk, once it has come so far."""
    found = (await engine.post("/artifacts/filter", json={"sort": "CREATED_DESC"})).raise_for_status().json()
    newest = next((one for one in found if (one["key"] or "").startswith("enrichment-")), None)
    return newest if newest and newest["data"] >= percent else None


def questions(live: LiveHouse, one: Film) -> list[str]:
    return [asked for asked in live.tmdb.requests if asked.partition("?")[0].endswith(f"/movie/{one.tmdb_id}")]


async def shown(live: LiveHouse, one: Film, video: object) -> bool:
    return shortcomings(one, video, await live.movie(one), live.kodi) == []
