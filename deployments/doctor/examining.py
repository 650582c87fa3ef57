"""Puts core and Prefect together, and prints what was found."""

from __future__ import annotations

from functools import partial

from deployments.doctor import engine
from metarr_core.logs import redact
from metarr_core.operations.doctor import contents, report
from metarr_core.operations.doctor.checks import all_checks
from metarr_core.operations.doctor.examination import Check, examine
from metarr_core.operations.doctor.findings import Finding, Severity, Subject, worst
from metarr_core.operations.doctor.patient import open_patient
from metarr_core.settings import Settings


async def run(settings: Settings, *, as_json: bool, cache: str | None = None) -> int:
    """Look at everything and print the report; gives the exit status, 1 where there is a problem."""
    findings = await look_at_everything(settings)
    if cache is not None:
        findings += await contents.look(Subject("Cache, read"), settings, reads_all=cache == "all")
    print(redact(report.as_json(findings) if as_json else report.as_text(findings)))  # noqa: T201 - a command prints
    return 1 if worst(findings) is Severity.PROBLEM else 0


async def look_at_everything(settings: Settings) -> list[Finding]:
    """Every finding, in the order of the report."""
    async with open_patient(settings) as patient:
        about = Subject("Prefect")
        first, second, *others = all_checks(patient)
        return await examine([first, second, Check(about, partial(engine.look, about, patient)), *others])
