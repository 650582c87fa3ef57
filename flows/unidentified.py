"""The films that need a person, as a table in Prefect's page. An artifact that fails costs nobody anything else."""

from __future__ import annotations

import logging

import httpx
from prefect.artifacts import acreate_markdown_artifact

from flows.runs import this_run
from metarr_core.errors import MetarrError
from metarr_core.operations.unidentified import unidentified_page
from metarr_core.runtime import Runtime

logger = logging.getLogger(__name__)

KEY = "unidentified"


async def show_unidentified(runtime: Runtime) -> None:
    """Make a new version of the table; its links open this deployment's form, filled in."""
    try:
        deployment = this_run().deployment_id
        form = f"/deployments/deployment/{deployment}/run" if deployment else None
        page = await unidentified_page(runtime, form)
        await acreate_markdown_artifact(page, key=KEY, description="Films that need you to say which they are")
    except (MetarrError, httpx.HTTPError) as exc:
        logger.warning("the table of the unidentified could not be made: %s", exc)
