"""Each library: can we read and write it, can the others read it, and do we leave files that Radarr can replace."""

from __future__ import annotations

import os

from metarr_core.files import folders
from metarr_core.files.folders import Folder
from metarr_core.operations.doctor.examination import aside
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient
from metarr_core.settings.entries import Library


async def look_for_any(about: Subject, patient: Patient) -> list[Finding]:
    """Whether there is anything to work on, and anybody to tell."""
    settings, wanting = patient.settings, []
    if not settings.libraries:
        wanting.append(
            about.problem("no library: every film is refused", "add a [[libraries]] table with its name and path")
        )
    if not settings.managers:
        cure = "add a [[managers]] table with its name and type"
        wanting.append(about.warning("no manager: its paths cannot be mapped, nor its set-up looked at", cure))
    if not any(group.players for group in settings.player_groups):
        cure = "add [[player_groups]] with [[player_groups.players]]"
        wanting.append(about.warning("no player: files are written, and nobody is told", cure))
    return wanting or [about.ok("there are libraries, managers and players")]


async def look(about: Subject, library: Library) -> list[Finding]:
    """Whether a library can be used."""
    return await aside(lambda: findings_of(about, library))


def findings_of(about: Subject, library: Library) -> list[Finding]:
    """The same at once, in this thread."""
    path = library.path
    if not path.exists():
        return [about.problem(f"{path} does not exist", "mount the share, or correct the library's path in metarr.toml")]
    if not path.is_dir():
        return [about.problem(f"{path} is no folder", "set the library's path to the folder that holds the films")]
    try:
        folder = folders.look_into(path)
    except OSError as exc:
        return [about.problem(f"{path} cannot be read: {exc.strerror}", f"let {_we()} read it, or mount the share again")]
    troubles = [*_writing(about, folder), *_reading(about, folder), *_owning(about, folder)]
    return [_summary(about, folder), *troubles]


def _summary(about: Subject, folder: Folder) -> Finding:
    place = "a mount point" if folder.is_mount else "not a mount point of its own"
    if not folder.entries:
        cure = "mount the share, if films should be there; nothing is ever removed because a library is empty"
        return about.warning(f"{folder.path} is empty ({place})", cure)
    return about.ok(f"{folder.path} can be read: {folder.folders:,} folders, {place}")


def _writing(about: Subject, folder: Folder) -> list[Finding]:
    if folder.write_refusal:
        cure = f"let {_we()} write there: is the share read-only, or the folder's owner or mode another?"
        return [about.problem(f"{folder.path} cannot be written: {folder.write_refusal}", cure)]
    if folder.closed:
        cure = f"let {_we()} write there: run Metarr as their owner, or `chmod g+w` them for a group that it is in"
        sentence = f"{len(folder.closed):,} of its folders cannot be written, such as {folder.closed[0]}"
        return [about.problem(sentence, cure)]
    return [about.ok("it can be written")]


def _reading(about: Subject, folder: Folder) -> list[Finding]:
    if folder.is_readable_by_others:
        return []
    cure = f"`chmod o+rx {folder.path}`, unless Radarr and the players read it through its group or a share of their own"
    return [about.warning(f"{folder.path} is closed to other users (mode {folder.mode:04o})", cure)]


def _owning(about: Subject, folder: Folder) -> list[Finding]:
    strangers = folder.owners - {os.geteuid()}
    if os.geteuid() == 0 or not strangers or folder.write_refusal or folder.closed:
        return []  # as root, what is written is given to the folder's owner
    owners = ", ".join(map(str, sorted(strangers)))
    cure = f"run Metarr as user {min(strangers)} (PUID, or `user:` of the container), as Radarr runs"
    sentence = f"folders belong to user {owners}, what we write to user {os.geteuid()}: Radarr may not be able to replace it"
    return [about.warning(sentence, cure)]


def _we() -> str:
    return f"user {os.geteuid()}, as which Metarr runs,"
