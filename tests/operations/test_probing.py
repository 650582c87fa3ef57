"""Probing: what is stored, shown and written of a film's file, and what happens to files that are none."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import text

from deployments.demo.clips import ffmpeg, write_clip
from deployments.demo.films import SINTEL
from deployments.demo.house import radarr_download
from metarr_core.db import movie_files
from metarr_core.domain.ids import FileId, MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.media_info import (
    AudioStream,
    Chapter,
    HdrFormat,
    MediaInfo,
    ObjectAudio,
    SubtitleStream,
    VideoStream,
)
from metarr_core.operations import importing, probing, publishing
from metarr_core.operations.inbox import Source, receive
from metarr_core.runtime import Runtime
from metarr_core.web import views

CHAPTERS = ";FFMETADATA1\n" + "".join(
    f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={500 * at}\nEND={500 * at + 500}\ntitle=Part {at + 1}\n" for at in range(2)
)


@pytest.fixture
async def film(runtime, house) -> tuple[MovieId, Path]:
    """A film that Radarr told of; its file is a clip until a test puts something else there."""
    video = house.folder(SINTEL) / "Sintel (2010).mkv"
    write_clip(video, seconds=1, language="ger")
    webhook = radarr_download(SINTEL, f"/data/movies/{video.parent.name}", video)
    event_id = await receive(runtime, Source("radarr", "radarr"), json.dumps(webhook).encode())
    imports = await importing.imports_of_events(runtime, [event_id])
    return await importing.record(runtime, imports, Priority.CRITICAL), video


def made(video: Path, *arguments: str, given: str = "") -> None:
    """Put a second of test picture and of stereo sound there, with more of ffmpeg's arguments."""
    sources = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=1", "-f", "lavfi", "-i", "sine=duration=1")
    command = [ffmpeg(), "-v", "error", "-y", *sources, *arguments, f"file:{video}"]
    subprocess.run(command, input=given.encode(), check=True, capture_output=True)


async def whole(runtime: Runtime, movie_id: MovieId) -> dict:
    async with runtime.database.transaction() as session:
        return await views.movie_whole(session, movie_id)


async def probed(runtime: Runtime, movie_id: MovieId) -> dict:
    await probing.probe_movie_files(runtime, movie_id)
    return await whole(runtime, movie_id)


async def test_tracks_chapters_and_subtitles_beside_it_are_stored_and_shown(runtime, film):
    movie_id, video = film
    made(
        video,
        *("-f", "ffmetadata", "-i", "pipe:0", "-map", "0:v", "-map", "1:a", "-map", "1:a", "-map_chapters", "2"),
        *("-c:v", "mpeg4", "-c:a", "ac3", "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fre"),
        *("-metadata:s:a:1", "title=Commentary", "-disposition:a:0", "default+original", "-disposition:a:1", "dub"),
        given=CHAPTERS,
    )
    video.with_name("Sintel (2010).pt-BR.forced.srt").touch()
    shown = await probed(runtime, movie_id)
    streams = shown["streams"]
    assert [(one["codec"], one["width"], one["field_order"]) for one in streams["video"]] == [("mpeg4", 320, "progressive")]
    assert [(one["language"], one["is_original"], one["is_dub"], one["is_commentary"]) for one in streams["audio"]] == [
        ("eng", True, False, False),
        ("fre", False, True, True),
    ]
    (beside,) = streams["subtitle"]
    assert (beside["index"], beside["language"], beside["region"], beside["is_forced"]) == (None, "por", "BR", True)
    assert beside["external_path"] == str(video.with_name("Sintel (2010).pt-BR.forced.srt"))
    assert [(one["start_seconds"], one["end_seconds"], one["title"]) for one in shown["chapters"]] == [
        (0.0, 0.5, "Part 1"),
        (0.5, 1.0, "Part 2"),
    ]
    (file,) = shown["files"]
    assert (file["container"], file["probe_error"]) == ("matroska", None)
    assert file["bit_rate"] > 0
    assert file["duration_seconds"] == pytest.approx(1, abs=0.2)


VISION = VideoStream(
    *(0, "hevc", "Main 10", 3840, 1600, 2.4, 23.976, 10, HdrFormat.DOLBY_VISION, 8, 1, HdrFormat.HDR10_PLUS, 1000, 400),
    *(1000.5, "progressive", 180, "left_right", "eng"),
)
SOUND = AudioStream(
    *(1, "truehd", "Dolby TrueHD + Dolby Atmos", 8, "7.1", "eng", "Atmos", True, False, ObjectAudio.ATMOS),
    *(True, True, True, True),
)
WRITTEN = SubtitleStream(2, "subrip", "por", "A title", True, True, True, True, "BR", None)
BESIDE = (dataclasses.replace(WRITTEN, index=None, external_path=f"/m/{name}.srt") for name in "ba")


async def test_all_that_a_probe_can_tell_comes_back_from_the_database(runtime, film):
    told = MediaInfo(5640.4, (VISION,), (SOUND,), (WRITTEN, *BESIDE), (Chapter(0, 9.5, None),), "matroska", 81_234_567)
    async with runtime.database.transaction() as session:
        (file,) = await movie_files.present(session, film[0])
        await movie_files.write_streams(session, FileId(file.id), told, datetime.now(UTC))
        await session.refresh(file)
        assert await movie_files.read_streams(session, file) == told


async def test_a_second_look_replaces_the_first(runtime, film):
    movie_id, video = film
    video.with_name("Sintel (2010).en.srt").touch()
    first = await probed(runtime, movie_id)
    assert len(first["streams"]["subtitle"]) == 2
    assert (await probed(runtime, movie_id))["streams"] == first["streams"]
    video.with_name("Sintel (2010).en.srt").unlink()
    assert (await probed(runtime, movie_id))["streams"]["subtitle"] == first["streams"]["subtitle"][:1]


