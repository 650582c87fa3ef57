from __future__ import annotations

import pytest

from metarr_core.operations.doctor.findings import Severity
from tests.doctor.conftest import all_well, only


async def test_the_ffprobe_that_came_along_runs(says):
    assert "version" in all_well(await says("ffprobe"))


SCRIPTS = {
    "fails": "#!/bin/sh\nexit 1\n",
    "is another program": "#!/bin/sh\necho hello\n",
    "is for another machine": "\x7fELF not really",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
async def test_an_ffprobe_that_does_not_work_is_a_problem(says, document, tmp_path, script):
    program = tmp_path / "ffprobe"
    program.write_text(script)
    program.chmod(0o755)
    document["probe"]["ffprobe"] = str(program)
    assert "install ffmpeg" in only(await says("ffprobe"), Severity.PROBLEM).cure


async def test_an_ffprobe_that_is_not_there_is_a_problem(says, document):
    document["probe"]["ffprobe"] = "/no/such/ffprobe"
    assert "probe.ffprobe" in only(await says("ffprobe"), Severity.PROBLEM).sentence
