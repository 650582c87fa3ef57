"""What a webhook means for us: a job, nothing, or a question that only the user can answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from metarr_core.domain import paths, webhooks
from metarr_core.domain.ids import ImdbId, TitleKey, TmdbId, title_key
from metarr_core.domain.jobs import JobType, JobWanted, Priority
from metarr_core.domain.metadata import Identity
from metarr_core.domain.paths import PathMapping
from metarr_core.errors import InvalidWebhook


@dataclass(frozen=True)
class Filed:
    """The event is kept, and that is all."""

    status: Literal["done", "ignored", "failed", "unroutable"]
    why: str
    title: str | None = None


@dataclass(frozen=True)
class Place:
    """A library's name and folder."""

    name: str
    path: str


def take_in(
    manager_type: str, document: dict[str, Any], mappings: Sequence[PathMapping], libraries: Sequence[Place]
) -> Filed | JobWanted:
    """What an event means. `Test` is recognised before anything else: it looks like a Grab of film 1."""
    kind = webhooks.event_type(document)
    if kind.casefold() == "test":
        return Filed("done", "the connection works")
    if manager_type != "radarr":
        return Filed("ignored", "TV is not supported yet; the event is kept and can be replayed once it is")
    meaning = MEANINGS.get(kind.casefold())
    if meaning is None:
        return Filed("ignored", f"nothing is to be done for '{kind}' yet; the event is kept and can be replayed")
    try:
        return meaning(webhooks.read_event(document), mappings, libraries)
    except InvalidWebhook as exc:
        return Filed("failed", str(exc))


def _import(event: webhooks.Event, mappings: Sequence[PathMapping], libraries: Sequence[Place]) -> Filed | JobWanted:
    """A file has come; what it takes the place of is told by a list beside it, and by `isUpgrade`."""
    job_type = JobType.UPGRADE if event.is_upgrade or event.replaced else JobType.NEW_MEDIA
    return _work_on_file(event, mappings, libraries, job_type)


def _file_gone(event: webhooks.Event, mappings: Sequence[PathMapping], libraries: Sequence[Place]) -> Filed | JobWanted:
    """A file has gone. For an upgrade, the next one is on its way; else the film's folder tells what is left."""
    job_type = JobType.UPGRADE if is_upgrade_announced(event) else JobType.CHECK_MEDIA
    return _work_on_file(event, mappings, libraries, job_type)


def _rename(event: webhooks.Event, mappings: Sequence[PathMapping], libraries: Sequence[Place]) -> Filed | JobWanted:
    """Files have other names. Old Radarrs do not say which: then the film's folder tells."""
    if event.renamed:
        return _work_on_file(event, mappings, libraries, JobType.UPGRADE)
    return JobWanted(JobType.CHECK_MEDIA, named_title(event), display_title(event), Priority.HIGH)


def _grab(event: webhooks.Event, _: Sequence[PathMapping], __: Sequence[Place]) -> Filed | JobWanted:
    """A better file is on its way; of a film that we do not know, there is nothing to prepare."""
    return JobWanted(JobType.PREPARE_UPGRADE, named_title(event), display_title(event), Priority.HIGH)


def is_upgrade_announced(event: webhooks.Event) -> bool:
    """Whether a MovieFileDelete only makes room for the next file."""
    return (event.delete_reason or "").casefold() == "upgrade"


def _work_on_file(
    event: webhooks.Event, mappings: Sequence[PathMapping], libraries: Sequence[Place], job_type: JobType
) -> Filed | JobWanted:
    file = imported_file(event, mappings)
    title = display_title(event)
    if library_of(file.path, libraries) is None:
        return Filed("unroutable", _unroutable(file, libraries), title)
    priority = Priority.HIGH if job_type is JobType.CHECK_MEDIA else Priority.CRITICAL
    return JobWanted(job_type, file.title_key, title, priority)


def _delete(event: webhooks.Event, _: Sequence[PathMapping], __: Sequence[Place]) -> Filed | JobWanted:
    """A film that left its manager; whether we know it, and in which library, is found out by the run."""
    return JobWanted(JobType.DELETE_MEDIA, named_title(event), display_title(event), Priority.HIGH)


