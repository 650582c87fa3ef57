"""A picture that a person chose, as a real Kodi shows it: fetched back from Kodi and compared with the one that was sent."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest

from deployments.demo import pictures
from deployments.demo.films import NOSFERATU
from metarr_core.domain.artwork import ArtworkType, distance
from metarr_core.domain.replacement import Source, Wish
from metarr_core.files.images import look_at
from metarr_core.operations import players, publishing, replacing, staging, verifying
from tests.kodi.test_new_film_in_kodi import enriched, imported, shown
from tests.operations.offers import encoded, painting

logger = logging.getLogger(__name__)
pytestmark = pytest.mark.kodi

LARGE = pictures.poster("as large as posters are", 1999, 2000, 3000)


async def hash_shown(real_kodi, video, tmp_path):
    """The perceptual hash of the poster that Kodi itself gives out for a film."""
    art = shown(real_kodi, video)["art"]["poster"]
    async with httpx.AsyncClient(auth=(real_kodi.username, real_kodi.password), timeout=30) as client:
        answer = await client.get(f"{real_kodi.url}/image/{quote(art, safe='')}")
    assert answer.status_code == 200, art
    (tmp_path / "shown").write_bytes(answer.content)
    return look_at(tmp_path / "shown").perceptual_hash


def hash_of(data, tmp_path):
    (tmp_path / "sent").write_bytes(data)
    return look_at(tmp_path / "sent").perceptual_hash


async def replaced(runtime, movie_id, data):
    """The whole work of a replacement, the look at the picture and the word to the player included; gives its seconds."""
    started = time.perf_counter()
    file = staging.draft(runtime)
    file.write_bytes(data)
    wish = await staging.stage_upload(runtime, Wish(movie_id, ArtworkType.POSTER, Source.UPLOAD), file)
    await replacing.replace_artwork(runtime, wish)
    await publishing.publish_movie(runtime, movie_id)
    assert await players.tell_players(runtime, movie_id) == []
    return time.perf_counter() - started


async def test_kodi_shows_the_picture_that_was_chosen_under_the_same_name_and_under_another(
    kodi_runtime, real_kodi, kodi_movies, tmp_path
):
    film = replace(NOSFERATU, tmdb_id=920, imdb_id="tt0000920", title="A Chosen Poster", translations=())
    movie_id, video = await imported(kodi_runtime, kodi_movies, film, "A Chosen Poster (1922)")
    await enriched(kodi_runtime, movie_id)
    await replaced(kodi_runtime, movie_id, pictures.poster("the first", 1922, 1000, 1500))
    first = await hash_shown(real_kodi, video, tmp_path)
    for data in (LARGE, encoded(painting("another format", 1000, 1500), "PNG")):
        logger.info("replaced in %.2f s", await replaced(kodi_runtime, movie_id, data))
        after = await hash_shown(real_kodi, video, tmp_path)
        assert distance(after, hash_of(data, tmp_path)) <= 6
        assert distance(after, first) > 6
        first = after


async def test_kodi_shows_the_picture_that_somebody_put_beside_ours_with_another_ending(
    kodi_runtime, real_kodi, kodi_movies, tmp_path
):
    """Both would be there, and Kodi shows the one that the file system lists first."""
    film = replace(NOSFERATU, tmdb_id=921, imdb_id="tt0000921", title="A Rival Poster", translations=())
    movie_id, video = await imported(kodi_runtime, kodi_movies, film, "A Rival Poster (1922)")
    await enriched(kodi_runtime, movie_id)
    theirs = encoded(painting("a rival", 1000, 1500), "PNG")
    video.with_name(f"{video.stem}-poster.png").write_bytes(theirs)
    await verifying.verify_movie(kodi_runtime, movie_id)
    assert await players.tell_players(kodi_runtime, movie_id) == []
    assert [path.suffix for path in video.parent.glob("*-poster.*")] == [".png"]
    assert distance(await hash_shown(real_kodi, video, tmp_path), hash_of(theirs, tmp_path)) <= 6
