"""One flow run in a warm child, carried out by Prefect's own engine in the child's loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from prefect import Flow
from prefect._flow_run_suspension import FlowRunSuspensionRequest
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import Abort, Pause
from prefect.flow_engine import AsyncFlowRunEngine
from prefect.states import Cancelled, Crashed
from prefect.utilities.callables import get_call_parameters, parameters_to_args_kwargs

from deployments.worker.orders import Halt, Run

logger = logging.getLogger(__name__)


class WarmEngine(AsyncFlowRunEngine[Any, Any]):
    """Prefect's engine, which knows why its task was cut short.

    Prefect tells its own engine over a second connection, with a signal; here the pipe has told already.
    """

    halt: Halt | None = None

    @contextmanager
    def setup_flow_run_suspension_request(self) -> Iterator[FlowRunSuspensionRequest]:
        """No thread with a websocket for each run, to hear of a pause: a paused run would lose its lock."""
        yield self._get_flow_run_suspension_request()

    async def handle_crash(self, exc: BaseException) -> None:
        """Set the state of a run that was cut short: Cancelled if a user wanted it, else Crashed."""
        if self.halt is None:
            await super().handle_crash(exc)
        elif self.halt.is_cancelled:
            await self.set_state(Cancelled(message=self.halt.why), force=True)
        else:
            await self.set_state(Crashed(message=self.halt.why), force=True)


class Running:
    """A flow run under way. `halt` ends it from outside, in the same loop."""

    def __init__(self, order: Run) -> None:
        flow = flow_of(order.entrypoint)
        self._engine = WarmEngine(flow=flow, flow_run=order.flow_run, parameters=parameters_of(flow, order.flow_run))
        self._task: asyncio.Task[None] | None = None

    def halt(self, how: Halt) -> None:
        """Let the run end: its own code cleans up, then the engine sets its state."""
        self._engine.halt = how
        if self._task is not None:
            self._task.cancel()

    @property
    def was_halted(self) -> bool:
        """Whether it was ended from outside; threads of it may go on."""
        return self._engine.halt is not None

    async def ended(self) -> bool:
        """Carry out the run; gives whether Prefect knows how it ended."""
        self._task = asyncio.create_task(self._carry_out())
        try:
            await self._task
        except asyncio.CancelledError:
            logger.info("flow run %s was ended", self._engine.flow_run)
        except (Abort, Pause) as exc:
            logger.info("Prefect does not want this run now: %s", exc)
            return True
        except Exception:
            logger.exception("the run ended in an error")
        run = self._engine.flow_run
        return bool(run and run.state and run.state.is_final())

    async def _carry_out(self) -> None:
        """As `prefect.flow_engine.run_flow_async` does; the flow's own error is in its state already."""
        engine = self._engine
        async with engine.start():
            while engine.is_running():
                async with engine.run_context():
                    _: object = await engine.call_flow_fn()


def flow_of(entrypoint: str) -> Flow[..., Any]:
    """The flow behind an entry point in dotted form; its module was imported before the child was born."""
    module, _, name = entrypoint.rpartition(".")
    flow: Flow[..., Any] = getattr(import_module(module), name)
    return flow


def parameters_of(flow: Flow[..., Any], flow_run: FlowRun) -> dict[str, Any]:
    """The parameters of a run, with the flow's defaults."""
    positional, named = parameters_to_args_kwargs(flow.fn, flow_run.parameters or {})
    return get_call_parameters(flow.fn, positional, named)
