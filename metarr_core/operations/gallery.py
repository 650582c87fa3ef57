"""Many films at a glance: which pictures each has now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metarr_core.db import artwork, movies
from metarr_core.db.artwork import Chosen
from metarr_core.db.tables.movies import Movie
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import MovieId
from metarr_core.operations.explaining import NONE, plain
from metarr_core.operations.previewing import preview_url
from metarr_core.runtime import Runtime
from metarr_core.settings import Settings

SHOWN = (ArtworkType.POSTER, ArtworkType.FANART, ArtworkType.CLEARLOGO)


async def gallery(runtime: Runtime, movie_ids: Sequence[MovieId]) -> str:
    """The films that there are, in Markdown, with the first picture of the types that people know a film by."""
    async with runtime.database.transaction() as session:
        films = await movies.some(session, movie_ids)
        chosen = await artwork.chosen_of(session, [MovieId(movie.id) for movie in films])
    return "\n".join(_lines(runtime.settings, films, chosen))


def _lines(settings: Settings, films: Sequence[Movie], chosen: dict[MovieId, list[Chosen]]) -> Iterator[str]:
    yield from ("# Pictures chosen", "", f"| film | {' | '.join(SHOWN)} | all |", "| --- | --- | --- | --- | --- |")
    for movie in films:
        pictures = chosen.get(MovieId(movie.id), [])
        year = f" ({movie.year})" if movie.year else ""
        cells = [_cell(settings, pictures, kind) for kind in SHOWN]
        yield f"| {movie.id}: {plain(movie.title)}{year} | {' | '.join(cells)} | {len(pictures)} |"


def _cell(settings: Settings, pictures: Sequence[Chosen], kind: ArtworkType) -> str:
    first = next((one for one in pictures if one.type == kind), None)
    return f"![{kind}]({preview_url(settings, first.content_hash)})" if first else NONE
