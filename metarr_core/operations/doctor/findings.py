"""What the doctor finds: about whom, how bad, in a sentence, and what helps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One line of the report. `cure` is empty where nothing is to be done."""

    subject: str
    severity: Severity
    sentence: str
    cure: str = ""


@dataclass(frozen=True)
class Subject:
    """What a finding is about."""

    name: str

    def ok(self, sentence: str, cure: str = "") -> Finding:
        """All is well; a cure is only a hint then."""
        return Finding(self.name, Severity.OK, sentence, cure)

    def warning(self, sentence: str, cure: str) -> Finding:
        """Metarr works, but not as well as it could."""
        return Finding(self.name, Severity.WARNING, sentence, cure)

    def problem(self, sentence: str, cure: str) -> Finding:
        """Something of Metarr does not work."""
        return Finding(self.name, Severity.PROBLEM, sentence, cure)


def worst(findings: Iterable[Finding]) -> Severity:
    """The worst of some findings."""
    found = {finding.severity for finding in findings}
    return next((severity for severity in (Severity.PROBLEM, Severity.WARNING) if severity in found), Severity.OK)
