"""Asks programs who they are."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path


async def first_line(program: Path, *arguments: str) -> str:
    """The first line that a program prints; empty where it fails. Raises OSError where it cannot be run."""
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    lines = output.decode(errors="replace").splitlines()
    return lines[0].strip() if lines and process.returncode == 0 else ""
