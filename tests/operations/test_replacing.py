"""A person's choice of a picture: taken in, the film's from then on, locked, and in the library."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest
from PIL import Image

from deployments.demo import pictures
from metarr_core.db import artwork, movies
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.replacement import Source, Wish
from metarr_core.errors import SimilarArtwork, StateConflict
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.replacing import replace_artwork
from metarr_core.operations.staging import draft, stage_candidate, stage_upload
from metarr_core.settings.artwork import Artwork
from tests.operations.films import known, sql, whole
from tests.operations.kills import Killed, counted, killed_at
from tests.operations.offers import chosen, encoded, offer, painting
from tests.operations.test_verifying import kept_bytes, setting

MINE = pictures.poster("mine", 1999, 1000, 1500)
OTHER = pictures.poster("other", 1927, 1000, 1500)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def wish_for(movie_id, source=Source.UPLOAD, kind=ArtworkType.POSTER, **more):
    return Wish(movie_id, kind, source, **more)


async def staged(runtime, movie_id, data=MINE, **more):
    file = draft(runtime)
    file.write_bytes(data)
    return await stage_upload(runtime, wish_for(movie_id, **more), file)


async def upload(runtime, movie_id, data=MINE, **more):
    done = await replace_artwork(runtime, await staged(runtime, movie_id, data, **more))
    await publish_movie(runtime, movie_id)
    return done


async def film(runtime, house, **offered):
    """A film with a provider's poster, published."""
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, offered or {"first.jpg": encoded(painting("first"))})
    await download_artwork(runtime, movie_id)
    await publish_movie(runtime, movie_id)
    return movie_id


def posters(house):
    return sorted(path.name for path in house.movies.rglob("*-poster.*"))


async def test_an_uploaded_poster_is_the_films_and_locked_byte_for_byte(runtime, house):
    movie_id = await film(runtime, house)
    assert (await upload(runtime, movie_id)).is_new
    movie = await whole(runtime, movie_id)
    (poster,) = [one for one in movie["artwork"] if one["type"] == "poster"]
    assert (poster["source"], poster["content_hash"]) == ("user", digest(MINE))
    assert movie["locked_fields"] == ["poster"]
    (path,) = house.movies.rglob("*-poster.jpg")
    assert path.read_bytes() == MINE
    ((mirrored, referenced),) = await sql(
        runtime,
        "SELECT poster_id = c.id, c.reference_count FROM movies, cache_assets c WHERE content_hash = :mine",
        mine=poster["content_hash"],
    )
    assert (mirrored, referenced) == (True, 1)


async def test_nothing_of_a_provider_replaces_it(runtime, house):
    movie_id = await film(runtime, house)
    await upload(runtime, movie_id)
    await offer(runtime, house, movie_id, {"better.jpg": encoded(painting("better"))})
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["user"]


async def test_the_story_tells_what_was_there_before_and_what_came(runtime, house):
    movie_id = await film(runtime, house)
    await upload(runtime, movie_id)
    ((told, details),) = await sql(
        runtime, "SELECT description, metadata FROM activity_log WHERE event_type = 'asset.replaced'"
    )
    assert told == "User replaced poster for Sintel"
    assert details["before"]["url"].endswith("first.jpg")
    assert details["after"]["content_hash"] == digest(MINE)
    assert details["was_locked"] is False


async def test_twice_is_once(runtime, house):
    movie_id = await film(runtime, house)
    wish = await staged(runtime, movie_id)
    assert [(await replace_artwork(runtime, wish)).is_new for _ in range(2)] == [True, False]
    assert len(await sql(runtime, "SELECT 1 FROM activity_log WHERE event_type = 'asset.replaced'")) == 1


async def test_in_another_format_the_former_file_goes_if_it_is_ours(runtime, house):
    movie_id = await film(runtime, house)
    await upload(runtime, movie_id, encoded(painting("png", 1000, 1500), "PNG"))
    assert posters(house) == ["Sintel (2010)-poster.png"]
    await upload(runtime, movie_id, MINE)
    assert posters(house) == ["Sintel (2010)-poster.jpg"]
    assert await publish_movie(runtime, movie_id) == []


