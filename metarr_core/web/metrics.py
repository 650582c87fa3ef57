"""GET /metrics for Prometheus: the database is counted when it is asked for; this process counts only itself."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client import CollectorRegistry, GCCollector, Histogram, Info, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from metarr_core.db import counts
from metarr_core.errors import DatabaseUnavailable
from metarr_core.operations import spool
from metarr_core.runtime import Runtime

SLOWEST_QUERY_SECONDS, SLOWEST_SECONDS = 3, 8.0
ANSWER_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class ShimMetrics:
    """What the web shim knows of itself."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        build = Info("metarr_build", "Which Metarr this is.", registry=self.registry)
        build.info({"version": version("metarr"), "python": platform.python_version()})
        self.webhook_seconds = Histogram(
            "metarr_webhook_answer_seconds",
            "Time from a webhook's arrival to its answer; its manager waits for it.",
            ["manager_type"],
            buckets=ANSWER_SECONDS,
            registry=self.registry,
        )


@dataclass(frozen=True, eq=False)  # a registry keeps it in a dict
class Counted(Collector):
    """Metric families that were counted for one answer."""

    families: tuple[Metric, ...]

    def collect(self) -> Iterator[Metric]:
        """Hand them to Prometheus."""
        yield from self.families


async def show(request: Request) -> Response:
    """GET /metrics: also while the database is away, with what there is."""
    runtime: Runtime = request.app.state.runtime
    registry = CollectorRegistry()
    registry.register(Counted((_spooled(runtime), *await _stored(runtime))))
    metrics: ShimMetrics = request.app.state.metrics
    body = generate_latest(metrics.registry) + generate_latest(registry)
    return Response(body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _stored(runtime: Runtime) -> list[Metric]:
    reachable = "Whether the database answered this request."
    try:
        async with asyncio.timeout(SLOWEST_SECONDS):
            families = await _counted(runtime)
    except (DatabaseUnavailable, TimeoutError):
        return [GaugeMetricFamily("metarr_database_up", reachable, 0)]
    return [GaugeMetricFamily("metarr_database_up", reachable, 1), *families]


async def _counted(runtime: Runtime) -> list[Metric]:
    async with runtime.database.transaction() as session:
        await counts.limit_time(session, SLOWEST_QUERY_SECONDS)
        waiting, cache = await counts.waiting(session), await counts.cache_size(session)
        return [
            _family("metarr_webhook_events", "Webhooks.", EVENT_LABELS, await counts.webhook_events(session)),
            _family("metarr_jobs", "Jobs of the queue.", ("job_type", "status"), await counts.jobs(session)),
            _family("metarr_player_updates", "What players are told.", ("status",), await counts.player_updates(session)),
            _family("metarr_movies", "Films, the trash left out.", ("identification_status",), await counts.movies(session)),
            _gauge("metarr_oldest_pending_job_age_seconds", "Since it was made; 0: none waits.", waiting.oldest_seconds),
            _gauge("metarr_most_overdue_job_seconds", "Since it could have started.", waiting.most_overdue_seconds),
            _gauge("metarr_cache_assets", "Contents in the cache.", cache.assets),
            _gauge("metarr_cache_bytes", "Their size.", cache.bytes),
        ]


EVENT_LABELS = ("manager_type", "event_type", "status")


def _spooled(runtime: Runtime) -> Metric:
    return _gauge("metarr_spooled_webhooks", "Webhooks that wait for the database.", len(spool.waiting(runtime)))


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value)


def _family(name: str, text: str, labels: tuple[str, ...], values: dict[tuple[str, ...], int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family
