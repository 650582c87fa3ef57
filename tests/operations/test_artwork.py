"""Which pictures a film ends with, and what becomes of those that are no good."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from PIL import Image

from deployments.demo.faults import Fault
from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.settings.artwork import Artwork
from tests.operations.films import known, sql, whole
from tests.operations.offers import GOOD, chosen, encoded, offer, painting
from tests.test_images import bomb

CUT = Fault(status=200, headers={"Content-Length": str(len(GOOD))}, body=GOOD[:500])
"""The beginning of a picture, and then the connection is closed."""


async def with_artwork(runtime, house, film=SINTEL, **settings):
    artwork = Artwork.model_validate(settings)
    runtime = replace(runtime, settings=runtime.settings.model_copy(update={"artwork": artwork}))
    movie_id = await known(runtime, house, film)
    await enrich_movie(runtime, movie_id)
    await download_artwork(runtime, movie_id)
    return (await whole(runtime, movie_id))["artwork"]


async def test_every_type_that_providers_have_is_there(runtime, house):
    types = [one["type"] for one in await with_artwork(runtime, house)]
    assert set(types) == {"poster", "fanart", "banner", "clearlogo", "clearart", "discart", "keyart", "landscape"}
    assert types.count("fanart") == 3


@pytest.mark.parametrize(
    ("languages", "language"), [(["en", "original", "none"], "en"), (["original", "en"], "de"), (["none", "en"], None)]
)
async def test_the_order_of_languages_decides(runtime, house, languages, language):
    found = await with_artwork(runtime, house, NOSFERATU, languages=languages)
    assert [one["language"] for one in found if one["type"] == "poster"] == [language]


async def test_fanart_and_key_art_are_without_text_first(runtime, house):
    found = await with_artwork(runtime, house)
    assert {one["language"] for one in found if one["type"] in {"fanart", "keyart"}} == {None}


async def test_a_type_may_have_an_order_of_its_own(runtime, house):
    found = await with_artwork(runtime, house, NOSFERATU, clearlogo={"languages": ["original"]})
    languages = {one["type"]: one["language"] for one in found}
    assert (languages["clearlogo"], languages["poster"]) == ("de", "en")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (GOOD[: len(GOOD) // 2], "broken picture"),
        (b"<html>not here</html>", "not a JPEG, PNG or WebP picture"),
        (encoded(painting(), "GIF"), "not a JPEG, PNG or WebP picture"),
        (b"", "not a JPEG, PNG or WebP picture"),
        (bomb(10_000, 10_000), "more than 80,000,000 pixels"),
        (encoded(painting(), "WEBP", save_all=True, append_images=[painting("other")]), "animated"),
        (Fault(status=404), "does not have"),
        (Fault(status=410), "does not have"),
    ],
    ids=["truncated", "html", "gif", "empty", "100 megapixels", "animated", "404", "410"],
)
async def test_a_picture_that_is_none_makes_room_for_the_next_and_is_not_fetched_again(runtime, house, content, reason):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {"bad.jpg": content, "good.jpg": GOOD})
    downloads = await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["good.jpg"]
    assert downloads.trouble is None
    assert reason in downloads.failed[0]
    reasons = await sql(runtime, "SELECT failed_reason FROM asset_candidates ORDER BY score DESC")
    assert reason in reasons[0][0]
    assert reasons[1][0] is None
    asked = len(house.tmdb.requests)
    assert (await download_artwork(runtime, movie_id)).failed == ()
    assert len(house.tmdb.requests) == asked


@pytest.mark.parametrize(
    "fault",
    [Fault(status=503), Fault(status=403), Fault(status=429), CUT],
    ids=["503", "403", "429", "cut"],
)
async def test_a_picture_that_cannot_be_had_now_comes_later(runtime, house, fault):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {"best.jpg": fault, "good.jpg": GOOD})
    downloads = await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["good.jpg"]
    assert "tmdb cannot be used right now" in str(downloads.trouble)
    assert "api_key" not in str(downloads.trouble)
    house.tmdb.faults.clear()
    await offer(runtime, house, movie_id, {"best.jpg": encoded(painting("best")), "good.jpg": GOOD})
    assert (await download_artwork(runtime, movie_id)).trouble is None
    assert await chosen(runtime, movie_id) == ["best.jpg"]


async def test_while_a_server_of_pictures_is_down_it_is_left_alone_soon(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {f"{number}.jpg": Fault(status=503) for number in range(100)})
    downloads = await download_artwork(runtime, movie_id)
    assert len(downloads.failed) == 5
    assert downloads.trouble is not None


async def test_a_near_duplicate_of_a_better_one_is_dropped_and_not_fetched_again(runtime, house):
    movie_id = await known(runtime, house)
    twin, other = encoded(painting("one"), quality=40), encoded(painting("other"))
    offered = {"one.jpg": encoded(painting("one")), "twin.jpg": twin, "other.jpg": other}
    await offer(runtime, house, movie_id, offered, "fanart")
    for _ in range(2):
        await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id, "fanart") == ["one.jpg", "other.jpg"]
    assert len([line for line in house.tmdb.requests if "twin" in line]) == 1
    ((reason,),) = await sql(runtime, "SELECT failed_reason FROM asset_candidates WHERE failed_reason IS NOT NULL")
    assert "nearly the same as the better one at place 0" in reason


async def stored(runtime, movie_id):
    """The only picture of a film: its row, and the picture that lies in the cache."""
    (row,) = await sql(runtime, "SELECT * FROM cache_assets")
    path = runtime.cache.path(row.file_path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == row.content_hash
    assert path.stat().st_size == row.file_size
    with Image.open(path) as image:
        image.load()
        assert image.size == (row.width, row.height)
    return row, image


def lying():
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(painting().rotate(90, expand=True), exif=exif)


@pytest.mark.parametrize(
    ("content", "size", "mime", "mode"),
    [
        (encoded(painting(width=2400, height=3600)), (2000, 3000), "image/jpeg", "RGB"),
        (encoded(painting(width=400, height=6000)), (200, 3000), "image/jpeg", "RGB"),
        (encoded(painting(width=2400, height=3600).convert("P"), "PNG"), (2000, 3000), "image/png", "RGB"),
        (encoded(painting().convert("CMYK")), (400, 600), "image/jpeg", "RGB"),
        (lying(), (400, 600), "image/jpeg", "RGB"),
        (encoded(painting(), "WEBP"), (400, 600), "image/jpeg", "RGB"),
        (encoded(painting().convert("RGBA"), "WEBP"), (400, 600), "image/jpeg", "RGB"),
        (encoded(Image.new("RGBA", (400, 600), (9, 9, 9, 9)), "WEBP"), (400, 600), "image/png", "RGBA"),
    ],
    ids=["large", "long", "large palette", "cmyk", "lying", "webp", "opaque webp", "transparent webp"],
)
async def test_a_picture_is_made_fit_for_players_and_known_by_the_bytes_that_are_kept(
    runtime, house, content, size, mime, mode
):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {"odd.jpg": content})
    await download_artwork(runtime, movie_id)
    row, image = await stored(runtime, movie_id)
    assert ((row.width, row.height), row.mime, image.mode) == (size, mime, mode)
    assert image.getexif().get(0x0112, 1) == 1


async def test_a_picture_that_fits_is_kept_byte_by_byte(runtime, house):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {"good.jpg": GOOD})
    await download_artwork(runtime, movie_id)
    row, _ = await stored(runtime, movie_id)
    assert row.content_hash == hashlib.sha256(GOOD).hexdigest()


async def test_a_type_may_have_a_number_and_a_least_size_of_its_own(runtime, house):
    found = await with_artwork(runtime, house, fanart={"count": 2}, poster={"minimum_width": 100_000})
    types = [one["type"] for one in found]
    assert (types.count("fanart"), types.count("poster")) == (2, 0)
    assert {one["language"] for one in found if one["type"] == "fanart"} == {None}
    reasons = await sql(
        runtime,
        "SELECT DISTINCT passed_over LIKE '% is smaller than 100000x0' FROM asset_candidates"
        " WHERE type = 'poster' AND passed_over NOT LIKE 'language%'",
    )
    assert [row[0] for row in reasons] == [True]


async def test_what_the_settings_no_longer_want_stays_until_there_is_something_better(runtime, house):
    before = await with_artwork(runtime, house)
    after = await with_artwork(runtime, house, poster={"minimum_votes": 1_000_000})
    posters = [[one["content_hash"] for one in found if one["type"] == "poster"] for found in (before, after)]
    assert posters[0] == posters[1] != []
