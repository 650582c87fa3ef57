"""The copies of a film on disk, and what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import IgnoredPath, Movie, MovieFile
from metarr_core.db.tables.streams import AudioStream, Chapter, SubtitleStream, VideoStream
from metarr_core.domain import media_info as mi
from metarr_core.domain.fingerprint import Fingerprint
from metarr_core.domain.ids import FileId, MovieId

T = TypeVar("T", mi.VideoStream, mi.AudioStream, mi.SubtitleStream)


async def record(
    session: AsyncSession, movie: Movie, library: str, manager: str | None, path: str, seen: Fingerprint
) -> MovieFile:
    """Record a file of a film as it is now; one of another film at this path changes hands, an ignored one is no longer."""
    library_id = (await session.execute(select(Library.id).where(Library.name == library))).scalar_one()
    values = {"movie_id": movie.id, "library_id": library_id, "manager": manager, "missing_since": None, "kept": False}
    values |= vars(seen)
    await session.execute(delete(IgnoredPath).where(IgnoredPath.path == path))
    statement = insert(MovieFile).values(path=path, **values)
    statement = statement.on_conflict_do_update(index_elements=[MovieFile.path], set_=values)
    file = (
        await session.execute(statement.returning(MovieFile), execution_options={"populate_existing": True})
    ).scalar_one()
    movie.file_path, movie.file_size, movie.file_hash = path, seen.size, seen.file_hash
    movie.library_id = library_id
    return file


async def present(session: AsyncSession, movie_id: MovieId) -> list[MovieFile]:
    """The files of a film that are not missing, the newest import last."""
    rows = select(MovieFile).where(MovieFile.movie_id == movie_id, MovieFile.missing_since.is_(None))
    return list((await session.execute(rows.order_by(MovieFile.id))).scalars())


async def homes(session: AsyncSession, movie_id: MovieId) -> list[MovieFile]:
    """The files beside which a film's artwork belongs: those that are not missing; if all are, the main one."""
    if there := await present(session, movie_id):
        return there
    main = select(MovieFile).join(Movie, Movie.file_path == MovieFile.path).where(Movie.id == movie_id)
    return list((await session.execute(main.where(MovieFile.movie_id == movie_id))).scalars())


async def known_paths(session: AsyncSession, paths: Sequence[str]) -> set[str]:
    """Those of the paths at which a file is recorded."""
    return set((await session.execute(select(MovieFile.path).where(MovieFile.path.in_(paths)))).scalars())


async def of_movie(session: AsyncSession, movie_id: MovieId) -> list[MovieFile]:
    """All files of a film, the missing ones included."""
    rows = select(MovieFile).where(MovieFile.movie_id == movie_id).order_by(MovieFile.id)
    return list((await session.execute(rows)).scalars())


async def of_films(session: AsyncSession, movie_ids: Sequence[MovieId]) -> list[MovieFile]:
    """All files of films, the missing ones included."""
    rows = select(MovieFile).where(MovieFile.movie_id.in_(movie_ids)).order_by(MovieFile.id)
    return list((await session.execute(rows)).scalars())


async def mark_missing(session: AsyncSession, file_id: FileId, since: datetime) -> None:
    """Record that a file is no longer where it was."""
    await session.execute(update(MovieFile).where(MovieFile.id == file_id).values(missing_since=since))


async def mirror_best(session: AsyncSession, movie_id: MovieId) -> None:
    """Mirror the best file that is not missing on the film: the most pixels, then bytes. Without one, nothing changes.

    A file that its manager has let go of counts only where there is no other.
    """
    pixels = (
        select(func.max(VideoStream.width * VideoStream.height)).where(VideoStream.file_id == MovieFile.id).scalar_subquery()
    )
    best = (
        select(MovieFile)
        .where(MovieFile.movie_id == movie_id, MovieFile.missing_since.is_(None))
        .order_by(MovieFile.kept, pixels.desc().nulls_last(), MovieFile.size.desc(), MovieFile.id.desc())
        .limit(1)
    )
    file = (await session.execute(best, execution_options={"populate_existing": True})).scalar_one_or_none()
    if file is not None:
        values = {"file_path": file.path, "file_size": file.size, "file_hash": file.file_hash, "library_id": file.library_id}
        await session.execute(update(Movie).where(Movie.id == movie_id).values(**values))


