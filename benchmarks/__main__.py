"""`make bench`: the web shim under load, and a film's way from its webhook to the player, step by step."""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from deployments.demo.demo import ended
from deployments.demo.films import TEARS_OF_STEEL
from deployments.demo.house import API_KEY, House, made_up_house
from deployments.stack.stack import Stack, running_stack
from metarr_core.settings import load_settings

FILMS = 7
EVENTS, AT_ONCE = 1000, 20


async def main() -> None:
    for name in [name for name in os.environ if name.startswith(("METARR_", "PREFECT_"))]:
        del os.environ[name]
    async with made_up_house() as house:
        os.environ["METARR_CONFIG"] = str(house.config)
        async with running_stack(load_settings()) as stack:
            os.environ["PREFECT_API_URL"] = stack.prefect_api_url
            machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
            print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}\n")
            print("| what | median s | slowest s |\n| --- | --- | --- |")
            for name, values in [*(await shim(stack)), *(await films(house, stack))]:
                print(f"| {name} | {statistics.median(values):.3f} | {max(values):.3f} |")


async def shim(stack: Stack) -> list[tuple[str, list[float]]]:
    """Webhooks that ask for nothing, so that the shim alone is measured."""
    slots, taken = asyncio.Semaphore(AT_ONCE), []
    async with httpx.AsyncClient(base_url=stack.web_url, headers={"X-Api-Key": API_KEY}, trust_env=False) as web:

        async def send(number: int) -> None:
            async with slots:
                began = time.perf_counter()
                (await web.post("/webhooks/radarr/radarr", json={"eventType": "Health", "n": number})).raise_for_status()
                taken.append(time.perf_counter() - began)

        await asyncio.gather(*(send(number) for number in range(EVENTS)))
    taken.sort()
    return [(f"webhook answered, {EVENTS} events, {AT_ONCE} at once", taken), ("the same, p99", [taken[EVENTS * 99 // 100]])]


async def films(house: House, stack: Stack) -> list[tuple[str, list[float]]]:
    """Films one after another: when each step ended, in seconds since the webhook."""
    from deployments.demo.story import timeline  # noqa: PLC0415 - Prefect reads its settings when it is imported

    steps: dict[str, list[float]] = {}
    async with httpx.AsyncClient(base_url=stack.web_url, headers={"X-Api-Key": API_KEY}, trust_env=False) as web:
        for number in range(FILMS + 1):
            film = replace(TEARS_OF_STEEL, tmdb_id=9000 + number, imdb_id=f"tt000{9000 + number}", title=f"Film {number}")
            house.tmdb.films[film.tmdb_id] = film
            _, webhook = await asyncio.to_thread(house.import_film, film)
            sent_at = datetime.now(UTC)
            event_id = (await web.post("/webhooks/radarr/radarr", json=webhook)).raise_for_status().json()["event_id"]
            event = await ended(web, event_id)
            if number:  # the first one pays for everybody's first connections
                for step in await timeline(sent_at, 0, event["flow_run_id"]):
                    name = step.name.split(" movie")[0].split(" of")[0]
                    steps.setdefault(name, []).append(step.began + (step.took or 0))
    return [(f"webhook → {name}", values) for name, values in steps.items() if name != "webhook answered"]


asyncio.run(main())
