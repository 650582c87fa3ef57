"""Each Radarr: does it answer, does it write for Kodi itself, do its root folders fit. Its webhook has a room of its own."""

from __future__ import annotations

import asyncio
from itertools import chain

from metarr_core.clients.radarr import Radarr, RootFolder
from metarr_core.domain import paths
from metarr_core.domain.paths import PathMapping
from metarr_core.errors import ManagerRefuses, ManagerUnreachable
from metarr_core.operations.doctor import radarr_webhook
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient
from metarr_core.settings import Settings
from metarr_core.settings.entries import Manager


async def look(about: Subject, patient: Patient, manager: Manager) -> list[Finding]:
    """Whether a manager is set up as Metarr needs it."""
    if not manager.url or not manager.api_key.get_secret_value():
        cure = f"set url and api_key of '{manager.name}', and the doctor looks at its webhook, Kodi writer and root folders"
        return [about.ok("not asked: its url and api_key are not set", cure)]
    radarr = Radarr(manager, patient.local)
    try:
        version = await radarr.version()
        answers = about.ok(f"{version.name} {version.version} answers and takes the key")
        return [answers, *(await _inside(about, patient.settings, manager, radarr) if manager.type == "radarr" else [])]
    except ManagerRefuses as exc:
        return [about.problem(exc.reason, "copy it from its Settings → General → Security → API Key into api_key")]
    except ManagerUnreachable as exc:
        return [about.problem(exc.reason, f"start it, or correct the url of '{manager.name}' in metarr.toml")]


async def _inside(about: Subject, settings: Settings, manager: Manager, radarr: Radarr) -> list[Finding]:
    webhooks, writes_for_kodi, root_folders = await asyncio.gather(
        radarr.webhooks(), radarr.writes_for_kodi(), radarr.root_folders()
    )
    return [
        *radarr_webhook.judge(about, settings, manager, webhooks),
        _writer(about, writes_for_kodi=writes_for_kodi),
        *chain.from_iterable(_root_folder(about, settings, manager, folder) for folder in root_folders),
    ]


def _writer(about: Subject, *, writes_for_kodi: bool) -> Finding:
    if not writes_for_kodi:
        return about.ok("it leaves NFO and artwork to Metarr")
    sentence = "it writes NFO and artwork for Kodi itself: it would overwrite Metarr's NFO at each of its scans"
    return about.warning(sentence, "untick Enable in its Settings → Metadata → Kodi (XBMC) / Emby")


def _root_folder(about: Subject, settings: Settings, manager: Manager, folder: RootFolder) -> list[Finding]:
    mappings = [PathMapping(mapping.manager_path, mapping.metarr_path) for mapping in manager.path_mappings]
    ours = paths.translate(folder.path, mappings)
    if ours is None:
        cure = f"add one to path_mappings of '{manager.name}', with manager_path = \"{folder.path}\""
        return [about.problem(f"no path mapping fits its root folder {folder.path}: its films are refused", cure)]
    libraries = [str(library.path) for library in settings.libraries]
    if not any(paths.is_within(ours, library) or paths.is_within(library, ours) for library in libraries):
        cure = f"add a library with path {ours}, or correct the path_mappings of '{manager.name}'"
        return [
            about.problem(f"its root folder {folder.path} ({ours} here) lies in no library: its films are refused", cure)
        ]
    if not folder.is_accessible:
        return [about.warning(f"it cannot reach its own root folder {folder.path}", "look at its System → Status")]
    return [about.ok(f"its root folder {folder.path} is {ours} here")]
