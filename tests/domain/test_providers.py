"""When a provider is left in peace."""

from datetime import UTC, datetime, timedelta

import pytest

from metarr_core.domain.providers import Pause, breaker_pause, is_in_force

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(0, None), (1, None), (4, None), (5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 30), (50, 30), (10**6, 30)],
)
def test_a_provider_is_paused_after_five_failures_in_a_row_and_ever_longer_up_to_half_an_hour(failures, minutes):
    pause = breaker_pause(failures, NOW, "HTTP 503")
    assert (pause.until - NOW if pause else None) == (timedelta(minutes=minutes) if minutes else None)


def test_the_pause_of_a_breaker_says_why_and_holds_for_every_key():
    pause = breaker_pause(5, NOW, "HTTP 503")
    assert pause.why == "5 failures in a row; the last: HTTP 503"
    assert pause.key_fingerprint is None


@pytest.mark.parametrize(
    ("until", "of_key", "own_key", "holds"),
    [
        (timedelta(seconds=1), None, "a", True),
        (timedelta(0), None, "a", False),
        (timedelta(seconds=-1), None, "a", False),
        (timedelta(hours=1), "a", "a", True),
        (timedelta(hours=1), "a", "b", False),
        (timedelta(hours=-1), "a", "a", False),
    ],
)
def test_a_pause_holds_until_its_end_and_one_for_a_refused_key_for_that_key_alone(until, of_key, own_key, holds):
    assert is_in_force(Pause(NOW + until, "why", of_key), NOW, own_key) is holds


def test_no_pause_holds_nobody():
    assert is_in_force(None, NOW, "a") is False
