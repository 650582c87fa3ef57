"""Films one after another: when each step began and ended, in seconds since the webhook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.rig import Rig
from deployments.demo.demo import ended
from deployments.demo.film import Film

BEGAN, READY = "flow began", "tell players"


async def steps(rig: Rig, films: int) -> dict[str, list[float]]:
    """For each step, when it was over in each film; `flow began` is the first line of the flow."""
    over: dict[str, list[float]] = defaultdict(list)
    for film, video in rig.new_films(films):
        await _follow(rig, film, video, over)
    return over


async def upgrades(rig: Rig, films: Sequence[tuple[Film, Path]]) -> dict[str, list[float]]:
    """The same for known films, each of whose files makes room for one of another name."""
    over: dict[str, list[float]] = defaultdict(list)
    for film, video in films:
        new = video.with_name(f"{video.stem} Remux-2160p{video.suffix}")
        video.unlink()
        new.write_bytes(rig.clip)
        gone = {"relativePath": video.name, "path": f"/data/movies/{video.parent.name}/{video.name}"}
        await _follow(rig, film, new, over, isUpgrade=True, deletedFiles=[gone])
    return over


async def _follow(rig: Rig, film: Film, video: Path, over: dict[str, list[float]], **more: object) -> None:
    from deployments.demo.story import timeline  # noqa: PLC0415 - Prefect reads its settings when it is imported

    sent_at = datetime.now(UTC)
    event = await ended(rig.web, (await rig.tell(film, video, **more))["event_id"])
    for step in await timeline(sent_at, 0, event["flow_run_id"]):
        if (name := step.name.split(" movie")[0].split(" of")[0]) != "webhook answered":
            over[name].append(step.began + (step.took or 0))
