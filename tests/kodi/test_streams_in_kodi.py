"""What an NFO says of a file's streams is what a real Kodi finds in the file itself."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from deployments.demo.clips import ffmpeg
from deployments.demo.films import SINTEL
from metarr_core.operations import players, probing, publishing
from tests.kodi.test_new_film_in_kodi import imported, shown

pytestmark = pytest.mark.kodi

SUBTITLE = "1\n00:00:00,000 --> 00:00:01,000\nHello\n"
PQ = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
HLG = "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc"
SURROUND = ("-af", "aformat=channel_layouts=5.1", "-c:a:0", "dca", "-c:a:1", "ac3", "-strict", "-2")


def made(video: Path, *arguments: str) -> None:
    sources = ("-f", "lavfi", "-i", "testsrc2=size=720x480:rate=25:duration=2", "-f", "lavfi", "-i", "sine=duration=2")
    mapped = ("-f", "srt", "-i", "pipe:0", "-map", "0", "-map", "1", "-map", "1", "-map", "2", "-c:v", "mpeg4")
    said = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fre", "-metadata:s:s:0", "language=ger")
    command = [ffmpeg(), "-v", "error", "-y", *sources, *mapped, *said, *SURROUND, *arguments, f"file:{video}"]
    subprocess.run(command, input=SUBTITLE.encode(), check=True, capture_output=True)


def written(video: Path) -> dict[str, list[dict[str, str]]]:
    details = etree.parse(video.with_suffix(".nfo")).find("fileinfo/streamdetails")
    return {
        kind: [{fact.tag: fact.text for fact in stream} for stream in details.iterfind(kind)]
        for kind in ("video", "audio", "subtitle")
    }


def told(details: dict[str, list[dict]]) -> dict[str, list[dict[str, str]]]:
    """Kodi's answer as an NFO would say it: without what is empty, and the length under the NFO's name."""
    streams = {kind: [dict(stream) for stream in details[kind]] for kind in ("video", "audio", "subtitle")}
    for video in streams["video"]:
        video["durationinseconds"] = video.pop("duration")
        video["aspect"] = round(video["aspect"], 6)
    return {
        kind: [{tag: f"{value}" for tag, value in one.items() if value} for one in found] for kind, found in streams.items()
    }


FILMS = {
    "plain": ("-metadata:s:v:0", "language=jpn"),
    "PQ": ("-vf", PQ),
    "HLG": ("-vf", HLG),
    "wide": ("-vf", "setsar=32/27"),
    "3D": ("-metadata:s:v:0", "stereo_mode=block_lr"),
}


@pytest.mark.parametrize("kind", FILMS)
async def test_kodi_finds_in_the_file_what_the_nfo_says(kodi_runtime, real_kodi, kodi_movies, kind):
    film = replace(SINTEL, tmdb_id=950 + list(FILMS).index(kind), imdb_id=None, title=f"Streams {kind}")
    movie_id, video = await imported(kodi_runtime, kodi_movies, film, film.title)
    made(video, *FILMS[kind])
    video.with_name("film.en.forced.srt").write_text(SUBTITLE)
    await probing.probe_movie_files(kodi_runtime, movie_id)
    await publishing.publish_movie(kodi_runtime, movie_id)
    assert await players.tell_players(kodi_runtime, movie_id) == []
    assert told(shown(real_kodi, video)["streamdetails"]) == written(video)
    assert [stream["language"] for stream in written(video)["subtitle"]] == ["ger"]
