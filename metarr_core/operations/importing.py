"""Records what was imported: the film, its file, and the first metadata from whoever told us."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import activity, events, jobs, movie_files, movies
from metarr_core.db.tables.jobs import WebhookEvent
from metarr_core.db.tables.movies import Movie
from metarr_core.domain import metadata as md
from metarr_core.domain import webhooks
from metarr_core.domain.fingerprint import Fingerprint
from metarr_core.domain.ids import EventId, FileId, MovieId, TitleKey, title_key
from metarr_core.domain.intake import Place, identity_of, imported_file, library_of, replaced_paths
from metarr_core.domain.jobs import JobType, Priority
from metarr_core.errors import ConfigurationError, FileNotVisibleYet
from metarr_core.files.fingerprint import fingerprint, is_there
from metarr_core.operations import trash
from metarr_core.operations.inbox import Source, path_mappings
from metarr_core.runtime import Runtime, now

IMPORTS = (JobType.NEW_MEDIA, JobType.UPGRADE)
"""The jobs that bring a film's file."""


@dataclass(frozen=True)
class Import:
    """A file that was imported, with what its source knows of the film."""

    path: Path
    library: str
    manager: str | None
    identity: md.Identity
    metadata: md.Metadata
    event_id: EventId | None = None
    replaces: tuple[Path, ...] = ()
    """The files whose place it takes, as far as its source tells."""

    @property
    def title_key(self) -> TitleKey:
        """The title that it belongs to."""
        return title_key(self.identity.tmdb_id, self.identity.imdb_id, str(self.path))

    @property
    def has_id(self) -> bool:
        """Whether its source knows which film it is."""
        return bool(self.identity.tmdb_id or self.identity.imdb_id)

    @property
    def title(self) -> str:
        """The film as people name it: Sintel (2010)."""
        return f"{self.identity.title} ({self.identity.year})" if self.identity.year else self.identity.title


async def imports_of_events(runtime: Runtime, event_ids: Sequence[EventId]) -> list[Import]:
    """What webhooks tell of imports, oldest first. Raises InvalidWebhook, ConfigurationError, NotFoundError."""
    async with runtime.database.transaction() as session:
        stored = [await events.get(session, event_id) for event_id in sorted(event_ids)]
    return [import_of_event(runtime, event) for event in stored]


def arrivals_of_event(runtime: Runtime, stored: WebhookEvent) -> list[Import]:
    """The files that one webhook says are there now: imported, or renamed. Raises InvalidWebhook, ConfigurationError."""
    event = webhooks.read_event(webhooks.read_object(stored.body))
    each = [event.model_copy(update={"movie_file": file}) for file in event.renamed] or [event]
    return [_import_of(runtime, stored, one) for one in each]


def import_of_event(runtime: Runtime, stored: WebhookEvent) -> Import:
    """What one webhook tells of an import. Raises InvalidWebhook, ConfigurationError."""
    return arrivals_of_event(runtime, stored)[-1]


def _import_of(runtime: Runtime, stored: WebhookEvent, event: webhooks.Event) -> Import:
    source = Source(stored.manager_type, stored.manager)
    mappings = path_mappings(runtime.settings, source)
    imported = imported_file(event, mappings)
    movie = event.movie or webhooks.Movie()
    film = identity_of(event)
    title = film.title or Path(imported.path).stem
    fields: dict[str, md.Scalar | None] = {
        "title": title,
        "year": movie.year,
        "plot": movie.overview,
        "release_date": movie.release_date,
    }
    found = import_of_path(
        runtime,
        Path(imported.path),
        replace(film, title=title),
        manager=source.manager or event.instance_name,
        metadata=md.Metadata(
            fields={name: value for name, value in fields.items() if value is not None}, genres=tuple(movie.genres) or None
        ),
    )
    replaces = tuple(Path(path) for path in replaced_paths(event, mappings))
    return replace(found, event_id=EventId(stored.id), replaces=replaces)


def import_of_path(
    runtime: Runtime,
    path: Path,
    identity: md.Identity,
    *,
    manager: str | None = None,
    metadata: md.Metadata | None = None,
) -> Import:
    """An import of a file that lies in one of the libraries. Raises ConfigurationError."""
    libraries = [Place(library.name, str(library.path)) for library in runtime.settings.libraries]
    library = library_of(str(path), libraries)
    if library is None:
        raise ConfigurationError(f"libraries: none holds {path}; add one to metarr.toml")
    return Import(path, library.name, manager, identity, metadata or md.Metadata())


