"""The trash in Prefect's page. An artifact that fails costs nobody anything else."""

from __future__ import annotations

import logging

import httpx
from prefect.artifacts import acreate_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.exceptions import PrefectException

from metarr_core.errors import MetarrError
from metarr_core.operations.purging import Purged
from metarr_core.operations.trash_page import purge_page, trash_page
from metarr_core.runtime import Runtime

logger = logging.getLogger(__name__)

KEY, PURGE_KEY = "trash", "purge"
DEPLOYMENT = "metarr"
FLOWS = ("restore-media", "delete-media", "purge-expired")
FAILURES = (MetarrError, httpx.HTTPError, PrefectException)


async def show_trash(runtime: Runtime) -> None:
    """Make a new version of the table of the trash; its links open forms, filled in."""
    try:
        page = await trash_page(runtime, await _forms())
        await acreate_markdown_artifact(page, key=KEY, description="Films in the trash, and when they go")
    except FAILURES as exc:
        logger.warning("the table of the trash could not be made: %s", exc)


async def show_plans(done: Purged, *, is_dry: bool) -> None:
    """Show what a purge did, or would do."""
    try:
        described = "What a purge would delete" if is_dry else "What was deleted for good"
        await acreate_markdown_artifact(purge_page(done, is_dry=is_dry), key=PURGE_KEY, description=described)
    except FAILURES as exc:
        logger.warning("the table of the purge could not be made: %s", exc)


async def _forms() -> dict[str, str]:
    """Where the forms of these flows' deployments are in Prefect's page."""
    async with get_client() as client:
        named = DeploymentFilter(name=DeploymentFilterName(any_=[DEPLOYMENT]))
        found = await client.read_deployments(deployment_filter=named)
        flows = {one.id: one.name for one in await client.read_flows() if one.name in FLOWS}
    return {flows[one.flow_id]: f"/deployments/deployment/{one.id}/run" for one in found if one.flow_id in flows}
