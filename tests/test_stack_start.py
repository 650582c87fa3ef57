"""What the stack says before it starts anything."""

from __future__ import annotations

import fcntl

import pytest

from deployments.stack.stack import running_stack
from metarr_core.errors import ConfigurationError, StorageUnavailable
from metarr_core.settings import Settings


async def test_a_cache_that_cannot_be_written_is_told_before_anything_starts(tmp_path):
    (tmp_path / "cache").write_text("not a folder")
    settings = Settings.model_validate({"paths": {"data_dir": tmp_path / "data", "cache_dir": tmp_path / "cache"}})
    with pytest.raises(StorageUnavailable, match=r"paths\.cache_dir must be writable"):
        async with running_stack(settings):
            pass
    assert not (tmp_path / "data" / "postgres").exists()


async def test_a_second_stack_on_the_same_data_is_refused(tmp_path):
    settings = Settings.model_validate(
        {
            "paths": {"data_dir": tmp_path / "data"},
            "database": {"url": "postgresql+psycopg://nobody@127.0.0.1:1/nothing"},
        }
    )
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ConfigurationError, match="another Metarr is up"):
            async with running_stack(settings):
                pass
