"""How a record becomes a line. The record itself is cleaned when it is made: no handler, Prefect's included, can leak."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from metarr_core.logs.ids import current_ids
from metarr_core.logs.redaction import conceal, redact
from metarr_core.settings import Settings

TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
CHATTY = ("httpx", "httpcore", "alembic.runtime.plugins")
_tracebacks = logging.Formatter()


class Record(logging.LogRecord):
    """A log record without secrets, with the ids of what it belongs to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.belongs_to = dict(current_ids())
        if isinstance(self.exc_info, tuple) and self.exc_info[0] is not None:
            self.exc_text = redact(_tracebacks.formatException(self.exc_info))

    def getMessage(self) -> str:  # noqa: N802 - logging's own name
        """The message, with its arguments."""
        return redact(super().getMessage())


class TextLines(logging.Formatter):
    """Lines to read, the ids at their end."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The first line of an entry."""
        ids = " ".join(f"{name}={value}" for name, value in _ids_of(record).items())
        return super().formatMessage(record) + (f" [{ids}]" if ids else "")


class JsonLines(logging.Formatter):
    """An object a line. Prefect makes it too, by the name of its class, in every process that it starts."""

    def __init__(self, *_: object) -> None:
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """The whole entry."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
            **_ids_of(record),
        }
        if trace := record.exc_text or (record.exc_info and self.formatException(record.exc_info)):
            entry["exception"] = redact(trace)
        return json.dumps(entry, ensure_ascii=False)


def prepare(settings: Settings) -> None:
    """Let every record of this process be clean, whoever handles it: for processes whose handlers are Prefect's."""
    conceal(settings)
    logging.setLogRecordFactory(Record)
    logging.getLogger("metarr_core").setLevel(settings.logging.level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def configure(settings: Settings) -> None:
    """Let this process log to its standard error, as the settings want it."""
    prepare(settings)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.logging.format == "json" else TextLines(TEXT))
    logging.basicConfig(level=settings.logging.level, handlers=[handler], force=True)
    sys.excepthook = _log_what_nobody_caught


def _log_what_nobody_caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("metarr_core").critical("a fault of ours ended this process", exc_info=(kind, error, trace))


def _ids_of(record: logging.LogRecord) -> dict[str, str]:
    """The ids: ours, and those that Prefect gives its own records."""
    prefects = {name: str(found) for name in ("flow_run_id", "task_run_id") if (found := getattr(record, name, None))}
    return {**prefects, **getattr(record, "belongs_to", {})}
