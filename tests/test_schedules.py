"""When deployments run by themselves."""

from __future__ import annotations

import pytest

from deployments.bootstrap import SCAN, deployment_entries, scheduled
from metarr_core.errors import ConfigurationError
from metarr_core.settings import Settings


def entry(flow: str):
    return next(one for one in deployment_entries() if one["entrypoint"].endswith(f".{flow}"))


def crons(found):
    return [one["cron"] for one in found["schedules"]]


def test_the_schedules_are_those_of_the_design():
    assert {flow: crons(entry(flow)) for flow in ("library_scan", "purge_expired", "clean_cache", "verify_library")} == {
        "library_scan": ["0 3 * * *"],
        "purge_expired": ["0 4 * * *"],
        "clean_cache": ["0 5 * * 0"],
        "verify_library": ["30 5 * * *"],
    }


def test_the_settings_say_when_libraries_are_scanned_and_nothing_of_the_others():
    settings = Settings.model_validate({"scan": {"schedule": "15 2 * * 1"}})
    assert entry("library_scan")["entrypoint"] == SCAN
    assert crons(scheduled(entry("library_scan"), settings)) == ["15 2 * * 1"]
    assert scheduled(entry("purge_expired"), settings) == entry("purge_expired")


def test_what_is_no_cron_is_refused_with_a_sentence():
    settings = Settings.model_validate({"scan": {"schedule": "each night"}})
    with pytest.raises(ConfigurationError, match=r"scan.schedule: 'each night' is no cron, such as 0 3 \* \* \*"):
        scheduled(entry("library_scan"), settings)
