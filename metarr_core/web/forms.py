"""Forms with pictures: their files go to disk on their way, and no more is read than pictures may have."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from metarr_core.domain.replacement import MOST_BYTES
from metarr_core.errors import ArtworkTooLarge, StorageUnavailable
from metarr_core.operations import staging
from metarr_core.runtime import Runtime

MULTIPART = "multipart/form-data"
MOST_AROUND_FILES = 64 * 1024
"""Bytes of a form beside its files."""
MOST_FIELDS = 10


def content_type(request: Request) -> str:
    """What a request says that its body is; it is believed for the shape of the body, never for a picture."""
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


@asynccontextmanager
async def read_form(request: Request, *, most_files: int = 1) -> AsyncIterator[FormData]:
    """The form of a request; its files go when the block ends. Raises HTTPException, ArtworkTooLarge, StorageUnavailable."""
    most = most_files * MOST_BYTES + MOST_AROUND_FILES
    if int(request.headers.get("Content-Length", "0")) > most:
        raise _too_large(most_files)
    try:
        parts = _bounded(request, most, most_files)
        form = await MultiPartParser(request.headers, parts, max_files=most_files, max_fields=MOST_FIELDS).parse()
    except (MultiPartException, KeyError) as exc:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"this is no form with a file: {exc}") from exc
    except OSError as exc:
        raise StorageUnavailable(Path(tempfile.gettempdir()), exc.strerror or str(exc)) from exc
    try:
        yield form
    finally:
        await form.close()


async def _bounded(request: Request, most: int, most_files: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _too_large(most_files)
        yield part


def _too_large(most_files: int) -> ArtworkTooLarge:
    files = "a picture" if most_files == 1 else f"{most_files} pictures"
    return ArtworkTooLarge(f"the form is larger than {files} of {MOST_BYTES:,} bytes")


@asynccontextmanager
async def as_draft(runtime: Runtime, file: UploadFile) -> AsyncIterator[Path]:
    """A file of a form where the cache can take it in; what is left of it goes at the end. Raises StorageUnavailable."""
    draft = staging.draft(runtime)
    try:
        await asyncio.to_thread(_copy, file, draft)
        yield draft
    finally:
        with suppress(OSError):
            await asyncio.to_thread(draft.unlink, missing_ok=True)


def _copy(file: UploadFile, draft: Path) -> None:
    try:
        file.file.seek(0)
        with draft.open("wb") as target:
            shutil.copyfileobj(file.file, target)
    except OSError as exc:
        raise StorageUnavailable(draft, f"{exc.strerror}; paths.cache_dir must be writable") from exc
