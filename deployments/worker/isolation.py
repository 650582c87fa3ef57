"""Nothing of one flow run is seen by the next: environment, folder, Prefect's settings, log handlers, stray tasks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from prefect.context import SettingsContext, get_settings_context
from prefect.settings.models.root import Settings


@contextmanager
def alone(environment: Mapping[str, str]) -> Iterator[None]:
    """The process as it was when the child was warmed, with the run's own environment on top, and so again afterwards."""
    variables, folder, loggers = dict(os.environ), os.getcwd(), _loggers()  # noqa: PTH109 - kept as the system has it
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(variables)
        os.chdir(folder)
        _restore(loggers)


def own_settings(environment: Mapping[str, str]) -> AbstractContextManager[object]:
    """Prefect's settings for a run, in its own context. They are frozen, so only a run that brings some needs others."""
    if not changes_prefect(environment):
        return nullcontext()
    return SettingsContext(profile=get_settings_context().profile, settings=Settings())


def changes_prefect(environment: Mapping[str, str]) -> bool:
    """Whether a run brings settings of Prefect; two underscores are Prefect's own notes about the run."""
    return any(name.startswith("PREFECT_") and not name.startswith("PREFECT__") for name in environment)


def changes_metarr(environment: Mapping[str, str]) -> bool:
    """Whether a run brings settings of ours."""
    return any(name.startswith("METARR_") for name in environment)


def _loggers() -> dict[str | None, tuple[int, list[logging.Handler]]]:
    names = [None, *(name for name, one in logging.root.manager.loggerDict.items() if isinstance(one, logging.Logger))]
    return {name: (logging.getLogger(name).level, list(logging.getLogger(name).handlers)) for name in names}


def _restore(loggers: Mapping[str | None, tuple[int, list[logging.Handler]]]) -> None:
    for name in _loggers():
        level, handlers = loggers.get(name, (logging.NOTSET, []))
        logger = logging.getLogger(name)
        if (logger.level, logger.handlers) != (level, handlers):
            logger.setLevel(level)
            logger.handlers[:] = handlers


async def end_stray_tasks() -> None:
    """End what a run has left behind in the loop; its sessions and transactions end with it."""
    strays = asyncio.all_tasks() - {asyncio.current_task()}
    for stray in strays:
        stray.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*strays, return_exceptions=True)