async def test_what_somebody_else_put_in_its_place_stays(runtime, house):
    movie_id = await film(runtime, house)
    wish = await staged(runtime, movie_id, encoded(painting("png", 1000, 1500), "PNG"))
    await replace_artwork(runtime, wish)
    (former,) = house.movies.rglob("*-poster.jpg")
    former.write_bytes(OTHER)
    await publish_movie(runtime, movie_id)
    assert posters(house) == ["Sintel (2010)-poster.jpg", "Sintel (2010)-poster.png"]
    assert former.read_bytes() == OTHER


@pytest.mark.parametrize("setting", ["adopt", "restore", "leave"])
async def test_a_persons_choice_is_newer_than_what_another_program_wrote(runtime, house, setting):
    settings = runtime.settings.model_copy(update={"artwork": Artwork(foreign_edit=setting)})
    runtime = replace(runtime, settings=settings)
    movie_id = await film(runtime, house)
    (path,) = house.movies.rglob("*-poster.jpg")
    path.write_bytes(OTHER)
    await upload(runtime, movie_id)
    assert path.read_bytes() == MINE
    ((kept,),) = await sql(runtime, "SELECT count(*) FROM cache_assets WHERE content_hash = :other", other=digest(OTHER))
    assert kept == 1


async def test_while_the_cache_lacks_the_new_picture_the_old_one_stays(runtime, house):
    movie_id = await film(runtime, house)
    wish = await staged(runtime, movie_id, encoded(painting("png", 1000, 1500), "PNG"))
    await replace_artwork(runtime, wish)
    (blob,) = runtime.cache.root.rglob(f"{wish.sha256}.*")
    data = blob.read_bytes()
    blob.unlink()
    await publish_movie(runtime, movie_id)
    assert posters(house) == ["Sintel (2010)-poster.jpg"]
    blob.write_bytes(data)
    await publish_movie(runtime, movie_id)
    assert posters(house) == ["Sintel (2010)-poster.png"]


async def test_what_looks_like_the_present_one_needs_a_second_word(runtime, house):
    movie_id = await film(runtime, house)
    await upload(runtime, movie_id)
    twin_of_mine = encoded(Image.open(io.BytesIO(MINE)).resize((1200, 1800)), quality=60)
    with pytest.raises(SimilarArtwork) as refused:
        await staged(runtime, movie_id, twin_of_mine)
    assert refused.value.published == digest(MINE)
    assert refused.value.offered == digest(twin_of_mine)
    assert refused.value.similarity >= 0.9
    assert (await upload(runtime, movie_id, twin_of_mine, allow_similar=True)).is_new


async def test_the_very_same_bytes_are_no_conflict_and_lie_in_the_cache_once(runtime, house):
    movie_id = await film(runtime, house)
    await upload(runtime, movie_id)
    await upload(runtime, movie_id)
    assert len(list(runtime.cache.root.rglob(f"{digest(MINE)}*"))) == 1
    assert len(await sql(runtime, "SELECT 1 FROM cache_assets WHERE content_hash = :mine", mine=digest(MINE))) == 1
    assert list((runtime.cache.root / "incoming").iterdir()) == []


async def test_a_candidate_may_be_as_small_as_providers_have_them(runtime, house):
    movie_id = await film(runtime, house, **{f"{name}.jpg": encoded(painting(name)) for name in ("first", "second")})
    ((number,),) = await sql(runtime, "SELECT id FROM asset_candidates WHERE url LIKE '%second.jpg'")
    wish = await stage_candidate(runtime, wish_for(movie_id, Source.CANDIDATE, candidate_id=number))
    await replace_artwork(runtime, wish)
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["second.jpg"]
    ((source, provider),) = await sql(runtime, "SELECT source, provider FROM asset_references WHERE type = 'poster'")
    assert (source, provider) == ("provider", "tmdb")


