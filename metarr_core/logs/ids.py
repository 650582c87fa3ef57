"""What a log line belongs to: a request, a flow run, a job. Kept in the context, so that every line below carries it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})

_ids: ContextVar[Mapping[str, str]] = ContextVar("metarr_log_ids", default=NOTHING)


def current_ids() -> Mapping[str, str]:
    """The ids of what goes on here, by name: request_id, flow_run_id, run_key, job_id."""
    return _ids.get()


@contextmanager
def ids(**added: object) -> Iterator[None]:
    """Add ids to every line of the block; None and "" are left out."""
    before = _ids.get()
    token = _ids.set({**before, **{name: str(value) for name, value in added.items() if value not in {None, ""}}})
    try:
        yield
    finally:
        _ids.reset(token)


def belong_to(**added: object) -> None:
    """Add ids for the rest of this task, also for what handles its errors."""
    _ids.set({**_ids.get(), **{name: str(value) for name, value in added.items()}})
