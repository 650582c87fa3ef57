"""The table of checks, in the order of the report. What knows Prefect is added where Prefect is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from metarr_core.operations.doctor import (
    database,
    libraries,
    managers,
    mappings,
    players,
    programs,
    providers,
    shim,
    storage,
)
from metarr_core.operations.doctor.examination import Check
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient

Look = Callable[[Subject, Patient], Awaitable[list[Finding]]]

OF_THE_INSTALLATION: tuple[tuple[str, Look], ...] = (
    ("Metarr", shim.look),
    ("database", database.look),
    ("data folder", storage.look_at_data),
    ("cache", storage.look_at_cache),
    ("cache size", storage.look_at_cache_size),
    ("ffprobe", programs.look_at_ffprobe),
    ("TMDB", providers.look_at_tmdb),
    ("fanart.tv", providers.look_at_fanart_tv),
    ("path mappings", mappings.look),
    ("settings", libraries.look_for_any),
)


def all_checks(patient: Patient) -> list[Check]:
    """Every check: those of the installation, and one for each library, manager and player."""
    settings = patient.settings
    groups = ((group, player) for group in settings.player_groups for player in group.players)
    return [
        *(_check(name, look, patient) for name, look in OF_THE_INSTALLATION),
        *(_check(f"library '{library.name}'", libraries.look, library) for library in settings.libraries),
        *(_check(f"manager '{manager.name}'", managers.look, patient, manager) for manager in settings.managers),
        *(_check(f"player '{player.name}'", players.look, patient, group, player) for group, player in groups),
    ]


def _check(name: str, look: Callable[..., Awaitable[list[Finding]]], *arguments: object) -> Check:
    about = Subject(name)
    return Check(about, partial(look, about, *arguments))
