"""Radarr's webhooks, read with patience.

Nulls are missing keys, `deletedFiles` is a list in Download and a bool in MovieDelete, `movieFile.path` was the download
client's path before Radarr 5.10.1, year can be 0 and releaseDate 9999-12-31. What is odd becomes None; only what the work
cannot do without is refused. Source: Radarr's WebhookBase.cs and captured payloads.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from metarr_core.domain import paths
from metarr_core.domain.text import storable
from metarr_core.errors import InvalidWebhook

LAST_SENSIBLE_YEAR = 2200
FIRST_FILM_YEAR = 1870
MAX_ID = 2**31 - 1
MAX_SIZE = 2**62


def _text(value: Any) -> str | None:
    return storable(value).strip() or None if isinstance(value, str) else None


def _path(value: Any) -> str | None:
    """Paths may begin and end with blanks: nothing is stripped."""
    return storable(value) or None if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    return [text for item in value if (text := _text(item))] if isinstance(value, list) else []


def _number(value: Any, low: int, high: int) -> int | None:
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value) if len(value) < len(str(MAX_SIZE)) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None


def _date(value: Any) -> date | None:
    try:
        found = date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
    return found if FIRST_FILM_YEAR <= found.year <= LAST_SENSIBLE_YEAR else None


def _imdb(value: Any) -> str | None:
    text = _text(value)
    return text if text and text.startswith("tt") and text[2:].isdecimal() else None


Text = Annotated[str | None, BeforeValidator(_text)]
Path = Annotated[str | None, BeforeValidator(_path)]
Texts = Annotated[list[str], BeforeValidator(_texts)]
Flag = Annotated[bool, BeforeValidator(lambda value: value is True)]
ProviderId = Annotated[int | None, BeforeValidator(lambda value: _number(value, 1, MAX_ID))]
Year = Annotated[int | None, BeforeValidator(lambda value: _number(value, FIRST_FILM_YEAR, LAST_SENSIBLE_YEAR))]
Size = Annotated[int | None, BeforeValidator(lambda value: _number(value, 0, MAX_SIZE))]
Day = Annotated[date | None, BeforeValidator(_date)]
Imdb = Annotated[str | None, BeforeValidator(_imdb)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Movie(_Part):
    """The film of an event."""

    title: Text = None
    year: Year = None
    tmdb_id: ProviderId = Field(None, alias="tmdbId")
    imdb_id: Imdb = Field(None, alias="imdbId")
    folder_path: Path = Field(None, alias="folderPath")
    overview: Text = None
    genres: Texts = []
    release_date: Day = Field(None, alias="releaseDate")


class MovieFile(_Part):
    """A file of an event; `path` is only trusted within the film's folder."""

    relative_path: Path = Field(None, alias="relativePath")
    path: Path = None
    size: Size = None


class Release(_Part):
    """What was grabbed."""

    release_title: Text = Field(None, alias="releaseTitle")


class RenamedFile(MovieFile):
    """A file that got another name."""

    previous_relative_path: Path = Field(None, alias="previousRelativePath")
    previous_path: Path = Field(None, alias="previousPath")

    @property
    def former(self) -> MovieFile:
        """The file as it was called before."""
        return MovieFile(relativePath=self.previous_relative_path, path=self.previous_path)


def _files(value: Any) -> list[Any]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _object_or_none(value: Any) -> Any:
    return value if isinstance(value, dict) else None


def _yes_or_files(value: Any) -> bool | list[Any]:
    """`deletedFiles` is a yes or no in MovieDelete, and a list in Download."""
    return value is True or _files(value)


class Event(_Part):
    """One webhook of a Radarr."""

    event_type: Text = Field(None, alias="eventType")
    instance_name: Text = Field(None, alias="instanceName")
    movie: Movie | None = None
    movie_file: MovieFile | None = Field(None, alias="movieFile")
    is_upgrade: Flag = Field(False, alias="isUpgrade")
    deleted_files: Annotated[bool | list[MovieFile], BeforeValidator(_yes_or_files)] = Field(False, alias="deletedFiles")
    delete_reason: Text = Field(None, alias="deleteReason")
    """Of MovieFileDelete: upgrade, manual, missingFromDisk, noLinkedEpisodes or manualOverride."""
    renamed: Annotated[list[RenamedFile], BeforeValidator(_files)] = Field([], alias="renamedMovieFiles")
    release: Annotated[Release | None, BeforeValidator(_object_or_none)] = None

    @property
    def files_are_deleted(self) -> bool:
        """Of MovieDelete: whether the files go with the film."""
        return self.deleted_files is True

    @property
    def replaced(self) -> list[MovieFile]:
        """Of Download: the files that the new one takes the place of."""
        return self.deleted_files if isinstance(self.deleted_files, list) else []


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a webhook's body. Raises InvalidWebhook."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise InvalidWebhook("the body is not JSON; send the webhook as Radarr or Sonarr does") from exc
    if not isinstance(document, dict):
        raise InvalidWebhook(f"the body is a JSON {_kind(document)}, not an object; send the webhook as Radarr does")
    return document


def _kind(document: Any) -> str:
    return {list: "array", str: "string", bool: "boolean", type(None): "null"}.get(type(document), "number")


def event_type(document: dict[str, Any]) -> str:
    """The event's name as it was sent, cut to a sensible length; 'unknown' where there is none."""
    return (_text(document.get("eventType")) or "unknown")[:100]


def read_event(document: dict[str, Any]) -> Event:
    """A Radarr event. Raises InvalidWebhook, naming what is of a wrong type."""
    try:
        return Event.model_validate(document)
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidWebhook(f"'{where}' is not what Radarr sends: {first['msg']}") from exc


def imported_path(event: Event) -> str:
    """Where the manager says that the event's file lies, in the manager's own words. Raises InvalidWebhook."""
    file = event.movie_file or (event.renamed[-1] if event.renamed else None)
    if file is None:
        raise InvalidWebhook("the event names no file (movieFile); nothing can be done for it")
    return path_of(event, file)


def path_of(event: Event, file: MovieFile) -> str:
    """Where a file of an event lies, in the manager's own words.

    It is the film's folder and the file's relative path; `path` counts only if it lies in that folder.
    Raises InvalidWebhook where there is none, or where it would climb out of the folder.
    """
    folder = event.movie.folder_path if event.movie else None
    if not folder:
        raise InvalidWebhook("the event names no folder (movie.folderPath); its files cannot be found")
    form = paths.path_form(folder)
    if file.relative_path:
        below = paths.parts(file.relative_path, form)
    elif file.path and paths.is_within(file.path, folder):
        below = paths.relative_parts(file.path, folder)
    else:
        raise InvalidWebhook("movieFile.relativePath is missing; the file in the film's folder cannot be found")
    if ".." in (*paths.parts(folder), *below) or not below:
        raise InvalidWebhook("the file's path leaves the film's folder; it must not contain '..'")
    return paths.join(folder, *below)
