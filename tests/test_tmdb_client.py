"""TMDB over HTTP, in its good and in its bad hours."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from deployments.demo.faults import Fault, Reset
from deployments.demo.films import BIG_BUCK_BUNNY, FILMS, NOSFERATU, SINTEL, TEARS_OF_STEEL
from deployments.demo.serving import serve
from deployments.demo.tmdb import TmdbStandIn
from metarr_core.clients.http import LONGEST_ANSWER_BYTES, open_client, retry_after_seconds
from metarr_core.clients.tmdb import Tmdb
from metarr_core.db.engine import Database
from metarr_core.db.providers import StoredProviderMemory
from metarr_core.domain.artwork import ArtworkType
from metarr_core.errors import NotFoundError, PermanentError, ProviderUnavailable, RateLimited
from metarr_core.settings.sections import Tmdb as TmdbSettings

V3_KEY = "0123456789abcdef0123456789abcdef"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln"
ORDER = ("en", "original", "none")
MOVIE = "/3/movie/"


@pytest.fixture
async def house(database_url):
    """A TMDB, and a way to make clients of it by their keys."""
    stand_in, database = TmdbStandIn(FILMS, V3_KEY), Database(database_url)
    memory = StoredProviderMemory(database)
    async with serve(stand_in.app) as url, open_client(through_proxy=False) as http:

        def client(key=V3_KEY, url=url):
            settings = {"api_key": key, "base_url": f"{url}/3", "image_base_url": f"{url}/t/p"}
            return Tmdb.from_settings(TmdbSettings.model_validate(settings), http, memory)

        yield stand_in, client
    await database.close()


def queries(stand_in):
    return [{name: value[0] for name, value in parse_qs(urlsplit(one).query).items()} for one in stand_in.requests]


async def test_a_film_comes_with_people_pictures_and_ids_in_one_request(house):
    stand_in, client = house
    film = await client().movie(SINTEL.tmdb_id, ORDER)
    assert (film.tmdb_id, film.imdb_id) == (45745, "tt1727587")
    assert (film.metadata.fields["title"], film.metadata.fields["runtime"]) == ("Sintel", 15)
    assert film.metadata.fields["certification"] == "NR"
    assert film.metadata.fields["trailer_url"].endswith("video_id=eRsGyueVLvQ")
    assert [part.role for part in film.metadata.actors] == ["Sintel (voice)", "Shaman (voice)"]
    assert {one.language for one in film.candidates if one.type is ArtworkType.POSTER} == {"en", None}
    assert len(stand_in.requests) == 1


async def test_the_pictures_of_a_foreign_film_are_asked_for_again_in_its_own_language(house):
    stand_in, client = house
    film = await client().movie(NOSFERATU.tmdb_id, ORDER)
    assert [one["include_image_language"] for one in queries(stand_in)] == ["en,null", "en,de,null"]
    assert [one["append_to_response"] for one in queries(stand_in)][1] == "images"
    assert {one.language for one in film.candidates} == {"en", "de", None}
    assert len({(one.type, one.url) for one in film.candidates}) == len(film.candidates)


@pytest.mark.parametrize("order", [("en", "none"), ("de", "original", "none")])
async def test_it_is_not_asked_again_where_the_first_answer_has_it_all(house, order):
    stand_in, client = house
    await client().movie(NOSFERATU.tmdb_id, order)
    assert len(stand_in.requests) == 1


async def test_a_v3_key_goes_into_the_query(house):
    stand_in, client = house
    await client(V3_KEY).movie(SINTEL.tmdb_id, ORDER)
    assert queries(stand_in)[0]["api_key"] == V3_KEY


async def test_a_read_token_goes_into_a_header_and_never_into_an_address(house):
    stand_in, client = house
    stand_in.api_key = TOKEN
    assert (await client(TOKEN).movie(SINTEL.tmdb_id, ORDER)).metadata.fields["title"] == "Sintel"
    assert "api_key" not in queries(stand_in)[0]


def test_without_a_key_there_is_no_client():
    assert Tmdb.from_settings(TmdbSettings(), httpx.AsyncClient(), None) is None


async def test_a_film_is_found_by_its_imdb_id(house):
    _, client = house
    assert await client().by_imdb_id("tt0013442") == 653
    with pytest.raises(NotFoundError, match="tt9999999"):
        await client().by_imdb_id("tt9999999")


async def test_a_film_that_tmdb_does_not_have_is_not_found_at_once(house):
    stand_in, client = house
    with pytest.raises(NotFoundError):
        await client().movie(1, ORDER)
    assert len(stand_in.requests) == 1


async def test_a_refused_key_is_no_fault_of_the_film_and_says_what_to_set(house):
    stand_in, client = house
    with pytest.raises(ProviderUnavailable, match=r"providers\.tmdb\.api_key") as caught:
        await client("f" * 32).movie(SINTEL.tmdb_id, ORDER)
    assert not isinstance(caught.value, PermanentError)
    assert caught.value.retry_after == 300
    assert "f" * 32 not in str(caught.value)
    assert len(stand_in.requests) == 1


async def test_a_short_pause_is_waited_for_within_the_call(house):
    stand_in, client = house
    stand_in.faults.add(MOVIE, Fault(status=429, times=1, headers={"Retry-After": "0"}))
    assert (await client().movie(SINTEL.tmdb_id, ORDER)).imdb_id == "tt1727587"
    assert len(stand_in.requests) == 2


@pytest.mark.parametrize(("headers", "seconds"), [({"Retry-After": "42"}, 42), ({}, 300)])
async def test_a_long_pause_is_left_to_the_queue_with_its_length(house, headers, seconds):
    stand_in, client = house
    stand_in.faults.add(MOVIE, Fault(status=429, headers=headers, body=b"{}"))
    with pytest.raises(RateLimited) as caught:
        await client().movie(SINTEL.tmdb_id, ORDER)
    assert caught.value.retry_after == seconds
    assert len(stand_in.requests) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("Sun, 22 Nov 2026 13:00:00 GMT", 3600),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 1),
        ("Sun, 22 Nov 2026 13:00:00", 300),
        ("soon", 300),
        ("-5", 300),
        ("1.5", 300),
        ("", 300),
    ],
)
def test_a_pause_is_told_in_seconds_or_by_a_date(value, seconds):
    answer = httpx.Response(429, headers={"Retry-After": value})
    assert retry_after_seconds(answer, datetime(2026, 11, 22, 12, tzinfo=UTC)) == seconds


@pytest.mark.parametrize("status", [500, 503])
async def test_a_hiccup_is_tried_again_within_the_call(house, status):
    stand_in, client = house
    stand_in.faults.add(MOVIE, Fault(status=status, times=1))
    assert (await client().movie(SINTEL.tmdb_id, ORDER)).metadata.fields["title"] == "Sintel"
    assert len(stand_in.requests) == 2


async def test_a_cut_connection_is_tried_again_within_the_call(house):
    stand_in, client = house
    stand_in.faults.add(MOVIE, Reset(times=1))
    assert (await client().movie(SINTEL.tmdb_id, ORDER)).metadata.fields["title"] == "Sintel"


BAD_HOURS = {
    SINTEL: Fault(status=200, headers={"Content-Type": "text/html"}, body=b"<html>maintenance</html>"),
    BIG_BUCK_BUNNY: Fault(status=200, body=b"[1]"),
    TEARS_OF_STEEL: Fault(status=302, headers={"Location": "http://127.0.0.1:1/"}),
    NOSFERATU: Fault(status=504),
}


async def test_a_bad_hour_ends_the_call_after_three_attempts_and_is_worth_another_try(house):
    stand_in, client = house
    for film, fault in BAD_HOURS.items():
        stand_in.faults.add(f"{MOVIE}{film.tmdb_id}$", fault)
    calls = [client().movie(film.tmdb_id, ORDER) for film in BAD_HOURS]
    calls.append(client(url="http://127.0.0.1:1").movie(SINTEL.tmdb_id, ORDER))
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert [(type(end), end.retry_after) for end in ends] == [(ProviderUnavailable, 60)] * 5
    assert [end for end in ends if V3_KEY in str(end)] == []
    assert len(stand_in.requests) == 3 * len(BAD_HOURS)


async def test_an_answer_that_unpacks_to_any_size_is_not_taken_in(house):
    stand_in, client = house
    bomb = gzip.compress(b'{"title": "' + b"x" * (LONGEST_ANSWER_BYTES + 1) + b'"}')
    stand_in.faults.add(MOVIE, Fault(status=200, headers={"Content-Encoding": "gzip"}, body=bomb))
    with pytest.raises(ProviderUnavailable, match="longer than"):
        await client().movie(SINTEL.tmdb_id, ORDER)
