"""How a flow run ended whose process could not tell Prefect itself."""

from __future__ import annotations

import contextlib
import logging
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Cancelled, Crashed

from deployments.worker.orders import Halt
from deployments.worker.polling import ENGINE_ERRORS

logger = logging.getLogger(__name__)

CANCELLED = Halt("a user cancelled the run; its work was ended", is_cancelled=True)
STOPPED = Halt("the worker was stopped before the run had ended")
UNTOLD = "the run ended, but Prefect could not be told how"


async def settle(client: PrefectClient, flow_run: FlowRun, why: str) -> None:
    """Set a run Cancelled if a user wanted that, else Crashed, unless it has ended. Raises one of ENGINE_ERRORS."""
    state = (await client.read_flow_run(flow_run.id)).state
    if state is not None and state.is_final():
        return
    is_cancelled = why == CANCELLED.why or (state is not None and state.is_cancelling())
    ended: State[Any] = Cancelled(message=CANCELLED.why) if is_cancelled else Crashed(message=why)
    logger.warning("%s: %s", flow_run.name, ended.message)
    await client.set_flow_run_state(flow_run.id, ended, force=True)


async def note_process(client: PrefectClient, run_id: UUID, pid: int) -> None:
    """Let Prefect's page show which process has the run; nobody waits for it."""
    with contextlib.suppress(*ENGINE_ERRORS):
        await client.update_flow_run(run_id, infrastructure_pid=str(pid))
