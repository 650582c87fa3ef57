"""Pictures for people to look at: small, for ever the same, and only at addresses that are signed."""

from __future__ import annotations

import io
import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image

from deployments.demo.clips import write_clip
from deployments.demo.films import TEARS_OF_STEEL
from deployments.demo.house import radarr_download
from deployments.demo.serving import serve
from metarr_core.db import artwork as db
from metarr_core.db import movies
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.operations import artwork, editing, enrichment, explaining, importing
from metarr_core.operations.gallery import gallery
from metarr_core.operations.inbox import Source, receive
from metarr_core.operations.previewing import preview_url
from metarr_core.web.app import create_app


async def with_pictures(runtime, house) -> MovieId:
    video = house.folder(TEARS_OF_STEEL) / "film.mkv"
    write_clip(video, seconds=1, title="x")
    webhook = json.dumps(radarr_download(TEARS_OF_STEEL, f"/data/movies/{video.parent.name}", video)).encode()
    event_id = await receive(runtime, Source("radarr", "radarr"), webhook)
    movie_id = await importing.record(runtime, await importing.imports_of_events(runtime, [event_id]), Priority.CRITICAL)
    await enrichment.enrich_movie(runtime, movie_id)
    await artwork.download_artwork(runtime, movie_id)
    return movie_id


@pytest.fixture
async def web(runtime, house):
    async with serve(create_app(house.settings, "key")) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


async def poster_path(runtime, movie_id) -> str:
    async with runtime.database.transaction() as session:
        poster = next(one for one in await db.chosen(session, movie_id) if one.type == "poster")
    return preview_url(runtime.settings, poster.content_hash).partition("/previews/")[2]


async def test_a_preview_is_small_and_is_kept_by_browsers(runtime, house, web):
    path = await poster_path(runtime, await with_pictures(runtime, house))
    answer = await web.get(f"/previews/{path}")
    assert answer.status_code == 200
    assert max(Image.open(io.BytesIO(answer.content)).size) == 342
    assert "immutable" in answer.headers["Cache-Control"]
    again = await web.get(f"/previews/{path}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


async def test_an_address_that_is_not_signed_shows_nothing_and_does_not_tell_what_there_is(runtime, house, web):
    signed, _, content_hash = (await poster_path(runtime, await with_pictures(runtime, house))).partition("/")
    forged = signed[:-1] + ("0" if signed[-1] != "0" else "1")
    answers = [await web.get(f"/previews/{forged}/{content_hash}"), await web.get(f"/previews/{forged}/{'0' * 64}")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


async def test_a_films_page_shows_what_was_chosen_the_runners_up_and_the_story(runtime, house):
    movie_id = await with_pictures(runtime, house)
    page = await explaining.explain_movie(runtime, movie_id)
    assert "# Tears of Steel (2012)" in page
    assert (await poster_path(runtime, movie_id)) in page
    assert "/w185/" in page
    assert "language en is choice 1" in page
    assert "Tears of Steel is new" in page


async def test_a_films_page_tells_what_is_locked(runtime, house):
    movie_id = await with_pictures(runtime, house)
    async with runtime.database.transaction() as session:
        await editing.lock(session, movie_id, ["title", "poster"])
    page = await explaining.explain_movie(runtime, movie_id)
    assert "locked, so that only you change them: poster, title" in page
    assert "| poster<br>(locked) | " in page
    assert "fanart<br>(locked)" not in page


async def test_a_title_cannot_break_out_of_the_page(runtime, house):
    movie_id = await with_pictures(runtime, house)
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        movie.title = "<script>alert(1)</script> ![x](http://evil) | a\n# b"
    page = await explaining.explain_movie(runtime, movie_id)
    assert "<script>" not in page
    assert "![x]" not in page
    assert page.splitlines()[0].startswith("# &lt;script>alert(1)")


async def test_another_picture_is_chosen_by_a_form_that_only_waits_to_be_sent(runtime, house):
    movie_id = await with_pictures(runtime, house)
    form = "/deployments/deployment/1/run"
    page = await explaining.explain_movie(runtime, movie_id, form)
    links = [part.split(")")[0] for part in page.split("[choose it](")[1:]]
    wishes = [json.loads(parse_qs(urlsplit(link).query)["parameters"][0]) for link in links]
    assert links
    assert all(link.startswith(form) for link in links)
    async with runtime.database.transaction() as session:
        offered = {one.id: one.type for one in await db.every_candidate(session, movie_id)}
    for wish in wishes:
        assert (wish["movie_id"], wish["source"]) == (movie_id, "candidate")
        assert offered[wish["candidate_id"]] == wish["artwork_type"]


async def test_many_films_are_shown_with_what_each_is_known_by(runtime, house):
    movie_id = await with_pictures(runtime, house)
    page = await gallery(runtime, [movie_id, MovieId(999)])
    assert f"| {movie_id}: Tears of Steel (2012) | ![poster](" in page
    assert (await poster_path(runtime, movie_id)) in page
    assert "| 999:" not in page
