"""What a worker does while there is nothing that it could do: next to nothing."""

from __future__ import annotations

from typing import Any

import pytest
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, get_current_settings

from deployments.nursery.asking import Nursery
from deployments.worker.polling import asked_once
from deployments.worker.worker import WarmWorker
from metarr_core.settings.sections import Worker


def test_asking_once_does_not_read_prefects_settings_anew_each_time():
    """Prefect builds all of them to change one: two thirds of what a worker cost."""
    before = get_current_settings()
    with asked_once():
        first = get_current_settings()
        assert PREFECT_CLIENT_MAX_RETRIES.value() == 0
    with asked_once():
        assert get_current_settings() is first
    assert get_current_settings() is before
    assert PREFECT_CLIENT_MAX_RETRIES.value() > 0


class Nobody:
    """A server that must not be asked."""

    def __getattr__(self, name: str) -> Any:
        pytest.fail(f"{name} was asked for, though there is no child for a run")


async def test_a_worker_without_a_free_child_asks_nobody_for_runs():
    """In a storm each run that is announced, begins or ends would cost the server a question whose answer nobody can use."""
    worker = WarmWorker(Nursery(), "interactive", Worker())
    worker._client, worker._work_pool = Nobody(), Nobody()
    assert await worker.get_and_submit_flow_runs() == []
