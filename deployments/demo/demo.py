"""`metarr demo`: the whole stack on made-up clips of free films. It succeeds only if everything is really there."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from deployments.demo.film import Film
from deployments.demo.films import FILMS
from deployments.demo.house import API_KEY, House, made_up_house
from deployments.demo.proof import shortcomings
from deployments.signals import run_until_signalled
from deployments.stack.stack import Stack, running_stack
from metarr_core.settings import load_settings

FILM_SECONDS = 60.0
POLL_SECONDS = 0.1


def run(*, keep: bool) -> int:
    """Show everything; gives the exit status. With `keep`, the stack stays up until Ctrl-C."""
    for name in [name for name in os.environ if name.startswith(("METARR_", "PREFECT_"))]:
        del os.environ[name]  # the demo is about its own settings
    status = run_until_signalled(_show(keep=keep))
    return 0 if status is None else status


async def _show(*, keep: bool) -> int:
    began = time.monotonic()
    async with made_up_house() as house:
        os.environ["METARR_CONFIG"] = str(house.config)
        print("Starting PostgreSQL, Prefect, the web shim, the dispatcher and the workers …")
        async with running_stack(load_settings()) as stack:
            print(f"  up after {time.monotonic() - began:.1f} s; Prefect's page is {stack.prefect_ui_url}\n")
            os.environ["PREFECT_API_URL"] = stack.prefect_api_url
            missing = [f"{film.title}: {what}" for film in FILMS for what in await _show_film(house, stack, film)]
            _conclude(missing)
            if keep:
                print(f"Everything stays up until Ctrl-C; the library is {house.movies}, the API key '{API_KEY}'.")
                await asyncio.Event().wait()
    return 1 if missing else 0


async def _show_film(house: House, stack: Stack, film: Film) -> list[str]:
    """Import one film, tell its story; gives what is missing in the end."""
    from deployments.demo.story import timeline, told  # noqa: PLC0415 - Prefect reads its settings when it is imported

    video, webhook = await asyncio.to_thread(house.import_film, film)
    print(f"{film.title} ({film.year}): Radarr puts {video.name} into the library and sends its webhook")
    async with httpx.AsyncClient(base_url=stack.web_url, headers={"X-Api-Key": API_KEY}, trust_env=False) as web:
        sent_at, began = datetime.now(UTC), time.monotonic()
        event_id = (await web.post("/webhooks/radarr/radarr", json=webhook)).raise_for_status().json()["event_id"]
        answered = time.monotonic() - began
        event = await ended(web, event_id)
        if event["status"] != "done":
            return [f"the event is {event['status']}: {event['error']}"]
        movie = await _movie(web, film)
    print(told(await timeline(sent_at, answered, event["flow_run_id"])))
    print(f"  written beside the film: {', '.join(_endings(video, movie))}")
    print(f"  in the database: {_rows(movie)}")
    missing = shortcomings(film, video, movie, house.kodi)
    print(f"  the player {'shows it' if not missing else 'or something else lacks: ' + '; '.join(missing)}\n")
    return missing


async def ended(web: httpx.AsyncClient, event_id: int) -> dict[str, Any]:
    """The event, once it has ended, or after a minute as it is then."""
    deadline = time.monotonic() + FILM_SECONDS
    while True:
        event: dict[str, Any] = (await web.get(f"/api/v1/webhook-events/{event_id}")).raise_for_status().json()
        if event["status"] not in {"pending", "running"} or time.monotonic() > deadline:
            return event
        await asyncio.sleep(POLL_SECONDS)


async def _movie(web: httpx.AsyncClient, film: Film) -> dict[str, Any]:
    found = (await web.get("/api/v1/movies", params={"query": film.title})).raise_for_status().json()["items"]
    whole: dict[str, Any] = (await web.get(f"/api/v1/movies/{found[0]['id']}")).raise_for_status().json()
    return whole


def _endings(video: Path, movie: dict[str, Any]) -> list[str]:
    return [Path(row["path"]).name.removeprefix(video.stem) for row in movie["library_files"]]


def _rows(movie: dict[str, Any]) -> str:
    streams = ", ".join(f"{len(found)} {kind}" for kind, found in movie["streams"].items())
    return f"{len(movie['actors'])} actors, {len(movie['crew'])} crew, {len(movie['artwork'])} pictures, streams: {streams}"


def _conclude(missing: list[str]) -> None:
    if missing:
        print("Not everything is there:\n" + "\n".join(f"  {one}" for one in missing))
    else:
        print(f"All {len(FILMS)} films have their NFO, artwork and rows, and stand on the player's screen.")