async def test_a_fanart_that_the_film_has_already_changes_places(runtime, house):
    movie_id = await known(runtime, house)
    names = ["one.jpg", "two.jpg", "three.jpg"]
    await offer(runtime, house, movie_id, {name: encoded(painting(name)) for name in names}, "fanart")
    await download_artwork(runtime, movie_id)
    ((number,),) = await sql(runtime, "SELECT id FROM asset_candidates WHERE url LIKE '%three.jpg'")
    wish = wish_for(movie_id, Source.CANDIDATE, ArtworkType.FANART, candidate_id=number)
    await replace_artwork(runtime, await stage_candidate(runtime, wish))
    assert await chosen(runtime, movie_id, "fanart") == ["three.jpg", "two.jpg", "one.jpg"]


async def test_a_film_in_the_trash_takes_no_picture(runtime, house):
    movie_id = await film(runtime, house)
    wish = await staged(runtime, movie_id)
    await sql(runtime, "UPDATE movies SET trashed_at = now(), deleted_at = now() WHERE id = :id", id=movie_id)
    with pytest.raises(StateConflict, match="in the trash"):
        await replace_artwork(runtime, wish)
    with pytest.raises(StateConflict, match="in the trash"):
        await staged(runtime, movie_id)


async def test_a_film_that_turns_out_to_be_another_loses_what_only_the_first_had(runtime, house):
    movie_id = await film(runtime, house)
    await offer(runtime, house, movie_id, {"banner.jpg": encoded(painting("banner"))}, "banner")
    await download_artwork(runtime, movie_id)
    await upload(runtime, movie_id)
    (folder,) = house.movies.iterdir()
    assert (folder / "Sintel (2010)-banner.jpg").exists()
    async with runtime.database.transaction() as session:
        await artwork.forget_provided(session, await movies.get(session, movie_id))
    await publish_movie(runtime, movie_id)
    assert not (folder / "Sintel (2010)-banner.jpg").exists()
    assert (folder / "Sintel (2010)-poster.jpg").read_bytes() == MINE


@pytest.mark.long
async def test_killed_at_any_moment_it_is_whole_in_the_database_and_a_retry_does_the_rest(runtime, house):
    movie_id = await film(runtime, house)
    pair = [MINE, encoded(painting("png", 1000, 1500), "PNG")]
    wishes = [await staged(runtime, movie_id, data, allow_similar=True) for data in pair]

    def work(number):
        async def replaced():
            await replace_artwork(runtime, wishes[number % 2])
            await publish_movie(runtime, movie_id)

        return replaced

    await work(0)()
    await work(1)()  # what only the first time does is done
    moments = min([await counted(work(number)) for number in (0, 1)])
    assert moments > 10
    for moment in range(moments):
        with pytest.raises(Killed):
            await killed_at(moment, work(moment))
        ((asset, mirrored, locked),) = await sql(
            runtime,
            "SELECT r.asset_id, m.poster_id, m.locked_fields FROM movies m, asset_references r WHERE r.type = 'poster'",
        )
        assert (asset, locked) == (mirrored, ["poster"])
        await work(moment)()
        (path,) = house.movies.rglob("*-poster.*")
        assert path.read_bytes() == pair[moment % 2], moment
    counts = await sql(
        runtime,
        "SELECT reference_count, (SELECT count(*) FROM asset_references r WHERE r.asset_id = c.id) FROM cache_assets c",
    )
    assert all(counted_ == rows for counted_, rows in counts)


@pytest.mark.parametrize("is_locked", [True, False])
async def test_the_picture_that_a_person_chooses_takes_the_place_of_an_edit_that_was_left_also_where_it_is_the_same(
    runtime, house, is_locked
):
    movie_id = await film(runtime, house)
    if is_locked:
        await upload(runtime, movie_id)
    (path,) = house.movies.rglob("*-poster.jpg")
    ours, theirs = path.read_bytes(), encoded(painting("theirs", 500, 750))
    path.write_bytes(theirs)
    leaving = setting(runtime, "leave")
    await publish_movie(leaving, movie_id)
    assert path.read_bytes() == theirs
    await replace_artwork(leaving, wish_for(movie_id, sha256=digest(ours)))
    await publish_movie(leaving, movie_id)
    assert path.read_bytes() == ours
    assert theirs in await kept_bytes(runtime)
