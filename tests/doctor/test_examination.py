from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

from deployments.demo.serving import serve
from metarr_core.errors import StorageUnavailable
from metarr_core.operations.doctor import report
from metarr_core.operations.doctor.examination import Check, aside, examine
from metarr_core.operations.doctor.findings import Finding, Severity, Subject, worst
from metarr_core.settings import Settings
from metarr_core.web.app import create_app
from tests.doctor.conftest import all_well, only

ABOUT = Subject("share")
FINE, POOR, BAD = ABOUT.ok("there"), ABOUT.warning("slow", "wait"), ABOUT.problem("gone", "mount it")


async def test_checks_run_beside_each_other_and_report_in_their_order():
    met = asyncio.Barrier(2)

    def check(finding: Finding) -> Check:
        async def look() -> list[Finding]:
            await met.wait()
            return [finding]

        return Check(ABOUT, look)

    assert await examine([check(BAD), check(FINE)]) == [BAD, FINE]


async def test_a_share_that_hangs_for_ever_holds_up_neither_the_others_nor_the_end():
    never = threading.Event()

    async def hangs() -> list[Finding]:
        return await aside(lambda: [FINE] if never.wait() else [])

    async def works() -> list[Finding]:
        return await aside(lambda: [FINE])

    first, second = await examine([Check(ABOUT, hangs), Check(ABOUT, works)], patience_seconds=0.5)
    never.set()
    assert first.severity is Severity.PROBLEM
    assert "no answer within 0.5 s" in first.sentence
    assert "share" in first.cure
    assert second == FINE


async def test_what_goes_wrong_inside_a_check_is_its_finding():
    async def fails() -> list[Finding]:
        raise StorageUnavailable(Path("/media"))

    async def breaks() -> list[Finding]:
        return await aside(lambda: [FINE] if Path("/no/such").stat() else [])

    first, second = await examine([Check(ABOUT, fails), Check(ABOUT, breaks)])
    assert "is the share mounted?" in first.sentence
    assert "/no/such" in second.sentence


def test_the_report_is_a_line_a_finding_with_its_cure_below():
    assert report.as_text([FINE, POOR, BAD]).splitlines() == [
        "ok       share: there",
        "warning  share: slow",
        "         → wait",
        "problem  share: gone",
        "         → mount it",
        "",
        "1 problem and 1 warning in 3 findings.",
    ]
    assert report.as_text([FINE]).endswith("All is well, by 1 findings.")


def test_the_report_for_programs_is_json():
    assert json.loads(report.as_json([FINE, POOR])) == {
        "severity": "warning",
        "findings": [
            {"subject": "share", "severity": "ok", "sentence": "there", "cure": ""},
            {"subject": "share", "severity": "warning", "sentence": "slow", "cure": "wait"},
        ],
    }


def test_the_worst_of_nothing_is_well():
    assert [worst(findings) for findings in ([], [FINE], [FINE, POOR], [POOR, BAD])] == ["ok", "ok", "warning", "problem"]


async def test_metarr_that_is_down_is_told(says):
    found = only(await says("Metarr"), Severity.WARNING)
    assert "not up" in found.sentence
    assert "metarr up" in found.cure


async def test_metarr_that_is_up_is_told(says, document):
    async with serve(create_app(Settings.model_validate(document), "key")) as url:
        document["web"]["port"] = int(url.rpartition(":")[2])
        assert "up: the web shim answers" in all_well(await says("Metarr"))


async def test_somebody_else_on_the_port_is_not_metarr(says, document, tmdb):
    document["web"]["port"] = int(document["providers"]["tmdb"]["base_url"].removesuffix("/3").rpartition(":")[2])
    assert only(await says("Metarr"), Severity.WARNING)


async def test_a_port_that_is_any_cannot_be_looked_at(says, document):
    document["web"]["port"] = 0
    (found,) = await says("Metarr")
    assert found.severity is Severity.OK
