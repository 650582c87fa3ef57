"""The shim put together: routes and error handlers as tables."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from metarr_core.db import jobs, mirror, players
from metarr_core.errors import DatabaseUnavailable, MetarrError, SimilarArtwork
from metarr_core.operations import spool
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import Settings
from metarr_core.web import (
    artwork,
    artwork_choices,
    editing,
    health,
    identifying,
    items,
    lists,
    manual_entry,
    metrics,
    previews,
    problems,
    scans,
    trash,
    webhooks,
)
from metarr_core.web.access import ApiKey
from metarr_core.web.requests import RequestIds

logger = logging.getLogger(__name__)

ROUTES = [
    Route("/ping", health.ping),
    Route("/health/live", health.live),
    Route("/health/ready", health.ready),
    Route("/metrics", metrics.show),
    Route("/previews/{signature}/{content_hash}", previews.show),
    *(
        Route(f"/webhooks/{kind}{manager}", webhooks.receiver(kind), methods=["POST", "PUT"])
        for kind in ("radarr", "sonarr")
        for manager in ("", "/{manager}")
    ),
    Mount(
        "/api/v1",
        routes=[
            Route("/movies", lists.list_movies),
            Route("/movies/{id}", items.get_movie),
            Route("/movies/{id}", editing.edit_movie, methods=["PATCH"]),
            Route("/movies/{id}/locks", editing.list_locks),
            Route("/movies/{id}/locks/{field}", editing.lock_field, methods=["PUT", "DELETE"]),
            Route("/movies/{id}/history", editing.list_history),
            Route("/movies/{id}/history/{change_id}/undo", editing.undo_change, methods=["POST"]),
            Route("/movies/{id}/artwork/{type}", artwork_choices.get_artwork),
            Route("/movies/{id}/artwork/{type}", artwork.choose_artwork, methods=["POST"]),
            Route("/movies/{id}/artwork/{type}", artwork_choices.let_choose, methods=["DELETE"]),
            Route("/movies/{id}/artwork/{type}/undo", artwork_choices.undo, methods=["POST"]),
            Route("/movies/{id}/artwork/{type}/blocked/{candidate_id}", artwork_choices.block, methods=["PUT", "DELETE"]),
            Route("/movies/{id}/restore", trash.restore_movie, methods=["POST"]),
            Route("/movies/{id}/search", identifying.search_by_hand),
            Route("/movies/{id}/identify", identifying.identify_movie, methods=["POST"]),
            Route("/movies/{id}/metadata", manual_entry.enter_metadata, methods=["PUT", "POST"]),
            Route("/movies/{id}/ignore", identifying.ignore_movie, methods=["PUT", "DELETE"]),
            Route("/unidentified", identifying.list_unidentified),
            Route("/trash", trash.list_trash),
            Route("/trash/{id}", trash.keep_longer, methods=["PUT"]),
            Route("/trash/{id}", trash.empty_now, methods=["DELETE"]),
            Route("/libraries", items.list_libraries),
            Route("/libraries/{id}/scan", scans.scan_library, methods=["POST"]),
            Route("/scans", scans.list_scans),
            Route("/activity", lists.list_activity),
            Route("/jobs", lists.list_jobs),
            Route("/player-updates", lists.list_player_updates),
            Route("/webhook-events", lists.list_events),
            Route("/webhook-events/{id}", items.get_event),
            Route("/webhook-events/{id}/replay", items.replay_event, methods=["POST"]),
        ],
    ),
]

ERRORS = {
    SimilarArtwork: artwork.similar,
    MetarrError: problems.metarr_error,
    HTTPException: problems.http_error,
    Exception: problems.unexpected,
}


async def _mirror(runtime: Runtime) -> bool:
    """Make the rows agree with the settings, and try what waits under them at once.

    Without a database, that waits: webhooks must be taken in all the same.
    """
    try:
        async with runtime.database.transaction() as session:
            await mirror.mirror(session, runtime.settings)
            await jobs.wake(session)
            await players.wake(session)
    except DatabaseUnavailable as exc:
        logger.warning("%s", exc)
        return False
    return True


async def _catch_up(runtime: Runtime, *, is_mirrored: bool) -> None:
    """What the database is told when it is back: first the settings, which jobs rely on, then the spool, for ever."""
    while not is_mirrored:
        await asyncio.sleep(spool.DRAIN_SECONDS)
        is_mirrored = await _mirror(runtime)
    await spool.keep_draining(runtime)


def create_app(settings: Settings, api_key: str, prefect_ui_url: str = "") -> Starlette:
    """The shim as an ASGI application; it opens the runtime of its process while it runs.

    `prefect_ui_url` is where answers send people to look at a flow run; empty: nowhere.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_runtime(settings) as runtime:
            app.state.runtime, app.state.metrics = runtime, metrics.ShimMetrics()
            app.state.prefect_ui_url = prefect_ui_url
            is_mirrored = await _mirror(runtime)
            catching_up = asyncio.create_task(_catch_up(runtime, is_mirrored=is_mirrored))
            yield
            catching_up.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await catching_up

    routes = [Mount(settings.web.base_path, routes=ROUTES)] if settings.web.base_path else ROUTES
    return Starlette(
        routes=routes,
        middleware=[Middleware(RequestIds), Middleware(ApiKey, key=api_key, base_path=settings.web.base_path)],
        exception_handlers=ERRORS,
        lifespan=lifespan,
    )
