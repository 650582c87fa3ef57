"""A dispatcher at its desk: its database, its clock, and an engine that does what the test says."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from deployments.dispatcher.dispatching import Dispatching, one_round
from metarr_core.db import jobs
from metarr_core.domain.ids import EventId, TitleKey
from metarr_core.domain.jobs import JobWanted, Priority, Work
from metarr_core.domain.runs import RunState
from metarr_core.errors import EngineUnavailable
from metarr_core.operations import inbox, verdicts
from metarr_core.operations.inbox import Source
from metarr_core.runtime import Runtime
from tests.web import radarr
from tests.web.shim import Tables

SINTEL = "movie:tmdb:45745"
RADARR = Source("radarr", "radarr")


class EngineInMemory:
    """Prefect as the dispatcher sees it: the same key gives the same run, for ever."""

    def __init__(self) -> None:
        self.runs: dict[str, Work] = {}
        self.asked: list[str] = []
        self.state_of: dict[str, RunState] = defaultdict(lambda: RunState.SCHEDULED)
        self.crashed: list[str] = []
        self.tidied: list[datetime] = []
        self.is_down = False
        self.loses_answers = False
        self.refused: set[str] = set()

    async def start(self, work: Work) -> str:
        self.asked.append(work.run_key)
        if self.is_down or work.title_key in self.refused:
            raise EngineUnavailable("Prefect is away")
        self.runs.setdefault(work.run_key, work)
        if self.loses_answers:
            raise EngineUnavailable("the answer was lost")
        return f"run of {work.run_key}"

    async def states(self, run_ids: Collection[str]) -> dict[str, RunState]:
        if self.is_down:
            raise EngineUnavailable("Prefect is away")
        return {run_id: self.state_of[run_id] for run_id in run_ids}

    async def under_way(self) -> dict[str, str]:
        if self.is_down:
            raise EngineUnavailable("Prefect is away")
        ids = {f"run of {run_key}": run_key for run_key in self.runs}
        return {run_id: run_key for run_id, run_key in ids.items() if self.state_of[run_id] is RunState.RUNNING}

    async def end_left_tasks(self, before: datetime) -> int:
        if self.is_down:
            raise EngineUnavailable("Prefect is away")
        self.tidied.append(before)
        return 0

    async def crash(self, run_id: str, why: str) -> None:
        assert why
        self.crashed.append(run_id)
        self.state_of[run_id] = RunState.CRASHED

    @property
    def last(self) -> Work:
        return list(self.runs.values())[-1]


@dataclass
class Desk:
    """The dispatcher; time passes only when the test says so."""

    runtime: Runtime
    tables: Tables
    engine: EngineInMemory = field(default_factory=EngineInMemory)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A new process takes over: nothing is remembered but what the database holds."""
        self.dispatching = Dispatching(self.runtime, self.engine, lambda: self.seconds)

    async def tell(self, tmdb_id: int = 45745, what: str = "") -> EventId:
        """Radarr tells of an import."""
        payload = radarr.download(movie={"tmdbId": tmdb_id, "overview": what})
        return await inbox.receive(self.runtime, RADARR, json.dumps(payload).encode())

    async def add(self, job_type: str, title_key: str, priority: Priority) -> None:
        async with self.runtime.database.transaction() as session:
            await jobs.add(session, JobWanted(job_type, TitleKey(title_key), title_key, priority))

    async def round(self, later: float = 2.0) -> None:
        """One round, so many seconds after the one before."""
        self.seconds += later
        await one_round(self.dispatching)

    async def make_due(self) -> None:
        """As if the wait were over."""
        await self.tables.rows("UPDATE job_queue SET next_retry_at = now() WHERE status = 'pending'")

    async def begin(self, state: RunState = RunState.RUNNING) -> str:
        """The last run begins; gives its id."""
        run_key = self.engine.last.run_key
        run_id = f"run of {run_key}"
        self.engine.state_of[run_id] = state
        await verdicts.begin(self.runtime, run_key, run_id)
        return run_id

    async def statuses(self) -> list[str]:
        return [job["status"] for job in await self.tables.jobs()]
