"""A film entered by hand, with its pictures: they are in the cache, or refused, before anything is queued."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse

from metarr_core.db import movies
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.editing import in_words
from metarr_core.domain.ids import MovieId
from metarr_core.domain.manual_entry import ManualEntry, ManualPicture
from metarr_core.domain.replacement import Source, Wish
from metarr_core.errors import InvalidFields
from metarr_core.operations import choosing, staging
from metarr_core.runtime import Runtime
from metarr_core.web import items
from metarr_core.web.bodies import read_model
from metarr_core.web.forms import MULTIPART, as_draft, content_type, read_form
from metarr_core.web.starting import started

METADATA = "metadata"


async def enter_metadata(request: Request) -> JSONResponse:
    """PUT /api/v1/movies/{id}/metadata: what is known of a film that no provider knows; all of it is locked.

    JSON, in which `artwork` names pictures by type; or a form with that JSON as `metadata` and files named by type.
    """
    runtime: Runtime = request.app.state.runtime
    movie_id = MovieId(items.id_of(request))
    async with runtime.database.transaction() as session:
        await movies.get(session, movie_id)
    if content_type(request) == MULTIPART:
        async with read_form(request, most_files=len(ArtworkType)) as form:
            entry = await _staged(runtime, movie_id, _told(form.get(METADATA)), _files(form))
    else:
        entry = await _staged(runtime, movie_id, await read_model(request, ManualEntry), {})
    wish = {METADATA: entry.model_dump(mode="json", exclude_none=True)}
    job_id = await choosing.ask_to_identify(runtime, movie_id, wish)
    return await started(request, job_id, movie_id=movie_id, locked_fields=list(entry.locks))


def _told(text: object) -> ManualEntry:
    try:
        return ManualEntry.model_validate_json(text if isinstance(text, str) and text else "{}")
    except ValidationError as exc:
        raise InvalidFields(in_words(exc)) from exc


def _files(form: Mapping[str, UploadFile | str]) -> dict[ArtworkType, UploadFile]:
    if unknown := [name for name in form if name != METADATA and name not in set(ArtworkType)]:
        known = ", ".join((METADATA, *ArtworkType))
        raise InvalidFields(dict.fromkeys(unknown, f"a form has {known}"))
    return {ArtworkType(name): file for name, file in form.items() if isinstance(file, UploadFile) and name != METADATA}


async def _staged(
    runtime: Runtime, movie_id: MovieId, entry: ManualEntry, files: Mapping[ArtworkType, UploadFile]
) -> ManualEntry:
    """The entry with the hashes of its pictures, which are in the cache by then."""
    if not entry.locks and not files:
        raise InvalidFields({"body": "no field is given; give at least one, such as title"})
    pictures = dict(entry.artwork or {})
    for wish in entry.wishes(movie_id):
        if wish.url:
            pictures[wish.type] = ManualPicture(url=wish.url, sha256=(await staging.stage_address(runtime, wish)).sha256)
    for kind, file in files.items():
        wish = Wish(movie_id, kind, Source.UPLOAD, allow_similar=True)
        async with as_draft(runtime, file) as draft:
            pictures[kind] = ManualPicture(url=None, sha256=(await staging.stage_upload(runtime, wish, draft)).sha256)
    return entry.model_copy(update={"artwork": pictures or None})
