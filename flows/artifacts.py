"""What a person would rather see than read, in Prefect's page. An artifact that fails costs nobody anything else."""

from __future__ import annotations

import logging

import httpx
from prefect.artifacts import acreate_markdown_artifact

from metarr_core.domain.ids import MovieId
from metarr_core.errors import MetarrError
from metarr_core.operations.explaining import explain_movie
from metarr_core.runtime import Runtime

logger = logging.getLogger(__name__)


async def show_movie(runtime: Runtime, movie_id: MovieId) -> None:
    """The film's page, as an artifact of this run; each run of a film makes a new version of it."""
    try:
        page = await explain_movie(runtime, movie_id)
        await acreate_markdown_artifact(page, key=f"movie-{movie_id}", description="The film, its pictures and its story")
    except (MetarrError, httpx.HTTPError) as exc:
        logger.warning("the film's page could not be made: %s", exc)
