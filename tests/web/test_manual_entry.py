"""A film that no provider knows, entered with its pictures."""

from __future__ import annotations

import hashlib
import json

import pytest

from deployments.demo import pictures
from metarr_core.web import starting
from tests.operations.offers import encoded, painting
from tests.web.films import a_film
from tests.web.shim import problem

MINE = pictures.poster("mine", 1999, 1000, 1500)
FANART = encoded(painting("fanart", 1280, 720))


@pytest.fixture(autouse=True)
def nobody_waits_for_a_dispatcher(monkeypatch):
    monkeypatch.setattr(starting, "LONGEST_WAIT_SECONDS", 0.0)


async def enter(shim, movie_id, **sent):
    return await shim.client.put(f"/api/v1/movies/{movie_id}/metadata", **sent)


async def test_a_form_brings_what_is_known_and_the_pictures(shim, settings):
    movie_id = await a_film(shim.tables, "holiday")
    told = {"metadata": json.dumps({"title": "Our Holiday", "year": 2019})}
    answer = await enter(shim, movie_id, data=told, files={"poster": MINE, "fanart": FANART})
    assert answer.status_code == 202
    assert answer.json()["locked_fields"] == ["title", "year", "poster", "fanart"]
    (job,) = await shim.tables.jobs()
    hashes = {kind: {"sha256": hashlib.sha256(data).hexdigest()} for kind, data in (("poster", MINE), ("fanart", FANART))}
    assert job["payload"] == {"movie_ids": [movie_id], "metadata": {"title": "Our Holiday", "year": 2019, "artwork": hashes}}
    assert len(await shim.tables.rows("SELECT 1 FROM cache_assets")) == 2


@pytest.mark.parametrize(
    ("sent", "status", "why"),
    [
        ({"data": {"metadata": '{"title": "x"}'}, "files": {"poster": b"none"}}, 415, "not a JPEG"),
        ({"data": {"metadata": '{"title": "x"}'}, "files": {"postr": MINE}}, 422, "a form has metadata, poster"),
        ({"data": {"metadata": '{"title": "x"'}, "files": {"poster": MINE}}, 422, "JSON"),
        ({"data": {"metadata": "{}"}, "files": {"poster": FANART}}, 422, "too small"),
        ({"json": {"artwork": {"poster": {}}}}, 422, "sha256"),
        ({"json": {"artwork": {"poster": {"url": "http://127.0.0.1/x.jpg"}}}}, 422, "a machine in the house"),
        ({"json": {"artwork": {"cover": {"url": "http://a/x.jpg"}}}}, 422, "artwork.cover"),
        ({"json": {"artwork": {}}}, 422, "at least one"),
    ],
)
async def test_what_cannot_be_used_is_refused_and_nothing_is_queued(shim, sent, status, why):
    movie_id = await a_film(shim.tables, "holiday")
    assert why in problem(await enter(shim, movie_id, **sent), status)
    assert await shim.tables.jobs() == []