PQ = ("-vf", "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc", "-c:v", "mpeg4", "-c:a", "ac3")
PLUS = {
    "stream_index": 0,
    "side_data_list": [
        {"side_data_type": "Content light level metadata", "max_content": 1000, "max_average": 400},
        {"side_data_type": "HDR Dynamic Metadata SMPTE2094-40 (HDR10+)", "application version": 1},
    ],
}


def looking_with(runtime: Runtime, folder: Path, when_asked_for_a_frame: str) -> Runtime:
    """A runtime whose ffprobe is the real one, but for frames."""
    program = folder / "pretender"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *-show_frames*) {when_asked_for_a_frame};; esac\nexec "{runtime.ffprobe}" "$@"\n'
    )
    program.chmod(0o755)
    return dataclasses.replace(runtime, ffprobe=program)


def impatient(runtime: Runtime) -> Runtime:
    probe = runtime.settings.probe.model_copy(update={"timeout_seconds": 3})
    return dataclasses.replace(runtime, settings=runtime.settings.model_copy(update={"probe": probe}))


async def test_a_film_in_pq_is_hdr10(runtime, film):
    movie_id, video = film
    made(video, *PQ)
    (stream,) = (await probed(runtime, movie_id))["streams"]["video"]
    assert (stream["hdr"], stream["max_cll"]) == ("hdr10", None)


async def test_hdr10_plus_is_told_by_the_first_frame_and_written_as_hdr10(runtime, film, tmp_path):
    movie_id, video = film
    made(video, *PQ)
    runtime = looking_with(runtime, tmp_path, f"echo '{json.dumps({'frames': [PLUS]})}'; exit 0")
    (stream,) = (await probed(runtime, movie_id))["streams"]["video"]
    assert (stream["hdr"], stream["max_cll"], stream["max_fall"]) == ("hdr10plus", 1000, 400)
    await publishing.publish_movie(runtime, movie_id)
    assert etree.parse(video.with_suffix(".nfo")).findtext("fileinfo/streamdetails/video/hdrtype") == "hdr10"


@pytest.mark.parametrize("frame", ["exit 1", "printf '{\"frames\": ['; exit 0", "sleep 60"])
async def test_a_frame_that_cannot_be_had_leaves_hdr10(runtime, film, tmp_path, frame):
    movie_id, video = film
    made(video, *PQ)
    runtime = impatient(looking_with(runtime, tmp_path, frame))
    shown = await probed(runtime, movie_id)
    assert [stream["hdr"] for stream in shown["streams"]["video"]] == ["hdr10"]
    assert shown["files"][0]["probe_error"] is None


async def test_no_frame_is_decoded_of_a_film_without_pq(runtime, film, tmp_path):
    movie_id, _ = film
    runtime = looking_with(runtime, tmp_path, f"touch {tmp_path}/asked; exit 1")
    assert len((await probed(runtime, movie_id))["streams"]["video"]) == 1
    assert not (tmp_path / "asked").exists()


def cut_to(size: int):
    return lambda whole: whole[:size]


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        (cut_to(0), "Invalid data"),
        (cut_to(40), "."),
        (lambda _: b"This is not a film.\n" * 100, "Invalid data"),
        (lambda _: b"1\n00:00:00,000 --> 00:00:01,000\nHello\n\n" * 20, "there is no video in it"),
        (lambda _: b"ffconcat version 1.0\nfile '/etc/passwd'\n", "not permitted"),
    ],
    ids=["empty", "truncated", "text", "subtitle", "list"],
)
async def test_a_file_that_is_no_film_is_recorded_as_such_and_the_film_goes_on(runtime, film, spoiled, reason):
    movie_id, video = film
    await probing.probe_movie_files(runtime, movie_id)
    video.write_bytes(spoiled(video.read_bytes()))
    shown = await probed(runtime, movie_id)
    (file,) = shown["files"]
    assert reason in file["probe_error"] or reason == "."
    assert "\n" not in file["probe_error"]
    assert (shown["streams"], shown["chapters"]) == ({"video": [], "audio": [], "subtitle": []}, [])
    assert (file["duration_seconds"], file["container"], file["bit_rate"]) == (None, None, None)
    await publishing.publish_movie(runtime, movie_id)
    assert b"<fileinfo>" not in video.with_suffix(".nfo").read_bytes()
    assert await stories(runtime, "file.unreadable") == 1


async def stories(runtime: Runtime, event_type: str) -> int:
    async with runtime.database.transaction() as session:
        counted = await session.execute(
            text("SELECT count(*) FROM activity_log WHERE event_type = :kind"), {"kind": event_type}
        )
        return counted.scalar_one()


async def test_a_film_that_can_be_read_again_has_no_error_any_more(runtime, film):
    movie_id, video = film
    whole_film = video.read_bytes()
    video.write_bytes(b"")
    assert (await probed(runtime, movie_id))["files"][0]["probe_error"]
    video.write_bytes(whole_film)
    shown = await probed(runtime, movie_id)
    assert shown["files"][0]["probe_error"] is None
    assert len(shown["streams"]["audio"]) == 1


async def test_a_probe_that_is_cancelled_writes_nothing(runtime, film, tmp_path):
    movie_id, video = film
    made(video, *PQ)
    os.mkfifo(tmp_path / "asked")
    runtime = looking_with(runtime, tmp_path, f"echo > {tmp_path}/asked; sleep 60")
    probe = asyncio.create_task(probing.probe_movie_files(runtime, movie_id))
    await asyncio.to_thread((tmp_path / "asked").read_text)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert (await whole(runtime, movie_id))["streams"]["video"] == []
