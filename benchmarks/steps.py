"""Films one after another: when each step began and ended, in seconds since the webhook."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from benchmarks.rig import Rig
from deployments.demo.demo import ended

BEGAN, READY = "flow began", "tell players"


async def steps(rig: Rig, films: int) -> dict[str, list[float]]:
    """For each step, when it was over in each film; `flow began` is the first line of the flow."""
    from deployments.demo.story import timeline  # noqa: PLC0415 - Prefect reads its settings when it is imported

    over = defaultdict(list)
    for film, video in rig.new_films(films):
        sent_at = datetime.now(UTC)
        event = await ended(rig.web, (await rig.tell(film, video))["event_id"])
        for step in await timeline(sent_at, 0, event["flow_run_id"]):
            name = step.name.split(" movie")[0].split(" of")[0]
            over[name].append(step.began + (step.took or 0))
    del over["webhook answered"]
    return over
