"""Log lines: text or JSON, with ids, in our processes and in those that Prefect starts."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys

import pytest

from deployments.addresses import client_environment
from metarr_core.logs import belong_to, configure, current_ids, ids
from metarr_core.logs.lines import TEXT, JsonLines, Record, TextLines
from metarr_core.settings import Settings
from metarr_core.settings.logs import Logging

KEY = "f00dfacef00dfacef00dfacef00dface"


def record(message: str = "hello") -> Record:
    return Record("metarr_core.x", logging.INFO, __file__, 1, message, (), None)


def test_a_text_line_carries_the_ids_at_its_end():
    with ids(request_id="r1", run_key="movie:tmdb:1/2/1"):
        line = TextLines(TEXT).format(record())
    assert line.endswith("INFO    metarr_core.x: hello [request_id=r1 run_key=movie:tmdb:1/2/1]")
    assert TextLines(TEXT).format(record()).endswith("hello")


def test_a_json_line_is_one_object_with_the_ids():
    with ids(request_id="r1", job_id=7, flow_run_id=None):
        entry = json.loads(JsonLines().format(record('two\nlines, "quoted", Amélie')))
    assert entry.pop("time").endswith("+00:00")
    assert entry == {
        "level": "INFO",
        "logger": "metarr_core.x",
        "message": 'two\nlines, "quoted", Amélie',
        "request_id": "r1",
        "job_id": "7",
    }


async def test_ids_do_not_leak_from_one_task_into_another():
    async def work(number: int) -> dict[str, str]:
        belong_to(request_id=number)
        await asyncio.sleep(0)
        with ids(job_id=number * 10):
            await asyncio.sleep(0)
            return dict(current_ids())

    answers = await asyncio.gather(*(asyncio.create_task(work(number)) for number in (1, 2)))
    assert answers == [{"request_id": "1", "job_id": "10"}, {"request_id": "2", "job_id": "20"}]
    assert current_ids() == {}


def test_what_prefect_knows_of_a_record_is_told():
    made = record()
    made.flow_run_id, made.task_run_id = "run-1", None
    assert json.loads(JsonLines().format(made))["flow_run_id"] == "run-1"


@pytest.mark.parametrize("level", ["debug", "INFO", "Warning"])
def test_the_level_may_be_written_in_any_case(level):
    assert Logging.model_validate({"level": level}).level == level.upper()


def run(program: str, settings: Settings) -> list[str]:
    command = [sys.executable, "-c", program]
    environment = client_environment(settings, "http://127.0.0.1:9/api")
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return answer.stderr.splitlines()


def settings_with(tmp_path, **logging_values: str) -> Settings:
    return Settings.model_validate(
        {"paths": {"data_dir": tmp_path}, "logging": logging_values, "providers": {"tmdb": {"api_key": KEY}}}
    )


def test_prefects_processes_write_the_same_json(tmp_path):
    program = f"import prefect.main, logging; logging.getLogger('prefect.x').warning('GET http://x/?api_key={KEY}')"
    (line,) = run(program, settings_with(tmp_path, format="json"))
    entry = json.loads(line)
    assert entry["logger"] == "prefect.x"
    assert entry["message"] == "GET http://x/?api_key=***"


def test_prefects_own_form_stays_where_text_is_wanted(tmp_path):
    program = "import prefect.main, logging; logging.getLogger('prefect.x').warning('hello')"
    (line,) = run(program, settings_with(tmp_path))
    assert line.endswith("| WARNING | prefect.x - hello")


CRASHING = """
from metarr_core.logs import configure
from metarr_core.settings import Settings
import logging
configure(Settings.model_validate({{"logging": {{"format": "json", "level": "WARNING"}}, "web": {{"api_key": "{key}"}}}}))
logging.getLogger("metarr_core.x").info("left out")
raise RuntimeError("with {key}")
"""


def test_what_nobody_caught_is_a_line_too_without_the_secret(tmp_path):
    (line,) = run(CRASHING.format(key=KEY), settings_with(tmp_path))
    entry = json.loads(line)
    assert entry["level"] == "CRITICAL"
    assert "RuntimeError: with ***" in entry["exception"]


def test_chatty_libraries_are_quiet_below_warning(tmp_path):
    root, before = logging.getLogger(), (logging.getLogger().handlers[:], logging.getLogger().level, sys.excepthook)
    try:
        configure(settings_with(tmp_path, level="DEBUG"))
        assert root.level == logging.DEBUG
        assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)  # it logs whole addresses
    finally:
        root.handlers[:], sys.excepthook = before[0], before[2]
        root.setLevel(before[1])
