"""Whatever happens to a film, in whatever order: what is locked stays, what others wrote is kept, references are counted."""

from __future__ import annotations

import json
import random

import pytest

from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.db import movies
from metarr_core.domain.editing import read_edit
from metarr_core.domain.ids import TmdbId
from metarr_core.domain.locks import EDITABLE
from metarr_core.domain.metadata import Metadata, Who
from metarr_core.operations import choosing, editing
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.verifying import verify_movie
from tests.operations.films import known, sql
from tests.operations.offers import encoded, offer, painting

STEPS = 25
FIELDS = ("title", "plot", "tagline", "genres", "studios", "actors", "collection")
COUNTS = """SELECT content_hash FROM cache_assets a WHERE reference_count <>
 (SELECT count(*) FROM asset_references r WHERE r.asset_id = a.id)"""


class Story:
    """A film, what may happen to it, and the simple model that it is held against."""

    def __init__(self, runtime, house, movie_id, chance):
        self.runtime, self.house, self.movie_id, self.chance = runtime, house, movie_id, chance
        self.folder = house.movies / "Sintel (2010)"
        self.locked, self.theirs, self.number = {}, [], 0

    async def values(self):
        async with self.runtime.database.transaction() as session:
            movie = await movies.get(session, self.movie_id)
            metadata = await movies.read_metadata(session, movie)
            return {name: metadata.value(name) for name in EDITABLE}, set(movie.locked_fields)

    async def poster(self):
        return await sql(self.runtime, "SELECT asset_id FROM asset_references WHERE type = 'poster' ORDER BY position")

    def new(self):
        self.number += 1
        return f"value {self.number}"

    async def edit(self):
        name, text = self.chance.choice(FIELDS), self.new()
        value = {"genres": [text], "studios": [], "actors": [{"name": text}]}.get(name, text)
        async with self.runtime.database.transaction() as session:
            await editing.edit(session, self.movie_id, read_edit(json.dumps({name: value}).encode()))
        self.locked[name] = (await self.values())[0][name]

    async def lock(self):
        name = self.chance.choice((*FIELDS, "poster"))
        async with self.runtime.database.transaction() as session:
            await editing.lock(session, self.movie_id, [name])
        self.locked[name] = await self.poster() if name == "poster" else (await self.values())[0][name]

    async def unlock(self):
        name = self.chance.choice((*FIELDS, "poster"))
        async with self.runtime.database.transaction() as session:
            await editing.unlock(session, self.movie_id, [name])
        self.locked.pop(name, None)

    async def refresh(self):
        await enrich_movie(self.runtime, self.movie_id)

    async def lies(self):
        who = self.chance.choice((Who.PROVIDER, Who.NFO, Who.MANAGER, Who.FILE))
        text = self.new()
        lies = Metadata(fields={"title": text, "plot": text}, genres=(text,), studios=(), actors=())
        async with self.runtime.database.transaction() as session:
            await movies.write_metadata(session, await movies.get(session, self.movie_id), lies, who=who)

    async def another(self):
        film = self.chance.choice((NOSFERATU, SINTEL))
        await choosing.choose_film(self.runtime, self.movie_id, TmdbId(film.tmdb_id))

    async def offer(self):
        name = f"{self.new().replace(' ', '')}.jpg"
        await offer(self.runtime, self.house, self.movie_id, {name: encoded(painting(name))})
        await download_artwork(self.runtime, self.movie_id)

    async def publish(self):
        await publish_movie(self.runtime, self.movie_id)

    async def foreign_picture(self):
        await self.write_as_somebody("Sintel (2010)-poster.jpg", encoded(painting(self.new(), 500, 750)))

    async def foreign_nfo(self):
        await self.write_as_somebody("Sintel (2010).nfo", f"<movie><tagline>{self.new()}</tagline></movie>".encode())

    async def write_as_somebody(self, name, data):
        """They do it between two runs of ours; what they adopt is theirs to lock, so the model looks afterwards."""
        await self.publish()
        path = self.folder / name
        unseen = path.read_bytes() if path.exists() else b""
        if unseen not in self.cached():  # a file of theirs that we never touched, and that they write over themselves
            self.theirs = [one for one in self.theirs if one != unseen]
        path.write_bytes(data)
        self.theirs.append(data)
        before = (await self.values())[1]
        await verify_movie(self.runtime, self.movie_id)
        values, locked = await self.values()
        for one in locked - before:
            self.locked[one] = await self.poster() if one == "poster" else values[one]

    def cached(self):
        return {path.read_bytes() for path in self.runtime.cache.root.rglob("*") if path.is_file()}

    async def holds(self):
        values, locked = await self.values()
        assert locked == self.locked.keys()
        now = values | {"poster": await self.poster()}
        assert {name: now[name] for name in self.locked} == self.locked
        assert await sql(self.runtime, COUNTS) == []
        cached = self.cached()
        here = {path.read_bytes() for path in self.folder.iterdir()}
        assert [data for data in self.theirs if data not in cached | here] == []


WHAT_HAPPENS = (
    *("edit", "lock", "unlock", "refresh", "lies", "another", "offer", "publish", "foreign_picture", "foreign_nfo"),
)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_what_is_locked_stays_and_nothing_of_others_is_lost(runtime, house, seed):
    story = Story(runtime, house, await known(runtime, house), random.Random(seed))
    for _ in range(STEPS):
        await getattr(story, story.chance.choice(WHAT_HAPPENS))()
        await story.holds()
