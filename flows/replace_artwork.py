"""Workflow 4: a picture that a person chose, in the library and on the players. Its type is locked from then on.

Triggered by `POST /api/v1/movies/{id}/artwork/{type}`, on the queue `high`; the picture is in the cache by then.
By hand: give a film, a type, and the address of a picture, or the number of a candidate (the film's page shows them), or the
hash of a picture that is in the cache. `undo` takes a change back, and `automatic` lets Metarr choose again. The picture
that was there before stays in the cache.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.artifacts import show_movie
from flows.parameters import parameter
from flows.runs import movie_lock, name_film_run, this_job, with_verdict
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import JobId, MovieId
from metarr_core.domain.replacement import Source, Wish
from metarr_core.errors import InvalidFields, ProviderUnavailable
from metarr_core.runtime import Runtime, open_runtime
from metarr_core.settings import load_settings
from tasks.notify import notify
from tasks.replace import choose_again, replace, stage
from tasks.replace import undo as undo_change
from tasks.write import write

Number = Annotated[int, Field(ge=1)]
Place = Annotated[int, Field(ge=0, le=49)]
Hash = Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]


@flow(name="replace-artwork", description=__doc__)
async def replace_artwork(  # noqa: PLR0913, PLR0917 - each is a field of a form
    movie_id: Number = parameter(..., "Film", "The number of the film."),
    artwork_type: ArtworkType = parameter(..., "Type", "Which of its pictures is replaced."),
    source: Literal["provider", "candidate", "upload", "automatic"] = parameter(
        "provider", "Source", "An address (provider), a candidate, a picture of the cache (upload); or Metarr chooses."
    ),
    url: str = parameter("", "Address", "Of a picture on the internet; for the source 'provider'."),
    candidate_id: Number | None = parameter(None, "Candidate", "Its number; for the source 'candidate'."),
    sha256: Hash = parameter("", "Hash", "SHA-256 of a picture in the cache; needed for the source 'upload'."),
    position: Place = parameter(0, "Place", "Of fanart there are several: 0 is the first."),
    allow_similar: bool = parameter(False, "Similar too", "Also where it looks like one that the film has."),  # noqa: FBT001
    undo: Number | None = parameter(None, "Undo", "The number of a change that is taken back; the API lists them."),
) -> State[Any]:
    """Replace a picture of a film."""
    wish = Wish(MovieId(movie_id), artwork_type, Source(source), sha256, url, candidate_id, position, allow_similar)
    async with open_runtime(load_settings()) as runtime:
        return await with_verdict(runtime, lambda: _work(runtime, wish, undo))


async def _work(runtime: Runtime, wish: Wish, change_id: int | None) -> str:
    await name_film_run(runtime, wish.movie_id, "replace-artwork", f", {wish.type}")
    staged = wish if wish.sha256 or change_id or wish.source is Source.AUTOMATIC else await _staged(wish)
    trouble = None
    async with movie_lock(runtime, wish.movie_id):
        try:
            told = await _changed(staged, change_id, await this_job(runtime))
        except ProviderUnavailable as exc:  # what was chosen until then is shown, and the job comes back for the rest
            told, trouble = "", exc
        written = await write(wish.movie_id)
        waiting = await notify(wish.movie_id)
    await show_movie(runtime, wish.movie_id)
    if trouble is not None:
        raise trouble
    return f"{told}; {len(written)} files written or removed, {len(waiting)} players are told later"


async def _changed(wish: Wish, change_id: int | None, job: JobId | None) -> str:
    if change_id is not None:
        is_new = await undo_change(wish.movie_id, wish.type, change_id, job)
        return f"change {change_id} of the {wish.type} is taken back" + ("" if is_new else " already")
    if wish.source is Source.AUTOMATIC:
        return f"Metarr chose the {wish.type} again; the film has {await choose_again(wish.movie_id, wish.type, job)}"
    replaced = await replace(wish, job)
    return f"the {wish.type} " + ("is replaced" if replaced.is_new else "was this very picture already, or was since")


async def _staged(wish: Wish) -> Wish:
    if wish.source is Source.UPLOAD:
        raise InvalidFields({"sha256": "say which picture of the cache is meant"})
    if wish.source is Source.PROVIDER and not wish.url:
        raise InvalidFields({"url": "give the address of a picture"})
    return await stage(wish)
