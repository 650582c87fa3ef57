"""Chunks of many films, and what is told of their headway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from metarr_core.domain.bulk import Headway, chunk_key, chunks

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_chunks_keep_the_order_and_lose_no_film():
    cut = list(chunks(range(120, 0, -1)))
    assert [len(chunk) for chunk in cut] == [50, 50, 20]
    assert [number for chunk in cut for number in chunk] == list(range(120, 0, -1))
    assert [chunk_key(chunk) for chunk in cut] == ["chunk:enrich:120", "chunk:enrich:70", "chunk:enrich:20"]


def test_the_rate_is_that_of_the_last_minutes_and_tells_the_end():
    headway = Headway(total=1000, done=400, not_enriched=3, done_lately=100, began_at=NOON - timedelta(hours=5), at=NOON)
    assert (headway.left, headway.percent, headway.per_minute) == (600, 40.0, 20.0)
    assert headway.ends_at == NOON + timedelta(minutes=30)
    assert str(headway) == (
        "400 of 1000 films done, 600 left, 3 of them could not be enriched; "
        "20 a minute, the end is expected at 2026-05-01 12:30 UTC"
    )


def test_a_bulk_that_has_just_begun_counts_only_its_own_time():
    headway = Headway(total=10, done=5, not_enriched=0, done_lately=5, began_at=NOON - timedelta(seconds=30), at=NOON)
    assert headway.per_minute == 10.0


def test_nothing_done_lately_tells_no_end():
    headway = Headway(total=10, done=5, not_enriched=0, done_lately=0, began_at=NOON - timedelta(hours=1), at=NOON)
    assert headway.ends_at is None
    assert str(headway) == "5 of 10 films done, 5 left"


def test_nothing_to_do_is_all_done():
    assert Headway(total=0, done=0, not_enriched=0, done_lately=0, began_at=NOON, at=NOON).percent == 100.0
