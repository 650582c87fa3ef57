"""The command, as its users see it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

METARR = (sys.executable, "-m", "deployments")


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("METARR_", "PREFECT_"))}
    return {**kept, **settings}


def test_help_tells_a_stranger_what_it_is_and_every_command():
    answer = subprocess.run([*METARR, "--help"], capture_output=True, text=True, check=True, env=environment())
    for word in (
        "Radarr",
        "Kodi",
        "metarr.toml",
        "up",
        "demo",
        "deploy",
        "dispatcher",
        "players",
        "worker",
        "web",
        "db",
        "doctor",
    ):
        assert word in answer.stdout


def test_a_mistake_in_the_settings_is_one_sentence_and_no_traceback():
    answer = subprocess.run(
        [*METARR, "db", "url"], capture_output=True, text=True, check=False, env=environment(METARR__WEB__PORT="many")
    )
    assert answer.returncode == 1
    assert "web.port" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.stack
def test_up_shows_a_new_key_once_and_ends_in_order():
    with tempfile.TemporaryDirectory(prefix="metarr-tests-") as name:
        Path(name).chmod(0o711)
        settings = {"METARR__PATHS__DATA_DIR": f"{name}/data", "METARR__PREFECT__PORT": "0", "METARR__WEB__PORT": "0"}
        first, second = said_by_up(settings), said_by_up(settings)
        key = Path(name, "data", "api-key").read_text().strip()
    assert key in first
    assert "is up" in second
    assert key not in second


def said_by_up(settings: dict[str, str]) -> str:
    """What `metarr up` prints, until it is up and was asked to end."""
    with subprocess.Popen(
        [*METARR, "up"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment(**settings)
    ) as process:
        lines = []
        assert process.stdout
        for line in process.stdout:
            lines.append(line)
            if "webhooks/radarr" in line:  # a key is printed behind it, before anything looks at signals again
                process.send_signal(signal.SIGTERM)
        assert process.wait(90) == 0
    return "".join(lines)