def _added(event: webhooks.Event, _: Sequence[PathMapping], __: Sequence[Place]) -> Filed | JobWanted:
    """A film that is in the trash may come back; of any other, its first file tells."""
    return JobWanted(JobType.RESTORE_MEDIA, named_title(event), display_title(event), Priority.HIGH)


MEANINGS: dict[str, Callable[[webhooks.Event, Sequence[PathMapping], Sequence[Place]], Filed | JobWanted]] = {
    "download": _import,
    "import": _import,
    "moviefiledelete": _file_gone,
    "moviedelete": _delete,
    "rename": _rename,
    "grab": _grab,
    "movieadded": _added,
}
"""What Radarr's events mean, by eventType in lower case."""


@dataclass(frozen=True)
class ImportedFile:
    """A file that a manager tells of: its own path, ours, and the title it belongs to."""

    manager_path: str
    path: str
    title_key: TitleKey


def imported_file(event: webhooks.Event, mappings: Sequence[PathMapping]) -> ImportedFile:
    """The file of an event. Raises InvalidWebhook."""
    told = webhooks.imported_path(event)
    path = our_path(told, mappings)
    film = identity_of(event)
    return ImportedFile(told, path, title_key(film.tmdb_id, film.imdb_id, path))


def our_path(told: str, mappings: Sequence[PathMapping]) -> str:
    """A manager's path as Metarr sees it; the same where no mapping fits."""
    return paths.translate(told, mappings) or told


def replaced_paths(event: webhooks.Event, mappings: Sequence[PathMapping]) -> list[str]:
    """The files that are gone for another one, by our paths; what names no sensible path is passed over."""
    files = [*event.replaced, *(one.former for one in event.renamed)]
    files += [event.movie_file] if event.movie_file and is_upgrade_announced(event) else []
    found = []
    for file in files:
        with suppress(InvalidWebhook):
            found.append(our_path(webhooks.path_of(event, file), mappings))
    return found


def vanished_paths(event: webhooks.Event, mappings: Sequence[PathMapping]) -> list[str]:
    """The file that a MovieFileDelete names, by our path; nothing where it names none."""
    return [imported_file(event, mappings).path] if event.movie_file else []


def title_of(event: webhooks.Event, mappings: Sequence[PathMapping]) -> TitleKey:
    """The title that an event is about, by the film's ids, else by its file. Raises InvalidWebhook."""
    return imported_file(event, mappings).title_key if event.movie_file else named_title(event)


def identity_of(event: webhooks.Event) -> Identity:
    """Which film an event is about, as far as it tells."""
    movie = event.movie or webhooks.Movie()
    return Identity(
        title=movie.title or "",
        year=movie.year,
        tmdb_id=TmdbId(movie.tmdb_id) if movie.tmdb_id else None,
        imdb_id=ImdbId(movie.imdb_id) if movie.imdb_id else None,
    )


def named_title(event: webhooks.Event) -> TitleKey:
    """The title of an event about no file. Raises InvalidWebhook where no id names it: a folder's name is no proof."""
    film = identity_of(event)
    if not (film.tmdb_id or film.imdb_id):
        raise InvalidWebhook("the event names no film (movie.tmdbId or movie.imdbId); nothing is done on a guess")
    return title_key(film.tmdb_id, film.imdb_id, "")


def library_of(path: str, libraries: Sequence[Place]) -> Place | None:
    """The library that a path lies in."""
    return next((library for library in libraries if paths.is_within(path, library.path)), None)


def display_title(event: webhooks.Event) -> str:
    """The film as people name it: Sintel (2010)."""
    movie = event.movie or webhooks.Movie()
    title = movie.title or "unknown film"
    return f"{title} ({movie.year})" if movie.year else title


def _unroutable(imported: ImportedFile, libraries: Sequence[Place]) -> str:
    tried = ", ".join(f"'{library.name}' ({library.path})" for library in libraries) or "none: no library is set"
    seen = "" if imported.path == imported.manager_path else f", which is '{imported.manager_path}' to the manager"
    return (
        f"no library holds '{imported.path}'{seen}; tried were {tried}. "
        "Add the library or a path mapping of the manager to metarr.toml, restart, and replay the event"
    )
