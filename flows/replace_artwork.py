"""Workflow 4: a picture that a person chose, in the library and on the players. Its type is locked from then on.

Triggered by `POST /api/v1/movies/{id}/artwork/{type}`, on the queue `high`; the picture is in the cache by then.
By hand: give a film, a type, and the address of a picture, or the number of a candidate (the film's page shows them), or the
hash of a picture that is in the cache. The picture that was there before stays in the cache.
"""

from __future__ import annotations

from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.artifacts import show_movie
from flows.parameters import parameter
from flows.runs import movie_lock, name_run, with_verdict
from metarr_core.db import movies
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import MovieId
from metarr_core.domain.replacement import Source, Wish
from metarr_core.errors import InvalidFields
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.notify import notify
from tasks.replace import replace, stage
from tasks.write import write

Number = Annotated[int, Field(ge=1)]
Place = Annotated[int, Field(ge=0, le=49)]
Hash = Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]


@flow(name="replace-artwork", description=__doc__)
async def replace_artwork(  # noqa: PLR0913, PLR0917 - each is a field of a form
    movie_id: Number = parameter(..., "Film", "The number of the film."),
    artwork_type: ArtworkType = parameter(..., "Type", "Which of its pictures is replaced."),
    source: Source = parameter(
        Source.PROVIDER, "Source", "An address (provider), a candidate, or a picture of the cache (upload)."
    ),
    url: str = parameter("", "Address", "Of a picture on the internet; for the source 'provider'."),
    candidate_id: Number | None = parameter(None, "Candidate", "Its number; for the source 'candidate'."),
    sha256: Hash = parameter("", "Hash", "SHA-256 of a picture in the cache; needed for the source 'upload'."),
    position: Place = parameter(0, "Place", "Of fanart there are several: 0 is the first."),
    allow_similar: bool = parameter(False, "Similar too", "Also where it looks like one that the film has."),  # noqa: FBT001
) -> State[Any]:
    """Replace a picture of a film."""
    wish = Wish(MovieId(movie_id), artwork_type, source, sha256, url, candidate_id, position, allow_similar)
    async with open_runtime(load_settings()) as runtime:
        return await with_verdict(runtime, lambda: _work(runtime, wish))


async def _work(runtime: Runtime, wish: Wish) -> str:
    async with runtime.database.transaction() as session:
        title = (await movies.get(session, wish.movie_id)).title
    await name_run(f"replace-artwork: {title}, {wish.type}")
    staged = wish if wish.sha256 else await _staged(wish)
    async with movie_lock(runtime, wish.movie_id):
        replaced = await replace(staged)
        written = await write(wish.movie_id)
        waiting = await notify(wish.movie_id)
    await show_movie(runtime, wish.movie_id)
    told = "is replaced" if replaced.is_new else "was this very picture already"
    return f"the {wish.type} {told}; {len(written)} files written, {len(waiting)} players are told later"


async def _staged(wish: Wish) -> Wish:
    if wish.source is Source.UPLOAD:
        raise InvalidFields({"sha256": "say which picture of the cache is meant"})
    if wish.source is Source.PROVIDER and not wish.url:
        raise InvalidFields({"url": "give the address of a picture"})
    return await stage(wish)
