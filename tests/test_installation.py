"""What `make` leaves behind is ready to start: byte code on disk, also where the machine's own habit is to write none."""

from __future__ import annotations

import os
import subprocess
from importlib.metadata import distribution
from importlib.util import cache_from_source
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STARTED_OFTEN = ("prefect", "SQLAlchemy", "pydantic", "httpx", "psycopg", "alembic", "lxml", "fastapi")


@pytest.mark.parametrize("name", STARTED_OFTEN)
def test_what_every_process_imports_was_compiled_when_it_was_installed(name):
    """Without byte code a worker needs 20 s until its first flow run instead of 4."""
    sources = [Path(one.locate()) for one in distribution(name).files or () if one.suffix == ".py"]
    missing = [source for source in sources if source.exists() and not Path(cache_from_source(source)).exists()]
    assert sources
    assert missing == []


def test_our_own_code_is_compiled_by_the_installation():
    """Also on a machine that says PYTHONDONTWRITEBYTECODE, as build machines do."""
    command = ["make", "--dry-run", "--always-make", "demo"]
    asked = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    recipe = subprocess.run(command, cwd=ROOT, env=asked, capture_output=True, text=True, check=True).stdout
    installs = [line for line in recipe.splitlines() if "pip install" in line and ".lock" in line]
    assert installs
    assert all("--compile" in line for line in installs)
    (compiled,) = [line for line in recipe.splitlines() if "compileall" in line]
    assert {"flows", "tasks", "deployments", "metarr_core"} <= set(compiled.split())
    assert "unexport PYTHONDONTWRITEBYTECODE" in (ROOT / "Makefile").read_text()
