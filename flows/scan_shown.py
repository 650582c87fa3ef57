"""A scan in Prefect's page: its plan, and how far it has come. An artifact that fails costs nobody anything else."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

import httpx
from prefect.artifacts import acreate_markdown_artifact, acreate_progress_artifact, aupdate_progress_artifact
from prefect.exceptions import PrefectException

from metarr_core.domain.scan_plan import Plan
from metarr_core.operations.scan_page import plan_page
from metarr_core.operations.scanning import Scope

logger = logging.getLogger(__name__)

KEY = "scan"
FAILURES = (httpx.HTTPError, PrefectException)
WHOLE = 100.0


async def show_plans(plans: Sequence[tuple[Scope, Plan]], *, is_dry: bool) -> None:
    """Show what scans would do, or set out to do."""
    try:
        described = "What a scan would do" if is_dry else "What a scan set out to do"
        await acreate_markdown_artifact(plan_page(plans, is_dry=is_dry), key=KEY, description=described)
    except FAILURES as exc:
        logger.warning("the plan of the scan could not be shown: %s", exc)


class Progress:
    """How far one scan has come, in steps: chunks of files or films, and the end."""

    def __init__(self, library: str, steps: int) -> None:
        self._library, self._steps, self._done = library, steps, 0
        self._artifact: UUID | None = None

    def expect(self, steps: int) -> None:
        """There are so many more."""
        self._steps += steps

    async def advance(self, what: str) -> None:
        """One step is done; `what` comes next, or was done."""
        self._done += 1
        percent = WHOLE * self._done / max(self._steps, self._done)
        told = f"{self._library}: {self._done} of {self._steps} steps done, {self._steps - self._done} left; {what}"
        try:
            if self._artifact is None:
                self._artifact = await acreate_progress_artifact(percent, key="scan-progress", description=told)
            else:
                await aupdate_progress_artifact(self._artifact, percent, description=told)
        except FAILURES as exc:
            logger.warning("the progress of the scan could not be shown: %s", exc)

    async def finish(self) -> None:
        """The last step is done. Where there was nothing to do, nothing is shown."""
        if self._artifact is not None:
            await self.advance("all is done")
