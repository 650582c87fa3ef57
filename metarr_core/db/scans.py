"""Scans: what is known of a library's files, what is left to be done with them, and how each scan went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.bulks import BulkMovie
from metarr_core.db.tables.identifications import Identification
from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.movies import IgnoredPath, Movie, MovieFile
from metarr_core.db.tables.scans import ScanJob
from metarr_core.domain.fingerprint import Fingerprint
from metarr_core.domain.ids import FileId, MovieId
from metarr_core.domain.scan_plan import Known

INTERRUPTED = "it was interrupted; a later scan went on from there"


async def known_files(session: AsyncSession, library: str, below: str = "") -> list[Known]:
    """The files of a library, or of a folder in it, as they are recorded."""
    rows = (
        select(
            *(MovieFile.id, MovieFile.movie_id, MovieFile.path, MovieFile.size, MovieFile.mtime_ns, MovieFile.file_hash),
            *(MovieFile.missing_since.is_not(None), MovieFile.kept),
            *(Movie.trashed_at.is_not(None), Movie.identification_status == "ignored"),
        )
        .join(Movie, Movie.id == MovieFile.movie_id)
        .join(Library, Library.id == MovieFile.library_id)
        .where(Library.name == library)
    )
    chosen = rows.where(MovieFile.path.startswith(f"{below}/", autoescape=True)) if below else rows
    return [_known(row) for row in await session.execute(chosen)]


def _known(row: Sequence[Any]) -> Known:
    return Known(FileId(row[0]), MovieId(row[1]), *row[2:])


async def films_without_file(session: AsyncSession, movie_id: MovieId) -> tuple[int, int]:
    """Of the films in this film's library that had a file: how many have none, how many have one. Not the trash."""
    mine = select(Movie.library_id).where(Movie.id == movie_id).scalar_subquery()
    has_file = exists().where(MovieFile.movie_id == Movie.id, MovieFile.missing_since.is_(None))
    had_file = exists().where(MovieFile.movie_id == Movie.id)
    counts = select(func.count().filter(~has_file), func.count().filter(has_file))
    rows = counts.select_from(Movie).where(Movie.library_id == mine, Movie.trashed_at.is_(None), had_file)
    without, with_file = (await session.execute(rows)).one()
    return int(without), int(with_file)


async def ignored_paths(session: AsyncSession) -> set[str]:
    """Videos that stayed on disk when their films were purged."""
    return set((await session.execute(select(IgnoredPath.path))).scalars())


async def add_file(session: AsyncSession, movie: Movie, path: str, seen: Fingerprint) -> bool:
    """Record a file of a new film; False where something else has recorded the path meanwhile."""
    values = {"movie_id": movie.id, "library_id": movie.library_id, "path": path, **vars(seen)}
    statement = insert(MovieFile).values(**values).on_conflict_do_nothing(index_elements=[MovieFile.path])
    if (await session.execute(statement.returning(MovieFile.id))).scalar_one_or_none() is None:
        return False
    movie.file_path, movie.file_size, movie.file_hash = path, seen.size, seen.file_hash
    return True


async def see_again(session: AsyncSession, file_id: FileId, path: str, seen: Fingerprint) -> bool:
    """A file is as it is now, and where it is now; False where another file is recorded there."""
    other = exists().where(MovieFile.path == path, MovieFile.id != file_id)
    if (await session.execute(select(other))).scalar_one():
        return False
    values = {"path": path, "missing_since": None, **vars(seen)}
    await session.execute(update(MovieFile).where(MovieFile.id == file_id).values(**values))
    return True


async def forget_without_files(session: AsyncSession, library: str) -> None:
    """Films that a scan recorded, and whose file an import has taken for the film that it is."""
    mine = select(Library.id).where(Library.name == library).scalar_subquery()
    nothing = (Movie.identification_status == "unidentified", Movie.trashed_at.is_(None), Movie.library_id == mine)
    no_file = ~exists().where(MovieFile.movie_id == Movie.id)
    await session.execute(delete(Movie).where(*nothing, no_file))


async def unfinished(session: AsyncSession, library: str, below: str = "") -> list[MovieId]:
    """Films with a file that nobody has looked into, or that nobody has looked up; oldest first."""
    unknown = Movie.identification_status == "unidentified"
    never_asked = unknown & ~exists().where(Identification.movie_id == Movie.id)
    return await _films(session, library, below, or_(MovieFile.probed_at.is_(None), never_asked))


