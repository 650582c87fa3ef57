"""The report, for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from metarr_core.operations.doctor.findings import Finding, Severity, worst

WIDTH = len(Severity.PROBLEM)


def as_text(findings: Sequence[Finding]) -> str:
    """A line a finding, its cure below it, and a summary."""
    lines = [line for finding in findings for line in _lines(finding)]
    return "\n".join([*lines, "", _summary(findings)])


def _lines(finding: Finding) -> list[str]:
    line = f"{finding.severity:<{WIDTH}}  {finding.subject}: {finding.sentence}"
    return [line, f"{'':<{WIDTH}}  → {finding.cure}"] if finding.cure else [line]


def _summary(findings: Sequence[Finding]) -> str:
    times = Counter(finding.severity for finding in findings)
    told = [_times(times[severity], severity) for severity in (Severity.PROBLEM, Severity.WARNING) if times[severity]]
    return f"{' and '.join(told)} in {len(findings)} findings." if told else f"All is well, by {len(findings)} findings."


def _times(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def as_json(findings: Sequence[Finding]) -> str:
    """An object with the worst severity and all findings."""
    document = {"severity": worst(findings), "findings": [asdict(finding) for finding in findings]}
    return json.dumps(document, ensure_ascii=False, indent=2)
