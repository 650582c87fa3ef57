"""Films as the tests of operations need them: recorded without a probe, and what has become of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from deployments.demo.film import Film
from deployments.demo.films import SINTEL
from metarr_core.domain.ids import ImdbId, MovieId, TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.metadata import Identity
from metarr_core.operations import importing
from metarr_core.runtime import Runtime
from metarr_core.web import views
from tests.conftest import House


async def known(runtime: Runtime, house: House, film: Film = SINTEL, **identity: Any) -> MovieId:
    """A film that has a file and an id, and nothing else so far."""
    video = house.folder(film) / f"{film.title} ({film.year}).mkv"
    video.write_bytes(b"a film")
    ids = identity or {"tmdb_id": TmdbId(film.tmdb_id), "imdb_id": ImdbId(film.imdb_id)}
    one = importing.import_of_path(runtime, video, Identity(film.title, film.year, **ids))
    return await importing.record(runtime, [one], Priority.CRITICAL)


async def whole(runtime: Runtime, movie_id: MovieId) -> dict[str, Any]:
    """All that is known of a film."""
    async with runtime.database.transaction() as session:
        return await views.movie_whole(session, movie_id)


async def sql(runtime: Runtime, statement: str, **values: Any) -> list[Any]:
    """The rows of a statement."""
    async with runtime.database.transaction() as session:
        found = await session.execute(text(statement), values)
        return list(found.all()) if found.returns_rows else []