async def never_enriched(session: AsyncSession, library: str, below: str = "") -> list[MovieId]:
    """Films that are identified, and whose enrichment neither was nor is queued; oldest first."""
    in_a_bulk = exists().where(BulkMovie.movie_id == Movie.id, BulkMovie.done_at.is_(None))
    return await _films(session, library, below, (Movie.identification_status == "identified") & ~in_a_bulk)


async def _films(session: AsyncSession, library: str, below: str, wanted: ColumnElement[bool]) -> list[MovieId]:
    """Those of the films with a file in a library, or below a folder of it."""
    rows = (
        select(Movie.id)
        .distinct()
        .join(MovieFile, MovieFile.movie_id == Movie.id)
        .join(Library, Library.id == MovieFile.library_id)
        .where(Library.name == library, MovieFile.missing_since.is_(None), MovieFile.kept.is_(False))
        .where(Movie.trashed_at.is_(None), Movie.identification_status != "ignored", wanted)
    )
    chosen = rows.where(MovieFile.path.startswith(f"{below}/", autoescape=True)) if below else rows
    return [MovieId(movie_id) for movie_id in (await session.execute(chosen.order_by(Movie.id))).scalars()]


async def unprobed(session: AsyncSession, movie_ids: Sequence[MovieId]) -> list[MovieId]:
    """Those of the films with a file that nobody has looked into."""
    rows = select(MovieFile.movie_id).distinct().where(MovieFile.movie_id.in_(movie_ids), MovieFile.probed_at.is_(None))
    found = set((await session.execute(rows.where(MovieFile.missing_since.is_(None)))).scalars())
    return [movie_id for movie_id in movie_ids if movie_id in found]


async def count_unidentified(session: AsyncSession, library: str) -> int:
    """Films of a library that need a person."""
    rows = select(func.count()).select_from(Movie).join(Library, Library.id == Movie.library_id)
    unknown = (Movie.identification_status == "unidentified", Movie.trashed_at.is_(None), Library.name == library)
    return int((await session.execute(rows.where(*unknown))).scalar_one())


async def begin(session: AsyncSession, library: str, scan_type: str) -> int:
    """A scan begins, under the library's lock: one that is still running was interrupted. Gives its number."""
    library_id = (await session.execute(select(Library.id).where(Library.name == library))).scalar_one()
    left = update(ScanJob).where(ScanJob.library_id == library_id, ScanJob.status == "running")
    await session.execute(left.values(status="failed", why=INTERRUPTED, completed_at=_not_before_it_began(func.now())))
    scan = ScanJob(library_id=library_id, scan_type=scan_type, status="running")
    session.add(scan)
    await session.flush()
    return int(scan.id)


async def note(session: AsyncSession, scan_id: int, **values: Any) -> None:
    """Record how a scan goes."""
    await session.execute(update(ScanJob).where(ScanJob.id == scan_id).values(**values))


async def end(session: AsyncSession, scan_id: int, status: str, why: str | None, at: datetime) -> None:
    """Record how a scan ended."""
    await note(session, scan_id, status=status, why=why, completed_at=_not_before_it_began(literal(at)))


def _not_before_it_began(at: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """Clocks are set back."""
    return func.greatest(at, ScanJob.started_at)


async def page(session: AsyncSession, limit: int, offset: int) -> tuple[list[tuple[ScanJob, str]], int]:
    """The newest scans first, each with the name of its library, and how many there are."""
    total = (await session.execute(select(func.count()).select_from(ScanJob))).scalar_one()
    rows = select(ScanJob, Library.name).join(Library, Library.id == ScanJob.library_id).order_by(ScanJob.id.desc())
    return [(scan, name) for scan, name in await session.execute(rows.limit(limit).offset(offset))], total


async def was_mount(session: AsyncSession, library: str) -> bool:
    """Whether the library was once a mount point of its own."""
    return bool((await session.execute(select(Library.was_mount).where(Library.name == library))).scalar_one_or_none())


async def remember_mount(session: AsyncSession, library: str) -> None:
    """The library is a mount point: where it is none some day, its disk is away."""
    await session.execute(update(Library).where(Library.name == library).values(was_mount=True))
