"""Workflow 4 as the API has it: a person's own picture, as a file, an address, or a candidate.

What cannot be used is refused at once, with a sentence; what can be is in the cache when the answer is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.db import movies
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.editing import in_words
from metarr_core.domain.ids import MovieId
from metarr_core.domain.replacement import Source, Wish
from metarr_core.errors import InvalidFields, NotFoundError, SimilarArtwork
from metarr_core.operations import replacing, staging
from metarr_core.operations.previewing import preview_url
from metarr_core.runtime import Runtime
from metarr_core.web import items
from metarr_core.web.bodies import read_model
from metarr_core.web.forms import MULTIPART, as_draft, content_type, read_form
from metarr_core.web.problems import problem
from metarr_core.web.starting import started


class Options(BaseModel):
    """How a choice is meant."""

    model_config = ConfigDict(extra="forbid")

    allow_similar: bool = False
    position: Annotated[int, Field(ge=0, le=49)] = 0


class Choice(Options):
    """A picture by its address, or one that a provider offered for the film."""

    url: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    candidate_id: Annotated[int, Field(ge=1, le=items.LARGEST_ID)] | None = None


def type_of(request: Request) -> ArtworkType:
    """The type of artwork in the path. Raises NotFoundError."""
    text: str = request.path_params["type"]
    try:
        return ArtworkType(text)
    except ValueError:
        raise NotFoundError(f"there is no artwork type '{text}'; there are {', '.join(ArtworkType)}") from None


async def choose_artwork(request: Request) -> JSONResponse:
    """POST /api/v1/movies/{id}/artwork/{type}: a form with `file`, or JSON with `url` or `candidate_id`."""
    movie_id, kind = MovieId(items.id_of(request)), type_of(request)
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as session:
        await movies.get(session, movie_id)
    if content_type(request).startswith("image/"):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send the picture as the field 'file' of {MULTIPART}")
    wish = await (_uploaded if content_type(request) == MULTIPART else _named)(request, movie_id, kind)
    job_id = await replacing.ask_to_replace(runtime, wish)
    told = {"movie_id": movie_id, "artwork_type": kind, "content_hash": wish.sha256}
    return await started(request, job_id, **told, preview_url=preview_url(runtime.settings, wish.sha256))


async def similar(request: Request, error: Exception) -> JSONResponse:
    """The answer where a picture looks like one that the film has: both, to look at, and how far they are apart."""
    assert isinstance(error, SimilarArtwork)  # noqa: S101 - Starlette hands in nothing else
    settings = request.app.state.runtime.settings
    both = {"offered": error.offered, "published": error.published}
    shown = {name: {"content_hash": one, "preview_url": preview_url(settings, one)} for name, one in both.items()}
    return problem(HTTPStatus.CONFLICT, str(error), distance=error.bits, similarity=error.similarity, **shown)


async def _named(request: Request, movie_id: MovieId, kind: ArtworkType) -> Wish:
    runtime: Runtime = request.app.state.runtime
    choice, asked = await read_model(request, Choice), _options(request.query_params)
    options = Options(
        position=choice.position or asked.position, allow_similar=choice.allow_similar or asked.allow_similar
    ).model_dump()
    if (choice.url is None) == (choice.candidate_id is None):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "send a form with 'file', or JSON with either 'url' or 'candidate_id'")
    if choice.url is not None:
        return await staging.stage_address(runtime, Wish(movie_id, kind, Source.PROVIDER, url=choice.url, **options))
    wish = Wish(movie_id, kind, Source.CANDIDATE, candidate_id=choice.candidate_id, **options)
    return await staging.stage_candidate(runtime, wish)


async def _uploaded(request: Request, movie_id: MovieId, kind: ArtworkType) -> Wish:
    runtime: Runtime = request.app.state.runtime
    async with read_form(request) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "the form has no file named 'file'")
        options = _options({**request.query_params, **{name: text for name, text in form.items() if name != "file"}})
        wish = Wish(movie_id, kind, Source.UPLOAD, position=options.position, allow_similar=options.allow_similar)
        async with as_draft(runtime, file) as draft:
            return await staging.stage_upload(runtime, wish, draft)


def _options(given: Mapping[str, Any]) -> Options:
    try:
        return Options.model_validate({name: text for name, text in given.items() if name != "apikey"})
    except ValidationError as exc:
        raise InvalidFields(in_words(exc)) from exc
