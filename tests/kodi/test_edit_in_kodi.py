"""An edit as a real Kodi shows it; locks in the NFO change nothing that Kodi reads."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from deployments.demo.films import NOSFERATU
from metarr_core.domain.editing import read_edit
from metarr_core.domain.locks import LOCKABLE
from metarr_core.operations import editing, players, publishing
from tests.kodi.test_new_film_in_kodi import enriched, imported
from tests.kodi.test_side_by_side import PROPERTIES, shown

pytestmark = pytest.mark.kodi

FILM = replace(NOSFERATU, tmdb_id=920_001, imdb_id="tt0920001", title="The Locked House", original_title="The Locked House")


async def published(runtime, movie_id):
    await publishing.publish_movie(runtime, movie_id)
    assert await players.tell_players(runtime, movie_id) == []


async def test_kodi_shows_edits_and_passes_locks_over(kodi_runtime, real_kodi, kodi_movies, house):
    house.tmdb.films[FILM.tmdb_id] = FILM
    movie_id, video = await imported(kodi_runtime, kodi_movies, FILM, "The Locked House (1922)")
    await enriched(kodi_runtime, movie_id)
    await published(kodi_runtime, movie_id)
    before = {name: shown(real_kodi, video)[name] for name in PROPERTIES}
    async with kodi_runtime.database.transaction() as session:
        await editing.lock(session, movie_id, LOCKABLE)
    await published(kodi_runtime, movie_id)
    nfo = video.with_suffix(".nfo").read_text("utf-8")
    assert "<lockdata>true</lockdata>" in nfo
    assert "<lockedfields>Name|Overview|" in nfo
    assert {name: shown(real_kodi, video)[name] for name in PROPERTIES} == before
    body = {"title": "The Open House", "actors": [{"name": "Ann", "role": "Herself"}], "collection": "Houses", "rating": 9}
    async with kodi_runtime.database.transaction() as session:
        await editing.edit(session, movie_id, read_edit(json.dumps(body).encode()))
    await published(kodi_runtime, movie_id)
    after = shown(real_kodi, video)
    assert (after["title"], after["set"], round(after["rating"], 1)) == ("The Open House", "Houses", 9)
    assert [(one["name"], one["role"]) for one in after["cast"]] == [("Ann", "Herself")]
    assert after["plot"] == before["plot"]