async def write_streams(session: AsyncSession, file_id: FileId, found: mi.MediaInfo, probed_at: datetime) -> None:
    """Replace what is known of a file's streams and chapters; of two that do so at once, the second waits."""
    await _forget(session, file_id)
    for table, streams in ((VideoStream, found.video), (AudioStream, found.audio), (SubtitleStream, found.subtitles)):
        session.add_all(table(file_id=file_id, **_columns(stream)) for stream in streams)
    session.add_all(Chapter(file_id=file_id, position=at, **asdict(one)) for at, one in enumerate(found.chapters))
    values = {"probed_at": probed_at, "probe_error": None, **{name: getattr(found, name) for name in OF_THE_WHOLE}}
    await session.execute(update(MovieFile).where(MovieFile.id == file_id).values(**values))


OF_THE_WHOLE = ("duration_seconds", "container", "bit_rate")
"""What MediaInfo tells of a file as a whole, and where it is stored."""


def _columns(stream: mi.VideoStream | mi.AudioStream | mi.SubtitleStream) -> dict[str, object]:
    values = asdict(stream)
    return {"stream_index": values.pop("index"), **values}


async def write_probe_error(session: AsyncSession, file_id: FileId, reason: str, probed_at: datetime) -> None:
    """Record that a file cannot be read; what was known of its streams is gone with it."""
    await _forget(session, file_id)
    values = {"probed_at": probed_at, "probe_error": reason, **dict.fromkeys(OF_THE_WHOLE)}
    await session.execute(update(MovieFile).where(MovieFile.id == file_id).values(**values))


async def _forget(session: AsyncSession, file_id: FileId) -> None:
    row = select(MovieFile.probed_at).where(MovieFile.id == file_id).with_for_update()
    if (await session.execute(row)).scalar_one_or_none() is None:  # of most files there is nothing to forget
        return
    for table in (VideoStream, AudioStream, SubtitleStream, Chapter):
        await session.execute(delete(table).where(table.file_id == file_id))


async def read_streams(session: AsyncSession, file: MovieFile) -> mi.MediaInfo | None:
    """What a file is made of; None where it was never read."""
    if file.probed_at is None or file.probe_error is not None:
        return None
    return mi.MediaInfo(
        video=tuple(_value(mi.VideoStream, row) for row in await _rows(session, VideoStream, file.id)),
        audio=tuple(_value(mi.AudioStream, row) for row in await _rows(session, AudioStream, file.id)),
        subtitles=tuple(_value(mi.SubtitleStream, row) for row in await _rows(session, SubtitleStream, file.id)),
        chapters=await _chapters(session, file.id),
        **{name: getattr(file, name) for name in OF_THE_WHOLE},
    )


async def _rows(
    session: AsyncSession, table: type[VideoStream | AudioStream | SubtitleStream], file_id: int
) -> list[object]:
    """In the order of the file; subtitles beside it come last, as they were found."""
    rows = select(table).where(table.file_id == file_id).order_by(table.stream_index, table.id)
    return list((await session.execute(rows)).scalars())


async def _chapters(session: AsyncSession, file_id: int) -> tuple[mi.Chapter, ...]:
    rows = await session.execute(select(Chapter).where(Chapter.file_id == file_id).order_by(Chapter.position))
    return tuple(mi.Chapter(row.start_seconds, row.end_seconds, row.title) for row in rows.scalars())


WORDS = {"hdr": mi.HdrFormat, "hdr_fallback": mi.HdrFormat, "object_audio": mi.ObjectAudio}
"""Columns of text that hold one of a few words."""


def _value(kind: type[T], row: Any) -> T:
    values = {name: getattr(row, name) for name in kind.__annotations__ if name != "index"}
    words = {name: WORDS[name](value) for name, value in values.items() if name in WORDS and value is not None}
    return kind(index=row.stream_index, **{**values, **words})