async def known_film(runtime: Runtime, identity: md.Identity, path: str = "") -> MovieId | None:
    """The film that somebody tells of, by its ids, else by a file of it; None: nobody knows it."""
    async with runtime.database.transaction() as session:
        movie = await movies.find(session, identity, path)
        return MovieId(movie.id) if movie else None


async def record(runtime: Runtime, imports: Sequence[Import], priority: Priority) -> MovieId:
    """Record imports of one film; a file that a later import replaced meanwhile is passed over.

    Raises FileNotVisibleYet when the last file is not there, StorageUnavailable.
    """
    seen = await _visible(imports)
    async with runtime.database.transaction() as session:
        movie: Movie | None = None
        for one, found in seen:
            movie = await _record_one(session, one, found, priority)
        assert movie is not None  # noqa: S101 - the last import is always visible here
        movie_id = MovieId(movie.id)
        others = [(FileId(file.id), Path(file.path)) for file in await movie_files.present(session, movie_id)]
    await _mark_missing(runtime, movie_id, others)
    return movie_id


async def _visible(imports: Sequence[Import]) -> list[tuple[Import, Fingerprint]]:
    seen = []
    for one in imports:
        try:
            seen.append((one, await asyncio.to_thread(fingerprint, one.path)))
        except FileNotVisibleYet:
            if one is imports[-1]:
                raise
    return seen


async def _record_one(session: AsyncSession, one: Import, found: Fingerprint, priority: Priority) -> Movie:
    movie = await movies.find(session, one.identity, str(one.path))
    is_new = movie is None
    if movie is None:
        movie = await movies.add(session, one.identity, one.library, priority)
    await movie_files.record(session, movie, one.library, one.manager, str(one.path), found)
    await trash.restore(session, MovieId(movie.id), f"{one.path.name} was imported", now())
    await movies.write_metadata(session, movie, one.metadata, who=md.Who.MANAGER, only_gaps=True)
    what, kind = ("is new", "movie.added") if is_new else ("has a file", "movie.imported")
    description = f"{one.identity.title} {what}: {one.path.name}"
    activity.tell(
        session, kind, description, movie_id=MovieId(movie.id), severity="success", details={"path": str(one.path)}
    )
    return movie


async def split(runtime: Runtime, imports: Sequence[Import]) -> tuple[list[Import], Path | None]:
    """Those whose file is there, and the last one's file, if that is still to come. Raises StorageUnavailable."""
    there = await asyncio.to_thread(lambda: [one for one in imports if is_there(one.path)])
    last = imports[-1]
    if last in there or await overtaken(runtime, imports) or await _was_replaced(runtime, last):
        return there, None
    return there, last.path


async def overtaken(runtime: Runtime, imports: Sequence[Import]) -> MovieId | None:
    """The film, where a later import of it is done: then a file that is not there was replaced, and will never come."""
    last = imports[-1]
    if last.event_id is None:
        return None
    async with runtime.database.transaction() as session:
        if not await jobs.is_overtaken(session, last.title_key, last.event_id, IMPORTS):
            return None
        movie = await movies.find(session, last.identity, str(last.path))
        return MovieId(movie.id) if movie else None


async def _was_replaced(runtime: Runtime, last: Import) -> bool:
    """Whether a file that is not there has had its time: the webhook comes once more, or after those that followed it.

    Then the film has another file, of which this webhook does not say that it is gone.
    """
    async with runtime.database.transaction() as session:
        if (movie := await movies.find(session, last.identity, str(last.path))) is None:
            return False
        movie_id = MovieId(movie.id)
        files = await movie_files.of_movie(session, movie_id)
        is_past = await activity.was_replaced(session, movie_id, str(last.path))
    is_past |= any(file.path == str(last.path) and file.missing_since is not None for file in files)
    present = {Path(file.path) for file in files if file.missing_since is None}
    others = present - {last.path, *last.replaces}
    return is_past and await asyncio.to_thread(lambda: any(is_there(path) for path in others))


async def _mark_missing(runtime: Runtime, movie_id: MovieId, files: Sequence[tuple[FileId, Path]]) -> None:
    """Files of the film that an import replaced. Nothing of theirs is deleted; that is not for an import to decide."""
    there = await asyncio.to_thread(lambda: [is_there(path) for _, path in files])
    async with runtime.database.transaction() as session:
        for (file_id, path), is_present in zip(files, there, strict=True):
            if not is_present:
                await movie_files.mark_missing(session, file_id, now())
                activity.tell(session, "file.missing", f"{path.name} is gone", movie_id=movie_id, severity="warning")
        await movie_files.mirror_best(session, movie_id)
