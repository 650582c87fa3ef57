"""GET /metrics, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

import psycopg
from prometheus_client.parser import text_string_to_metric_families

from metarr_core.settings import Settings
from tests.web import radarr
from tests.web.shim import Shim, open_shim, problem

NO_DATABASE = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
Value = Callable[..., float | None]


async def scraped(shim: Shim) -> Value:
    """What Prometheus reads: the value of a sample by name and labels, None where there is none."""
    answer = await shim.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    samples = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    return lambda name, **labels: samples.get((name, frozenset(labels.items())))


async def test_it_wants_the_key(stranger):
    problem(await stranger.get("/metrics"), 401)


async def test_an_empty_installation_counts_nothing(shim):
    value = await scraped(shim)
    assert value("metarr_database_up") == 1
    assert value("metarr_oldest_pending_job_age_seconds") == 0
    assert (value("metarr_cache_assets"), value("metarr_cache_bytes"), value("metarr_spooled_webhooks")) == (0, 0, 0)


async def test_it_says_which_metarr_it_is_and_what_its_process_needs(shim):
    answer = (await shim.client.get("/metrics")).text
    assert 'metarr_build_info{python="3.' in answer
    assert f'version="{version("metarr")}"' in answer
    assert "process_resident_memory_bytes" in answer


async def test_webhooks_and_their_jobs_are_counted_by_state(shim):
    for payload in (radarr.TEST, radarr.DOWNLOAD):
        assert (await shim.send(payload)).status_code == 200
    value = await scraped(shim)
    assert value("metarr_webhook_events", manager_type="radarr", event_type="Test", status="done") == 1
    assert value("metarr_webhook_events", manager_type="radarr", event_type="Download", status="pending") == 1
    assert value("metarr_jobs", job_type="new-media", status="pending") == 1
    assert value("metarr_webhook_answer_seconds_count", manager_type="radarr") == 2


async def test_the_age_of_the_oldest_job_is_told(shim):
    await shim.send(radarr.DOWNLOAD)
    await shim.tables.rows("UPDATE job_queue SET created_at = now() - interval '1 hour', next_retry_at = now()")
    value = await scraped(shim)
    assert 3600 <= value("metarr_oldest_pending_job_age_seconds") < 3700
    assert value("metarr_most_overdue_job_seconds") < 100


async def test_a_job_that_waits_for_its_retry_is_not_overdue(shim):
    await shim.send(radarr.DOWNLOAD)
    await shim.tables.rows("UPDATE job_queue SET next_retry_at = now() + interval '1 hour'")
    assert (await scraped(shim))("metarr_most_overdue_job_seconds") == 0


async def test_event_types_that_a_sender_invents_are_one_series(shim):
    for number in range(5):
        await shim.send({"eventType": f"Invented{number}"})
    value = await scraped(shim)
    statuses = {row["status"] for row in await shim.tables.events()}
    labels = {"manager_type": "radarr", "event_type": "other"}
    assert sum(value("metarr_webhook_events", **labels, status=status) or 0 for status in statuses) == 5


async def test_films_players_and_cache_are_counted(shim):
    await shim.tables.rows(
        "INSERT INTO movies (library_id, title, identification_status) SELECT id, 'A', 'enriched' FROM libraries"
    )
    await shim.tables.rows("INSERT INTO movies (library_id, title, deleted_at) SELECT id, 'B', now() FROM libraries")
    await shim.tables.rows(
        "INSERT INTO player_updates (media_player_id, movie_id, kind) "
        "SELECT p.id, m.id, 'publish' FROM media_players p, movies m"
    )
    for size in (100, 23):
        await shim.tables.rows(
            "INSERT INTO cache_assets (content_hash, file_path, file_size, mime) VALUES (%s, 'x', %s, 'image/png')",
            str(size),
            size,
        )
    value = await scraped(shim)
    assert value("metarr_movies", identification_status="enriched") == 1
    assert value("metarr_movies", identification_status="unidentified") is None
    assert value("metarr_player_updates", status="pending") == 2
    assert (value("metarr_cache_assets"), value("metarr_cache_bytes")) == (2, 123)


async def test_without_a_database_it_answers_with_what_it_knows(settings: Settings):
    document = settings.model_dump()
    document["database"]["url"] = NO_DATABASE
    async with open_shim(Settings.model_validate(document)) as shim:
        assert (await shim.send(radarr.DOWNLOAD)).json()["status"] == "spooled"
        value = await scraped(shim)
    assert value("metarr_database_up") == 0
    assert value("metarr_spooled_webhooks") == 1
    assert value("metarr_jobs", job_type="new-media", status="pending") is None
    assert value("metarr_webhook_answer_seconds_count", manager_type="radarr") == 1


async def test_a_table_that_somebody_holds_does_not_hold_the_answer(shim):
    url = shim.tables.url.replace("postgresql+psycopg", "postgresql")
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("LOCK TABLE job_queue IN ACCESS EXCLUSIVE MODE")
        value = await scraped(shim)
    assert value("metarr_database_up") == 0
