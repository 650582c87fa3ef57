"""A person's word holds: through refreshes, other identities and other films; and it can be taken back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from deployments.demo.films import NOSFERATU
from metarr_core.db import artwork, history, movies
from metarr_core.db.tables.artwork import AssetReference
from metarr_core.domain.editing import read_edit
from metarr_core.domain.ids import TmdbId
from metarr_core.domain.locks import EDITABLE, LOCKABLE
from metarr_core.domain.metadata import Collection, Metadata, Part, Person, Who
from metarr_core.errors import InvalidFields, NotFoundError, StateConflict
from metarr_core.operations import choosing, editing
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.trash import trash_movie
from tests.domain.test_editing import VALUES
from tests.operations.films import known, sql, whole


async def edit(runtime, movie_id, /, **fields):
    async with runtime.database.transaction() as session:
        return await editing.edit(session, movie_id, read_edit(json.dumps(fields).encode()))


async def told(runtime, movie_id, metadata, **how):
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        return await movies.write_metadata(session, movie, metadata, **how)


async def metadata_of(runtime, movie_id):
    async with runtime.database.transaction() as session:
        return await movies.read_metadata(session, await movies.get(session, movie_id))


async def story(runtime, movie_id):
    async with runtime.database.transaction() as session:
        return await history.of_movie(session, movie_id, await metadata_of(runtime, movie_id))


async def undone(runtime, movie_id, change_id, field=None):
    async with runtime.database.transaction() as session:
        return await editing.undo(session, movie_id, change_id, field)


FRAMED = ("title", "plot", "genres")


@pytest.fixture
async def movie_id(runtime, house):
    number = await known(runtime, house)
    await enrich_movie(runtime, number)
    return number


async def test_every_field_that_a_person_edits_is_locked_and_survives_a_refresh(runtime, movie_id):
    assert set(await edit(runtime, movie_id, **VALUES)) == set(EDITABLE)
    edited = await metadata_of(runtime, movie_id)
    assert set((await whole(runtime, movie_id))["locked_fields"]) == set(EDITABLE)
    await enrich_movie(runtime, movie_id)
    assert replace(await metadata_of(runtime, movie_id), external_ids={}) == replace(edited, external_ids={})


async def test_what_a_person_empties_stays_empty_and_a_removed_actor_stays_removed(runtime, movie_id):
    film = await whole(runtime, movie_id)
    assert len(film["actors"]) > 1
    await edit(runtime, movie_id, plot=None, genres=[], actors=film["actors"][1:])
    await enrich_movie(runtime, movie_id)
    after = await whole(runtime, movie_id)
    assert (after["plot"], after["genres"]) == (None, [])
    assert [one["name"] for one in after["actors"]] == [one["name"] for one in film["actors"][1:]]


async def test_a_value_that_is_the_same_is_locked_all_the_same(runtime, movie_id):
    title = (await whole(runtime, movie_id))["title"]
    assert await edit(runtime, movie_id, title=title) == []
    assert (await whole(runtime, movie_id))["locked_fields"] == ["title"]


async def test_locks_by_hand_hold_every_field_against_whatever_is_told(runtime, movie_id):
    async with runtime.database.transaction() as session:
        assert await editing.lock(session, movie_id, LOCKABLE) == list(LOCKABLE)
        assert await editing.lock(session, movie_id, LOCKABLE) == []
    before = await metadata_of(runtime, movie_id)
    for who in set(Who) - {Who.USER}:
        lies = Metadata(
            fields={"title": "Lies", "plot": "Lies.", "year": 1901, "rating": 1.0, "votes": 1},
            collection=Collection(1, "Lies"),
            **dict.fromkeys(("genres", "studios", "countries", "tags", "alternative_titles"), ("Lies",)),
            actors=(),
            crew=(),
        )
        assert await told(runtime, movie_id, lies, who=who) == []
    assert await metadata_of(runtime, movie_id) == before
    async with runtime.database.transaction() as session:
        assert await editing.unlock(session, movie_id, ["plot"]) == ["plot"]
    assert await told(runtime, movie_id, lies, who=Who.PROVIDER) == ["plot"]


async def test_locked_values_stay_when_the_film_turns_out_to_be_another(runtime, movie_id):
    await edit(runtime, movie_id, plot="Mine.", actors=[{"name": "Ann"}], collection="My films")
    async with runtime.database.transaction() as session:
        await editing.lock(session, movie_id, ["tagline", "studios"])
    before = await whole(runtime, movie_id)
    await choosing.choose_film(runtime, movie_id, TmdbId(NOSFERATU.tmdb_id))
    await enrich_movie(runtime, movie_id)
    after = await whole(runtime, movie_id)
    assert after["title"] == NOSFERATU.title
    for name in ("plot", "actors", "collection", "tagline", "studios"):
        assert after[name] == before[name], name


async def test_what_is_told_of_somebody_in_another_film_changes_no_locked_cast(runtime, house, movie_id):
    async with runtime.database.transaction() as session:
        await editing.lock(session, movie_id, ["actors", "collection"])
    await told(runtime, movie_id, Metadata(collection=Collection(77, "Set")), who=Who.USER)
    before = await metadata_of(runtime, movie_id)
    other = await known(runtime, house, NOSFERATU)
    renamed = tuple(Part(replace(part.person, name="Renamed", thumb_url="https://other"), "x") for part in before.actors)
    await told(runtime, other, Metadata(actors=renamed, collection=Collection(77, "Other name")), who=Who.PROVIDER)
    assert await metadata_of(runtime, movie_id) == before
    assert (await metadata_of(runtime, other)).actors == renamed


async def test_a_collection_that_a_person_made_up_is_shared_by_its_name(runtime, house, movie_id):
    other = await known(runtime, house, NOSFERATU)
    await edit(runtime, movie_id, collection="My films")
    await edit(runtime, other, collection="My films")
    assert await sql(runtime, "SELECT count(*), min(tmdb_id) FROM collections WHERE name = 'My films'") == [(1, None)]


async def test_a_picture_that_arrives_after_its_type_was_locked_is_not_taken(runtime, movie_id):
    await download_artwork(runtime, movie_id)
    (before,) = await sql(runtime, "SELECT asset_id FROM asset_references WHERE type = 'poster'")
    others = await sql(runtime, "SELECT id FROM cache_assets WHERE id <> :id LIMIT 1", id=before.asset_id)
    late = {"asset_id": others[0].id, "movie_id": movie_id, "type": "poster", "position": 0, "source": "provider"}
    async with runtime.database.transaction() as session:
        await editing.lock(session, movie_id, ["poster"])
        assert not await artwork.choose(session, AssetReference(**late))
    assert await sql(runtime, "SELECT asset_id FROM asset_references WHERE type = 'poster'") == [before]


async def test_the_nfo_tells_what_was_edited_and_locked(runtime, house, movie_id):
    await edit(runtime, movie_id, plot="Mine.", collection="My films")
    await publish_movie(runtime, movie_id)
    nfo = (house.movies / "Sintel (2010)" / "Sintel (2010).nfo").read_text("utf-8")
    assert "<plot>Mine.</plot>" in nfo
    assert "<name>My films</name>" in nfo
    assert "<lockedfields>Overview</lockedfields>" in nfo
    async with runtime.database.transaction() as session:
        await editing.unlock(session, movie_id, LOCKABLE)
    await publish_movie(runtime, movie_id)
    assert "lock" not in (house.movies / "Sintel (2010)" / "Sintel (2010).nfo").read_text("utf-8")


async def test_a_film_in_the_trash_is_not_edited(runtime, movie_id):
    await trash_movie(runtime, movie_id, "why")
    with pytest.raises(StateConflict, match="restore it first"):
        await edit(runtime, movie_id, plot="Mine.")


async def test_the_history_tells_who_changed_what_from_what_to_what(runtime, movie_id):
    first = (await whole(runtime, movie_id))["plot"]
    await edit(runtime, movie_id, plot="Mine.", actors=[{"name": "Ann"}])
    await edit(runtime, movie_id, plot="Mine, again.")
    plots = [(one.who, one.before, one.after) for one in await story(runtime, movie_id) if one.field == "plot"]
    assert plots == [
        (Who.USER, "Mine.", "Mine, again."),
        (Who.USER, first, "Mine."),
        (Who.PROVIDER, None, first),
    ]
    (cast, *_) = [one for one in await story(runtime, movie_id) if one.field == "actors"]
    assert cast.after == [{"name": "Ann", "tmdb_id": None, "thumb_url": None, "role": None}]
    assert len(cast.before) > 1


async def test_a_refresh_that_tells_nothing_new_is_no_change(runtime, movie_id):
    before = await story(runtime, movie_id)
    await enrich_movie(runtime, movie_id)
    assert await story(runtime, movie_id) == before


async def test_an_edit_is_undone_with_its_locks(runtime, movie_id):
    before = await metadata_of(runtime, movie_id)
    await edit(runtime, movie_id, plot="Mine.", collection="My films", actors=None, release_date="1999-01-01")
    (change, *_) = await story(runtime, movie_id)
    assert set(await undone(runtime, movie_id, change.id)) == {"plot", "collection", "actors", "release_date"}
    assert await metadata_of(runtime, movie_id) == before
    assert (await whole(runtime, movie_id))["locked_fields"] == []


async def test_undoing_an_edit_of_what_was_locked_leaves_it_locked(runtime, movie_id):
    await edit(runtime, movie_id, plot="Mine.")
    await edit(runtime, movie_id, plot="Mine, again.", tagline="Mine too.")
    (change, *_) = await story(runtime, movie_id)
    await undone(runtime, movie_id, change.id)
    film = await whole(runtime, movie_id)
    assert (film["plot"], film["locked_fields"]) == ("Mine.", ["plot"])


async def test_one_field_of_a_change_is_undone_alone(runtime, movie_id):
    before = await whole(runtime, movie_id)
    await edit(runtime, movie_id, plot="Mine.", tagline="Mine too.")
    (change, *_) = await story(runtime, movie_id)
    await undone(runtime, movie_id, change.id, "plot")
    film = await whole(runtime, movie_id)
    assert (film["plot"], film["tagline"], film["locked_fields"]) == (before["plot"], "Mine too.", ["tagline"])
    with pytest.raises(InvalidFields, match="not about it"):
        await undone(runtime, movie_id, change.id, "title")


async def test_what_a_provider_changed_is_undone_and_locked_or_it_would_come_back(runtime, movie_id):
    await told(runtime, movie_id, Metadata(fields={"plot": "Another plot."}), who=Who.PROVIDER)
    (change, *_) = await story(runtime, movie_id)
    assert change.who is Who.PROVIDER
    await undone(runtime, movie_id, change.id)
    film = await whole(runtime, movie_id)
    assert (film["plot"], film["locked_fields"]) == (change.before, ["plot"])


async def test_an_undoing_is_undone(runtime, movie_id):
    await edit(runtime, movie_id, plot="Mine.")
    (change, *_) = await story(runtime, movie_id)
    await undone(runtime, movie_id, change.id)
    (undoing, *_) = await story(runtime, movie_id)
    await undone(runtime, movie_id, undoing.id)
    film = await whole(runtime, movie_id)
    assert film["plot"] == "Mine."


async def test_a_change_of_another_film_is_not_there(runtime, house, movie_id):
    await edit(runtime, movie_id, plot="Mine.")
    (change, *_) = await story(runtime, movie_id)
    other = await known(runtime, house, NOSFERATU)
    with pytest.raises(NotFoundError, match="no change"):
        await undone(runtime, other, change.id)


async def test_people_without_ids_are_kept_apart_from_those_with_one(runtime, movie_id):
    await edit(runtime, movie_id, actors=[{"name": "Ann", "tmdb_id": 5, "role": "a"}, {"name": "Ann", "role": "b"}])
    cast = (await metadata_of(runtime, movie_id)).actors
    assert cast == (Part(Person("Ann", 5), "a"), Part(Person("Ann"), "b"))


async def test_a_lock_that_was_set_anew_since_an_edit_is_not_taken_back_with_it(runtime, movie_id):
    before = (await whole(runtime, movie_id))["plot"]
    await edit(runtime, movie_id, plot="Mine.")
    change = (await story(runtime, movie_id))[0].id
    for does in (editing.unlock, editing.lock):
        async with runtime.database.transaction() as session:
            await does(session, movie_id, ["plot"])
    for _ in range(2):
        await undone(runtime, movie_id, change)
        movie = await whole(runtime, movie_id)
        assert (movie["plot"], movie["locked_fields"]) == (before, ["plot"])


async def test_an_edit_that_was_unlocked_is_undone_without_a_lock(runtime, movie_id):
    await edit(runtime, movie_id, plot="Mine.")
    change = (await story(runtime, movie_id))[0].id
    async with runtime.database.transaction() as session:
        await editing.unlock(session, movie_id, ["plot"])
    await undone(runtime, movie_id, change)
    assert (await whole(runtime, movie_id))["locked_fields"] == []


async def test_an_edit_that_only_locked_is_undone_with_its_lock(runtime, movie_id):
    before = await whole(runtime, movie_id)
    assert await edit(runtime, movie_id, title=before["title"]) == []
    (change, *_) = await story(runtime, movie_id)
    assert (change.who, change.field, change.before, change.after) == (Who.USER, "title", before["title"], before["title"])
    assert await undone(runtime, movie_id, change.id) == []
    assert (await whole(runtime, movie_id))["locked_fields"] == []


async def test_an_edit_of_a_field_that_stays_and_one_that_changes_is_undone_with_both_locks(runtime, movie_id):
    before = await whole(runtime, movie_id)
    await edit(runtime, movie_id, plot="Mine.", title=before["title"], genres=before["genres"])
    (change, *_) = await story(runtime, movie_id)
    assert await undone(runtime, movie_id, change.id) == ["plot"]
    after = await whole(runtime, movie_id)
    assert ([after[name] for name in FRAMED], after["locked_fields"]) == ([before[name] for name in FRAMED], [])


async def test_an_edit_that_says_what_was_locked_already_is_no_change(runtime, movie_id):
    await edit(runtime, movie_id, plot="Mine.")
    before = await story(runtime, movie_id)
    await edit(runtime, movie_id, plot="Mine.")
    assert await story(runtime, movie_id) == before
