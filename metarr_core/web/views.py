"""Rows as the API shows them. Times are ISO 8601 with their zone."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db import artwork, identifications, library_files, movie_files, movies
from metarr_core.db.base import Base
from metarr_core.db.tables.activity import Activity
from metarr_core.db.tables.jobs import Job, WebhookEvent
from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import Movie, MovieFile
from metarr_core.db.tables.players import PlayerUpdate
from metarr_core.domain.ids import MovieId
from metarr_core.domain.media_info import MediaInfo
from metarr_core.domain.metadata import Metadata

SUMMARY = (
    *("id", "title", "original_title", "year", "tmdb_id", "imdb_id", "plot", "tagline", "runtime", "rating", "votes"),
    *("certification", "release_date", "original_language", "trailer_url", "identification_status"),
    *("file_path", "file_size", "deleted_at", "trashed_at", "locked_fields", "created_at", "updated_at", "enriched_at"),
)

FILE = (
    *("path", "size", "manager", "duration_seconds", "container", "bit_rate"),
    *("probe_error", "missing_since", "file_hash"),
)


def columns(row: Base, *names: str) -> dict[str, Any]:
    """Columns of a row as JSON; all of them unless names are given."""
    chosen = names or tuple(attribute.key for attribute in inspect(row).mapper.column_attrs)
    values = {name: getattr(row, name) for name in chosen}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def movie_summary(movie: Movie, library: str) -> dict[str, Any]:
    """A film in a list."""
    return {**columns(movie, *SUMMARY), "library": library}


async def movie_whole(session: AsyncSession, movie_id: MovieId) -> dict[str, Any]:
    """A film with everything that is known of it. Raises NotFoundError."""
    movie = await movies.get(session, movie_id)
    library = await session.get_one(Library, movie.library_id)
    files = await movie_files.of_movie(session, movie_id)
    media = await _main_media(session, movie, files)
    search = await identifications.of_movie(session, movie_id)
    return {
        **movie_summary(movie, library.name),
        **_lists(await movies.read_metadata(session, movie)),
        "identification": identifications.as_shown(search) if search else None,
        "streams": _streams(media),
        "chapters": [vars(chapter) for chapter in media.chapters] if media else [],
        "artwork": [picture(one, set(movie.locked_fields)) for one in await artwork.chosen(session, movie_id)],
        "files": [columns(file, *FILE) for file in files],
        "library_files": [columns(file, "path", "sha256") for file in await library_files.of_movie(session, movie_id)],
    }


def _lists(metadata: Metadata) -> dict[str, Any]:
    return {
        "genres": list(metadata.genres or ()),
        "studios": list(metadata.studios or ()),
        "countries": list(metadata.countries or ()),
        "collection": metadata.collection.name if metadata.collection else None,
        "actors": [
            {"name": part.person.name, "role": part.role, "order": order, "tmdb_id": part.person.tmdb_id}
            for order, part in enumerate(metadata.actors or ())
        ],
        "crew": [{"name": credit.person.name, "job": credit.job} for credit in metadata.crew or ()],
    }


async def _main_media(session: AsyncSession, movie: Movie, files: list[MovieFile]) -> MediaInfo | None:
    main = next((file for file in files if file.path == movie.file_path), None)
    return await movie_files.read_streams(session, main) if main else None


def _streams(media: MediaInfo | None) -> dict[str, list[dict[str, Any]]]:
    return {
        "video": [vars(stream) for stream in media.video] if media else [],
        "audio": [vars(stream) for stream in media.audio] if media else [],
        "subtitle": [vars(stream) for stream in media.subtitles] if media else [],
    }


def picture(one: artwork.Chosen, locked: set[str]) -> dict[str, Any]:
    """A picture that a film uses."""
    return {
        "type": one.type,
        "position": one.position,
        "content_hash": one.content_hash,
        "language": one.language,
        "width": one.width,
        "height": one.height,
        "source": one.source,
        "url": one.url,
        "locked": one.type in locked,
        "path": one.cache_path,
    }


def activity(row: Activity) -> dict[str, Any]:
    """A line of the story."""
    shown = columns(row)
    return {**shown, "metadata": shown.pop("details")}


def job(row: Job) -> dict[str, Any]:
    """A job."""
    return columns(row)


def event(row: WebhookEvent, *, with_payload: bool = False) -> dict[str, Any]:
    """A webhook; its payload only where it is asked for."""
    names = (
        "id",
        "manager",
        "manager_type",
        "event_type",
        "title",
        "status",
        "error",
        "flow_run_id",
        "received_at",
        "finished_at",
    )
    payload = {"payload": json.loads(row.body, parse_constant=str, parse_float=_finite)} if with_payload else {}
    return {**columns(row, *names), **payload}


def _finite(text: str) -> float | str:
    """A number of a payload; one that Python cannot hold (1e999) stays text."""
    return value if math.isfinite(value := float(text)) else text


def player_update(row: PlayerUpdate, player: str) -> dict[str, Any]:
    """What a player is to be told, or was."""
    return {**columns(row), "player": player}
