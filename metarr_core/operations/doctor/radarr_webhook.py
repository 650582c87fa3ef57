"""Radarr's connection to us: is there one, does it name its manager, and for which events is it sent.

It is known by its path. Its host may be any name under which Radarr reaches us, and its key is hidden by Radarr's API.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from metarr_core.clients.radarr import Webhook
from metarr_core.operations.doctor.findings import Finding, Severity, Subject
from metarr_core.settings import Settings
from metarr_core.settings.entries import Manager

PATH = "/webhooks/radarr"


@dataclass(frozen=True)
class Tick:
    """An event as Radarr's API and its page name it, and what is lost without it."""

    field: str
    label: str
    loss: str
    severity: Severity = Severity.WARNING


TICKS = (
    Tick("onDownload", "On File Import", "Metarr does not hear of new films", Severity.PROBLEM),
    Tick(
        "onUpgrade", "On File Upgrade", "after an upgrade, artwork and NFO stay away until the next scan", Severity.PROBLEM
    ),
    Tick("onRename", "On Rename", "after a rename, NFO and artwork keep the old name until the next scan"),
    Tick("onMovieFileDelete", "On Movie File Delete", "a deleted file is noticed only by the next scan"),
    Tick(
        "onMovieFileDeleteForUpgrade",
        "On Movie File Delete For Upgrade",
        "where somebody is in a film cannot be kept at the moment when its file is replaced",
    ),
    Tick("onMovieDelete", "On Movie Delete", "a film that Radarr drops stays until the next scan"),
    Tick("onMovieAdded", "On Movie Added", "a film that comes back is taken out of the trash only with its next file"),
    Tick("onGrab", "On Grab", "Metarr does not know of an upgrade before it happens, and remembers playback too late"),
)


def judge(about: Subject, settings: Settings, manager: Manager, webhooks: Sequence[Webhook]) -> list[Finding]:
    """What is right and wrong with a Radarr's webhooks."""
    ours = [webhook for webhook in webhooks if _manager_of(settings, webhook) in _names(settings, manager)]
    if not ours:
        return [_missing(about, settings, manager, webhooks)]
    return [
        *(_limited(about, webhook) for webhook in ours if webhook.is_for_some_tags_only),
        *_ticks(about, ours),
    ]


def _manager_of(settings: Settings, webhook: Webhook) -> str | None:
    """The name at the end of a webhook's address, empty where there is none; None where it is not for us."""
    path = urlsplit(webhook.url).path.rstrip("/")
    ours = settings.web.base_path + PATH
    if path != ours and not path.startswith(f"{ours}/"):
        return None
    return unquote(path.removeprefix(ours).removeprefix("/"))


def _names(settings: Settings, manager: Manager) -> set[str]:
    """The names under which a manager may send: without one only where it is the only Radarr."""
    is_only = sum(other.type == manager.type for other in settings.managers) == 1
    return {manager.name, ""} if is_only else {manager.name}


def _missing(about: Subject, settings: Settings, manager: Manager, webhooks: Sequence[Webhook]) -> Finding:
    address = f"http://<metarr>:{settings.web.port}{settings.web.base_path}{PATH}/{manager.name}"
    strays = [webhook for webhook in webhooks if _manager_of(settings, webhook) is not None]
    if strays:
        sentence = f"its webhook '{strays[0].name}' does not end in this manager's name, so its paths cannot be mapped"
        return about.problem(sentence, f"in its Settings → Connect → {strays[0].name}, set the URL to {address}")
    cure = f"in its Settings → Connect → + → Webhook, set the URL to {address} and the password to Metarr's API key"
    return about.problem("it has no webhook to Metarr: Metarr does not hear of its films", cure)


def _limited(about: Subject, webhook: Webhook) -> Finding:
    sentence = f"its webhook '{webhook.name}' has tags: Metarr hears only of films with one of them"
    return about.warning(sentence, f"take the tags away in its Settings → Connect → {webhook.name}")


def _ticks(about: Subject, ours: Sequence[Webhook]) -> list[Finding]:
    name, ticked = ours[0].name, frozenset[str]().union(*(webhook.events for webhook in ours))
    missing = [tick for tick in TICKS if tick.field not in ticked]
    if not missing:
        return [about.ok(f"its webhook '{name}' is sent for all that Metarr wants to know")]
    return [
        Finding(
            about.name,
            tick.severity,
            f"its webhook '{name}' lacks the tick '{tick.label}': {tick.loss}",
            f"tick '{tick.label}' in its Settings → Connect → {name}",
        )
        for tick in missing
    ]
