"""ffprobe on real clips, and programs that behave as ffprobe does in its bad hours."""

from __future__ import annotations

import asyncio
import os
import select
from pathlib import Path

import pytest

from deployments.demo.clips import write_clip
from metarr_core.domain.probe_answer import media_info
from metarr_core.errors import ConfigurationError, StorageUnavailable, UnreadableMedia
from metarr_core.files.ffprobe import find_ffprobe, first_frame, probe

FFPROBE = find_ffprobe("")


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "a.mkv", seconds=1, language="ger", title="A title")


async def probed(media, ffprobe=FFPROBE, timeout_seconds=60.0):
    return await probe(ffprobe, media, timeout_seconds=timeout_seconds)


@pytest.fixture
def pretender(tmp_path):
    """Makes a program that stands in for ffprobe, from a line of shell."""

    def make(line: str) -> Path:
        program = tmp_path / "pretender"
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
        return program

    return make


async def test_a_clip_is_read_to_the_last_stream(clip):
    found = media_info(await probed(clip))
    (video,), (audio,), (subtitle,) = found.video, found.audio, found.subtitles
    assert (video.codec, video.width, video.height, video.bit_depth, video.hdr) == ("h264", 320, 180, 8, None)
    assert (audio.codec, audio.language, subtitle.codec, subtitle.language) == ("aac", "ger", "subrip", "ger")
    assert 0.5 < found.duration_seconds < 2


def linked(clip: Path, name: str) -> Path:
    Path(name).hardlink_to(clip)
    return Path(name)


@pytest.mark.parametrize(
    "name",
    [
        *("-v.mkv", "--help", "new\nline.mkv", "100%20d %s.mkv", "http:evil.mkv", "pipe:0", "concat:a|b.mkv", "日本.mkv"),
        *("a'b\"c.mkv", "#1?.mkv", "frame%03d.mkv", " .mkv", "\udcff.mkv"),
    ],
)
async def test_a_name_is_never_taken_for_something_else(clip, tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len((await probed(linked(clip, name)))["streams"]) == 3


@pytest.mark.parametrize("data", [b"", b"text\n" * 100, bytes(100_000), b"ffconcat version 1.0\nfile a.mkv\n"])
async def test_what_is_no_film_is_unreadable_and_says_whose_name(tmp_path, data):
    (tmp_path / "broken.mkv").write_bytes(data)
    with pytest.raises(UnreadableMedia, match=r"broken\.mkv"):
        await probed(tmp_path / "broken.mkv")


@pytest.mark.parametrize("place", ["missing.mkv", "."])
async def test_a_film_that_is_not_there_is_not_called_unreadable(tmp_path, place):
    with pytest.raises(StorageUnavailable):
        await probed(tmp_path / place)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("echo '{'; exit 1", "ffprobe failed"),
        ("echo '{'; echo 'moov atom not found' >&2; exit 1", "moov atom not found"),
        ('printf \'{"streams": [{"index"\'', "cut off"),
        ("exit 0", "cut off"),
        ("echo '[]'", "no streams"),
        ("echo '{}'", "no streams"),
        ("echo '{\"streams\": []}'", "no streams"),
        ("printf '\\377' >&2; exit 1", "read as media"),
        ("kill -SEGV $$", "ffprobe failed"),
        ("printf '[mov,mp4 @ 0x7f3c] no moov\\nInvalid data\\n' >&2; exit 1", "Invalid data: no moov$"),
        ("printf 'No moov\\n    Last message repeated 1 times\\n\\nInvalid\\n' >&2; exit 1", "Invalid: No moov$"),
    ],
)
async def test_an_answer_that_is_none_makes_the_film_unreadable(clip, pretender, line, complaint):
    with pytest.raises(UnreadableMedia, match=complaint):
        await probed(clip, pretender(line))


async def test_a_complaint_names_neither_the_path_again_nor_an_address_in_memory(tmp_path):
    (tmp_path / "broken.mkv").write_bytes(b"text\n" * 100)
    reasons = []
    for _ in range(2):
        with pytest.raises(UnreadableMedia) as caught:
            await probed(tmp_path / "broken.mkv")
        reasons.append(caught.value.reason)
    assert reasons[0] == reasons[1]
    assert str(tmp_path) not in reasons[0]


async def test_the_first_frame_is_that_of_the_stream_that_was_asked_for(clip):
    frame = await first_frame(FFPROBE, clip, 0, timeout_seconds=60)
    assert (frame["media_type"], frame["stream_index"], frame["width"]) == ("video", 0, 320)


@pytest.mark.parametrize("answer", ['{"frames": []}', "{}"])
async def test_a_stream_without_a_frame_has_an_empty_one(clip, pretender, answer):
    assert await first_frame(pretender(f"echo '{answer}'"), clip, 0, timeout_seconds=60) == {}


def ends(pid: int) -> bool:
    """Whether a process has ended, or does within ten seconds."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 10)[0])
    finally:
        os.close(handle)


LINUX = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="asks Linux who lives")
HANG = "mkfifo {0}/never; sh -c 'echo $$ > {0}/child; echo > {0}/ready; cat {0}/never' & echo $$ > {0}/parent; cat {0}/never"


@LINUX
async def test_one_that_hangs_is_killed_with_all_that_it_started(clip, pretender, tmp_path):
    with pytest.raises(UnreadableMedia, match=r"no answer in 2 s"):
        await probed(clip, pretender(HANG.format(tmp_path)), timeout_seconds=2)
    parent, child = (int((tmp_path / name).read_text()) for name in ("parent", "child"))
    assert ends(parent)
    assert ends(child)


@LINUX
async def test_one_whose_caller_is_cancelled_is_killed_too(clip, pretender, tmp_path):
    os.mkfifo(tmp_path / "ready")
    asking = asyncio.create_task(probed(clip, pretender(HANG.format(tmp_path))))
    await asyncio.to_thread((tmp_path / "ready").read_text)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert ends(int((tmp_path / "child").read_text()))


def test_the_ffprobe_of_the_settings_must_be_a_program(tmp_path, pretender):
    program = pretender("exit 0")
    assert find_ffprobe(str(program)) == program
    with pytest.raises(ConfigurationError, match=r"probe\.ffprobe"):
        find_ffprobe(str(tmp_path / "missing"))
