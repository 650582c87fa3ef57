"""What a person would rather see than read, in Prefect's page. An artifact that fails costs nobody anything else."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import httpx
from prefect.artifacts import acreate_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from metarr_core.domain.ids import MovieId
from metarr_core.errors import MetarrError
from metarr_core.operations.explaining import explain_movie
from metarr_core.operations.gallery import gallery
from metarr_core.runtime import Runtime

logger = logging.getLogger(__name__)

_forms: dict[str, str] = {}
"""Where the form of a flow is, once somebody has asked: a deployment keeps its id."""


async def show_movie(runtime: Runtime, movie_id: MovieId) -> None:
    """The film's page, as an artifact of this run; each run of a film makes a new version of it."""
    try:
        page = await explain_movie(runtime, movie_id, await _form_of("replace-artwork"))
        await acreate_markdown_artifact(page, key=f"movie-{movie_id}", description="The film, its pictures and its story")
    except (MetarrError, httpx.HTTPError) as exc:
        logger.warning("the film's page could not be made: %s", exc)


async def show_films(runtime: Runtime, movie_ids: Sequence[MovieId]) -> None:
    """The pictures of many films, as an artifact of this run; of a single one, its page."""
    if len(movie_ids) == 1:
        await show_movie(runtime, movie_ids[0])
        return
    try:
        page = await gallery(runtime, movie_ids)
        await acreate_markdown_artifact(page, key=f"artwork-{movie_ids[0]}", description="The pictures of these films")
    except (MetarrError, httpx.HTTPError) as exc:
        logger.warning("the films' pictures could not be shown: %s", exc)


async def _form_of(flow: str) -> str | None:
    """The address of the form that starts a flow, in Prefect's page; None where it is not deployed."""
    if flow not in _forms:
        async with get_client() as client:
            try:
                deployment = await client.read_deployment_by_name(f"{flow}/metarr")
            except ObjectNotFound:
                return None
        _forms[flow] = f"/deployments/deployment/{deployment.id}/run"
    return _forms[flow]
