"""Each player: does it answer, and does it see the libraries as the path mappings say."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from metarr_core.clients.kodi import Kodi, KodiVersion
from metarr_core.db import library_files
from metarr_core.db.engine import Database
from metarr_core.db.library_files import PublishedFilm
from metarr_core.domain import paths
from metarr_core.domain.paths import PathMapping
from metarr_core.errors import DatabaseUnavailable, PlayerRefuses, PlayerUnreachable
from metarr_core.operations.doctor.examination import aside
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient
from metarr_core.settings.entries import Library, Player, PlayerGroup

OLDEST_TRIED = 20
HOW_TO_ADD = "content Movies, information provider 'Local information only'"


@dataclass(frozen=True)
class View:
    """A library as a player sees it."""

    about: Subject
    kodi: Kodi
    group: PlayerGroup
    library: Library

    def seen(self, path: str) -> str | None:
        """A path of ours in the player's words; None where no path mapping fits."""
        mappings = [PathMapping(mapping.metarr_path, mapping.player_path) for mapping in self.group.path_mappings]
        return paths.translate(path, mappings)


async def look(about: Subject, patient: Patient, group: PlayerGroup, player: Player) -> list[Finding]:
    """Whether a player can be told, and will find what it is told of."""
    kodi = Kodi(player, patient.local)
    views = [View(about, kodi, group, library) for library in patient.settings.libraries if group.shows(library.name)]
    try:
        version, sources = await kodi.version(), await kodi.video_sources()
        return [_version(about, version), *[await _library(view, sources, patient.database) for view in views]]
    except PlayerRefuses as exc:
        return [about.problem(exc.reason, "take them from Kodi's Settings → Services → Control")]
    except PlayerUnreachable as exc:
        cure = (
            "switch it on; its Settings → Services → Control must allow remote control via HTTP. It is told when it is back"
        )
        return [about.warning(exc.reason, cure)]


def _version(about: Subject, version: KodiVersion) -> Finding:
    sentence = f"{version.name} {version.major}.{version.minor} answers and takes the credentials"
    if version.major < OLDEST_TRIED:
        return about.warning(
            f"{sentence}, but Metarr was never tried with it", f"upgrade it to Kodi {OLDEST_TRIED} or newer"
        )
    return about.ok(sentence)


async def _library(view: View, sources: list[str], database: Database | None) -> Finding:
    about, name, folder = view.about, view.library.name, view.seen(str(view.library.path))
    if folder is None:
        cure = f"add one to path_mappings of '{view.group.name}', with metarr_path = \"{view.library.path}\""
        return about.problem(f"no path mapping of '{view.group.name}' fits the library '{name}' ({view.library.path})", cure)
    if not any(paths.is_within(_plain(folder), _plain(source)) for source in sources):
        cure = (
            f"add it in Kodi (Videos → Files → Add videos…; {HOW_TO_ADD}), or correct path_mappings of '{view.group.name}'"
        )
        return about.problem(f"none of its video sources holds {folder}, the library '{name}'", cure)
    trouble = await _folder(view, folder) or await _newest_film(view, database)
    return trouble or about.ok(f"it sees the library '{name}' at {folder}")


def _plain(path: str) -> str:
    """Without user and password: Kodi may keep them in a source, and hide them when it is asked."""
    place = urlsplit(path).netloc
    return path.replace(place, place.rpartition("@")[2], 1) if place else path


async def _folder(view: View, folder: str) -> Finding | None:
    """What keeps the player from seeing what we see; None: nothing."""
    cure = f"does {folder} open in Kodi's own file view? Mount it, or correct path_mappings of '{view.group.name}'"
    try:
        count = await view.kodi.count_entries(paths.as_folder(folder))
    except PlayerUnreachable as exc:
        return view.about.problem(f"it cannot list {folder}, the library '{view.library.name}': {exc.reason}", cure)
    path = view.library.path
    ours = await aside(lambda: sum(1 for _ in path.iterdir()) if path.is_dir() else 0)
    if ours and not count:
        return view.about.problem(f"it sees an empty folder at {folder}, where Metarr sees {ours:,} entries", cure)
    return None


async def _newest_film(view: View, database: Database | None) -> Finding | None:
    """Whether it shows the film that was published last: that a source reads NFO files cannot be asked for."""
    newest = await _published_last(view.library, database)
    file = view.seen(newest.path) if newest else None
    if newest is None or file is None:
        return None
    if any(movie.file == file for movie in await view.kodi.movies_in(paths.as_folder(paths.parent(file)))):
        return None
    cure = f"set this source to {HOW_TO_ADD}, then update the library; /api/v1/player-updates tells what it waits for"
    return view.about.warning(f"it does not show '{newest.title}', the film that was published last", cure)


async def _published_last(library: Library, database: Database | None) -> PublishedFilm | None:
    """None also without a database: its own check tells."""
    if database is None:
        return None
    try:
        async with database.transaction() as session:
            return await library_files.newest_film(session, library.name)
    except DatabaseUnavailable:
        return None
