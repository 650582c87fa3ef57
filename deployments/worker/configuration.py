"""What Prefect says of how a flow run is to be carried out, kept apart from what holds for the whole worker."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.workers.process import ProcessJobConfiguration
from pydantic import PrivateAttr


class WarmConfiguration(ProcessJobConfiguration):
    """The process worker's configuration, which remembers what the deployment and the run themselves said."""

    _entrypoint: str = PrivateAttr(default="")
    _own_environment: dict[str, str] = PrivateAttr(default_factory=dict)
    _is_plain: bool = PrivateAttr(default=False)

    def prepare_for_flow_run(
        self, flow_run: FlowRun, deployment: DeploymentResponse | None = None, *others: Any, **named: Any
    ) -> None:
        """Fill in the run, as the original does; before, keep the environment that is its own."""
        self._entrypoint = (deployment and deployment.entrypoint) or ""
        self._is_plain = self.command is None and self.working_dir is None
        notes = self._base_flow_run_environment(flow_run) | self._base_attribution_environment(flow_run, deployment)
        self._own_environment = notes | {name: value for name, value in self.env.items() if value is not None}
        super().prepare_for_flow_run(flow_run, deployment, *others, **named)

    @property
    def is_ours(self) -> bool:
        """Whether a warm child can carry it out: a flow in a package that is installed here, by its dotted name.

        What comes with a file, a command or a folder of its own is for a process of its own.
        """
        package, dot, _ = self._entrypoint.partition(".")
        return self._is_plain and ":" not in self._entrypoint and bool(dot) and find_spec(package) is not None

    @property
    def entrypoint(self) -> str:
        """The flow, in dotted form."""
        return self._entrypoint

    @property
    def own_environment(self) -> dict[str, str]:
        """What this run has in its environment beyond the worker's: the job variable `env`, and Prefect's notes."""
        return self._own_environment
