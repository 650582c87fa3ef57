"""fanart.tv: what it offers, and that its bad hours cost a film nothing."""

from __future__ import annotations

import pytest

from deployments.demo.fanart_tv import FanartTvStandIn
from deployments.demo.faults import Fault
from deployments.demo.films import FILMS, SINTEL
from deployments.demo.serving import serve
from metarr_core.clients.fanart_tv import FanartTv, candidates
from metarr_core.clients.http import open_client
from metarr_core.db.engine import Database
from metarr_core.db.providers import StoredProviderMemory
from metarr_core.domain.artwork import ArtworkType
from metarr_core.errors import ProviderUnavailable
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import Enriched, enrich_movie
from metarr_core.settings.sections import FanartTv as FanartTvSettings
from tests.operations.films import known, sql, whole

KEY = "f" * 32
ONLY_HERE = {"banner", "clearart", "discart"}


@pytest.fixture
async def fanart_tv(database_url):
    """A fanart.tv, and a way to make clients of it by their keys."""
    stand_in, database = FanartTvStandIn(FILMS, KEY), Database(database_url)
    async with serve(stand_in.app) as url, open_client(through_proxy=False) as http:

        def client(key=KEY):
            settings = FanartTvSettings.model_validate({"api_key": key, "base_url": f"{url}/v3"})
            return FanartTv.from_settings(settings, http, StoredProviderMemory(database))

        yield stand_in, client
    await database.close()


def row(**more):
    return {"id": "1", "url": "http://f/a.png", "lang": "en", "likes": "3"} | more


@pytest.mark.parametrize(
    ("kind", "artwork_type", "size"),
    [
        ("hdmovielogo", "clearlogo", (800, 310)),
        ("movielogo", "clearlogo", (400, 155)),
        ("movieposter", "poster", (1000, 1426)),
        ("moviebackground", "fanart", (1920, 1080)),
        ("movie4kbackground", "fanart", (3840, 2160)),
        ("moviebanner", "banner", (1000, 185)),
        ("moviethumb", "landscape", (1000, 562)),
        ("moviedisc", "discart", (1000, 1000)),
        ("hdmovieclearart", "clearart", (1000, 562)),
        ("movieart", "clearart", (500, 281)),
    ],
)
def test_its_types_are_kodis_in_the_sizes_that_it_asks_for(kind, artwork_type, size):
    (found,) = candidates({"name": "Sintel", "tmdb_id": "45745", kind: [row()]})
    assert (found.type, found.width, found.height) == (artwork_type, *size)
    assert (found.provider, found.url) == ("fanart_tv", "http://f/a.png")


@pytest.mark.parametrize(
    ("kind", "lang", "language"),
    [
        ("movieposter", "de", "de"),
        ("movieposter", "", None),
        ("movieposter", "00", None),
        ("movieposter", None, None),
        ("movieposter", ["en"], None),
        ("movieposter", "e\x00n", "en"),
        ("moviebackground", "en", None),
        ("moviebackground", "00", None),
    ],
)
def test_a_picture_without_text_has_no_language_and_a_background_never_has_text(kind, lang, language):
    (found,) = candidates({kind: [row(lang=lang)]})
    assert found.language == language


@pytest.mark.parametrize(
    ("likes", "votes"), [("0", (0.0, 0)), ("12", (6.5, 12)), (7, (6.5, 7)), ("many", (0.0, 0)), (None, (0.0, 0))]
)
def test_likes_count_as_votes(likes, votes):
    (found,) = candidates({"moviebanner": [row(likes=likes)]})
    assert (found.vote_average, found.vote_count) == votes


def test_sizes_that_a_newer_answer_tells_are_believed():
    (found,) = candidates({"movieposter": [row(width="2000", height="3000")]})
    assert (found.width, found.height) == (2000, 3000)


@pytest.mark.parametrize("rows", [None, "x", {}, [None, 3, {}], [row(url="")], [row(url=None)], [row(url=7)]])
def test_what_is_no_picture_is_passed_over(rows):
    assert candidates({"movieposter": rows, "tvposter": [row()], "name": "x"}) == ()


def test_a_picture_that_is_told_twice_is_offered_once():
    assert len(candidates({"hdmovielogo": [row()], "movielogo": [row()]})) == 1


async def test_a_film_has_art_of_every_kind(fanart_tv):
    _, client = fanart_tv
    found = await client().candidates(SINTEL.tmdb_id)
    assert {one.type for one in found} == ONLY_HERE | {"clearlogo", "fanart", "landscape", "poster"}
    assert {one.language for one in found if one.type is ArtworkType.POSTER} == {"en", "de"}


async def test_a_film_without_art_is_nothing_special_and_not_asked_for_again(fanart_tv):
    stand_in, client = fanart_tv
    assert await client().candidates(1) == ()
    assert await client().candidates(1) == ()
    assert len(stand_in.requests) == 1


@pytest.mark.parametrize("key", ["wrong", KEY[:-1]])
async def test_a_refused_key_says_what_to_set(fanart_tv, key):
    _, client = fanart_tv
    with pytest.raises(ProviderUnavailable, match=r"providers\.fanart_tv\.api_key") as caught:
        await client(key).candidates(SINTEL.tmdb_id)
    assert key not in str(caught.value)


async def types_of(runtime, movie_id):
    return {one["type"] for one in (await whole(runtime, movie_id))["artwork"]}


async def test_a_film_is_finished_without_it_and_completed_when_it_is_back(runtime, house):
    house.fanart_tv.faults.add("/v3/", Fault(status=500))
    movie_id = await known(runtime, house)
    enriched = await enrich_movie(runtime, movie_id)
    assert isinstance(enriched, Enriched)
    assert "fanart_tv" in str(enriched.trouble)
    assert (await whole(runtime, movie_id))["identification_status"] == "enriched"
    await download_artwork(runtime, movie_id)
    assert await types_of(runtime, movie_id) == {"poster", "fanart", "clearlogo", "keyart", "landscape"}
    house.fanart_tv.faults.clear()
    assert await enrich_movie(runtime, movie_id) == Enriched()
    await download_artwork(runtime, movie_id)
    assert await types_of(runtime, movie_id) > ONLY_HERE


async def offered(runtime):
    rows = await sql(runtime, "SELECT url FROM asset_candidates WHERE provider = 'fanart_tv' ORDER BY url")
    return [url for (url,) in rows]


async def test_what_it_offered_before_stays_while_it_is_down(runtime, house):
    movie_id = await known(runtime, house)
    await enrich_movie(runtime, movie_id)
    before = await offered(runtime)
    house.fanart_tv.faults.add("/v3/", Fault(status=503))
    await enrich_movie(runtime, movie_id)
    assert await offered(runtime) == before != []


async def test_what_it_does_not_offer_any_more_goes(runtime, house):
    movie_id = await known(runtime, house)
    await enrich_movie(runtime, movie_id)
    body = b'{"movieposter": [{"id": "1", "url": "http://f/new.jpg", "lang": "en", "likes": "1"}]}'
    house.fanart_tv.faults.add("/v3/", Fault(status=200, body=body))
    await enrich_movie(runtime, movie_id)
    assert await offered(runtime) == ["http://f/new.jpg"]
