"""A film that is about to be upgraded, and a Radarr that does it; the steps of an upgrade, as the flow takes them."""

from __future__ import annotations

import json
from typing import Any

from deployments.demo.films import SINTEL
from metarr_core.domain.ids import EventId, MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.operations import importing, old_names, players, probing, publishing, settling, upgrading
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.operations.inbox import Source, receive
from metarr_core.runtime import Runtime
from tests.conftest import House
from tests.scripted_radarr import ScriptedRadarr

OLD, NEW, NEWEST = "Sintel (2010) DVD.mkv", "Sintel (2010) Bluray-1080p.mkv", "Sintel (2010) Remux-2160p.mkv"


def scripted_radarr(runtime: Runtime, house: House) -> ScriptedRadarr:
    """A Radarr whose webhooks only fill the inbox."""

    async def tell(webhook: dict[str, Any]) -> int:
        return await receive(runtime, Source("radarr", "radarr"), json.dumps(webhook).encode())

    return ScriptedRadarr(house.movies, tell)


async def adopted_film(runtime: Runtime, radarr: ScriptedRadarr) -> MovieId:
    """A film with everything beside it, adopted by Radarr."""
    event = await radarr.import_film(SINTEL, OLD)
    movie_id = await importing.record(runtime, await importing.imports_of_events(runtime, [event]), Priority.CRITICAL)
    await probing.probe_movie_files(runtime, movie_id)
    await enrich_movie(runtime, movie_id)
    await download_artwork(runtime, movie_id)
    await publishing.publish_movie(runtime, movie_id)
    radarr.rescan(SINTEL)
    return movie_id


async def receive_upgrade(runtime: Runtime, *events: int) -> MovieId:
    """All that an upgrade does with what these webhooks tell."""
    told = await upgrading.told_by_events(runtime, [EventId(event) for event in events])
    there, _ = await importing.split(runtime, told.imports)
    assert await upgrading.is_upgrade(runtime, there, told.gone)
    movie_id = await importing.record(runtime, there, Priority.CRITICAL)
    await probing.probe_movie_files(runtime, movie_id)
    await publishing.publish_movie(runtime, movie_id)
    await upgrading.tell_of_upgrade(runtime, movie_id, there, told.gone)
    await players.tell_players(runtime, movie_id)
    await old_names.remove_old_names(runtime, movie_id, told.gone)
    await settling.look_again_later(runtime, movie_id)
    return movie_id
