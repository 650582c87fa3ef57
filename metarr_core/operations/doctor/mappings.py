"""Path mappings: does our side of each exist."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from metarr_core.operations.doctor.examination import aside
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient
from metarr_core.settings.entries import Manager, PlayerGroup

Entry = tuple[str, str]
"""The name of an entry of the settings, and its metarr_path."""


async def look(about: Subject, patient: Patient) -> list[Finding]:
    """Whether each metarr_path is a folder."""
    settings = patient.settings
    entries = sorted({*_of(settings.managers), *_of(settings.player_groups)})
    lost = await aside(lambda: [entry for entry in entries if not Path(entry[1]).is_dir()])
    if lost:
        cure = "correct metarr_path: it is the folder as Metarr sees it; or mount what should be there"
        return [about.problem(f"{path}, a metarr_path of '{name}', is no folder here", cure) for name, path in lost]
    return [
        about.ok(f"all {len(entries)} name folders that exist" if entries else "none: all see the folders as Metarr does")
    ]


def _of(parts: Iterable[Manager | PlayerGroup]) -> Iterable[Entry]:
    return ((part.name, mapping.metarr_path) for part in parts for mapping in part.path_mappings)
