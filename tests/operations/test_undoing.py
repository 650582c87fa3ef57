"""A person's changes of pictures are taken back: one, or the choice altogether; and what is blocked stays away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from deployments.demo.faults import Fault
from metarr_core.db import replacements
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.replacement import Source
from metarr_core.errors import StateConflict
from metarr_core.operations import editing
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.staging import stage_candidate
from metarr_core.operations.undoing import change_to_undo, choose_again, undo
from tests.operations.films import known, sql, whole
from tests.operations.offers import chosen, encoded, offer, painting
from tests.operations.test_replacing import MINE, OTHER, digest, film, replace_artwork, staged, upload, wish_for

POSTER = ArtworkType.POSTER


async def last_change(runtime, movie_id):
    async with runtime.database.transaction() as session:
        return (await change_to_undo(session, movie_id, POSTER, None)).id


async def locked(runtime, movie_id):
    return (await whole(runtime, movie_id))["locked_fields"]


async def test_undo_brings_back_the_picture_before_and_the_lock_as_it_was(runtime, house):
    movie_id = await film(runtime, house)
    (path,) = house.movies.rglob("*-poster.jpg")
    first = path.read_bytes()
    await upload(runtime, movie_id)
    await upload(runtime, movie_id, OTHER)
    assert await undo(runtime, movie_id, POSTER, await last_change(runtime, movie_id))
    await publish_movie(runtime, movie_id)
    assert (path.read_bytes(), await locked(runtime, movie_id)) == (MINE, ["poster"])
    changes = await sql(runtime, "SELECT id FROM activity_log WHERE event_type = 'asset.replaced' ORDER BY id")
    assert await undo(runtime, movie_id, POSTER, changes[0].id)
    await publish_movie(runtime, movie_id)
    assert (path.read_bytes(), await locked(runtime, movie_id)) == (first, [])
    assert await chosen(runtime, movie_id) == ["first.jpg"]


async def test_a_run_that_comes_twice_undoes_once_and_an_undo_is_undone_by_another(runtime, house):
    movie_id = await film(runtime, house)
    await upload(runtime, movie_id)
    change = await last_change(runtime, movie_id)
    assert [await undo(runtime, movie_id, POSTER, change) for _ in range(2)] == [True, False]
    assert await undo(runtime, movie_id, POSTER, await last_change(runtime, movie_id))
    assert (await chosen(runtime, movie_id), await locked(runtime, movie_id)) == (["user"], ["poster"])


async def test_where_there_was_no_picture_there_is_none_again_nor_its_file(runtime, house):
    movie_id = await known(runtime, house)
    await upload(runtime, movie_id)
    assert await undo(runtime, movie_id, POSTER, await last_change(runtime, movie_id))
    await publish_movie(runtime, movie_id)
    assert list(house.movies.rglob("*-poster.*")) == []
    ((mirrored, unused),) = await sql(
        runtime, "SELECT poster_id, (SELECT count(*) FROM cache_assets WHERE orphaned_at IS NOT NULL) FROM movies"
    )
    assert (mirrored, unused) == (None, 1)


async def test_there_is_nothing_to_undo_where_nobody_changed_anything(runtime, house):
    movie_id = await film(runtime, house)
    with pytest.raises(StateConflict, match="nobody has changed the poster of Sintel"):
        await last_change(runtime, movie_id)


async def test_metarr_chooses_again_when_it_is_let(runtime, house):
    movie_id = await film(runtime, house)
    await upload(runtime, movie_id)
    assert await choose_again(runtime, movie_id, POSTER) == 1
    assert (await chosen(runtime, movie_id), await locked(runtime, movie_id)) == (["first.jpg"], [])
    assert await undo(runtime, movie_id, POSTER, await last_change(runtime, movie_id))
    assert (await chosen(runtime, movie_id), await locked(runtime, movie_id)) == (["user"], ["poster"])


async def test_where_no_provider_has_one_a_persons_picture_stays(runtime, house):
    movie_id = await known(runtime, house)
    await upload(runtime, movie_id)
    assert await choose_again(runtime, movie_id, POSTER) == 1
    assert (await chosen(runtime, movie_id), await locked(runtime, movie_id)) == (["user"], [])


async def blocked(runtime, movie_id, name, kind="poster"):
    ((number,),) = await sql(runtime, f"SELECT id FROM asset_candidates WHERE url LIKE '%{name}'")
    async with runtime.database.transaction() as session:
        candidate = await replacements.candidate(session, movie_id, kind, number)
        await replacements.block(session, candidate, is_blocked=True)
    return number


async def test_what_is_blocked_makes_room_and_never_comes_back(runtime, house):
    offered = {f"{name}.jpg": encoded(painting(name)) for name in ("first", "second")}
    movie_id = await film(runtime, house, **offered)
    number = await blocked(runtime, movie_id, "first.jpg")
    await choose_again(runtime, movie_id, POSTER)
    assert await chosen(runtime, movie_id) == ["second.jpg"]
    await offer(runtime, house, movie_id, offered)
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["second.jpg"]
    with pytest.raises(StateConflict, match="blocked"):
        await stage_candidate(runtime, wish_for(movie_id, Source.CANDIDATE, candidate_id=number))


async def with_fanart(runtime, house, **offered):
    """A film without a poster that is offered fanart, best first."""
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {f"{name}.jpg": data for name, data in offered.items()}, "fanart")
    await download_artwork(runtime, movie_id)
    return movie_id


async def test_what_looks_like_a_picture_that_is_blocked_now_is_tried_again(runtime, house):
    better, twin = (encoded(painting("first"), quality=quality) for quality in (90, 40))
    movie_id = await with_fanart(runtime, house, first=better, twin=twin)
    assert await chosen(runtime, movie_id, "fanart") == ["first.jpg"]
    number = await blocked(runtime, movie_id, "first.jpg", "fanart")
    await choose_again(runtime, movie_id, ArtworkType.FANART)
    assert await chosen(runtime, movie_id, "fanart") == ["twin.jpg"]
    assert await sql(runtime, "SELECT 1 FROM asset_candidates WHERE failed_reason IS NOT NULL") == []
    await sql(runtime, "UPDATE asset_candidates SET blocked = false WHERE id = :id", id=number)
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id, "fanart") == ["first.jpg"]


async def test_what_looks_like_a_persons_picture_is_tried_again_when_that_makes_room(runtime, house):
    movie_id = await with_fanart(runtime, house)
    await upload(runtime, movie_id, encoded(painting("mine", 1280, 1920)), kind=ArtworkType.FANART)
    async with runtime.database.transaction() as session:
        await editing.unlock(session, movie_id, ["fanart"])
    await offer(runtime, house, movie_id, {"twin.jpg": encoded(painting("mine", 1280, 1920), quality=40)}, "fanart")
    for _ in range(2):
        await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id, "fanart") == ["user"]
    assert len([line for line in house.tmdb.requests if "twin" in line]) == 1
    await choose_again(runtime, movie_id, ArtworkType.FANART)
    assert await chosen(runtime, movie_id, "fanart") == ["twin.jpg"]


async def test_what_is_blocked_goes_though_nothing_takes_its_place(runtime, house):
    movie_id = await film(runtime, house)
    await blocked(runtime, movie_id, "first.jpg")
    assert await choose_again(runtime, movie_id, POSTER) == 0
    await publish_movie(runtime, movie_id)
    assert list(house.movies.rglob("*-poster.*")) == []


@dataclass(frozen=True)
class Meanwhile:
    """Something happens while a picture is fetched."""

    body: bytes
    work: Callable[[], Awaitable[object]]
    times: int = 1

    async def disturb(self, *request):
        await self.work()
        await Fault(status=200, body=self.body).disturb(*request)


async def test_what_is_blocked_while_it_is_fetched_is_not_chosen(runtime, house):
    movie_id = await known(runtime, house)
    first = Meanwhile(encoded(painting("first")), lambda: blocked(runtime, movie_id, "first.jpg"))
    await offer(runtime, house, movie_id, {"first.jpg": first, "second.jpg": encoded(painting("second"))})
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["second.jpg"]


async def test_what_is_blocked_goes_though_a_person_has_chosen_another_picture_since(runtime, house):
    offered = {f"{name}.jpg": encoded(painting(name)) for name in ("first", "second", "third")}
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, offered, "fanart")
    await download_artwork(runtime, movie_id)
    await blocked(runtime, movie_id, "second.jpg", "fanart")
    mine = encoded(painting("mine", 1280, 1920))
    await replace_artwork(runtime, await staged(runtime, movie_id, mine, kind=ArtworkType.FANART), 2)
    await choose_again(runtime, movie_id, ArtworkType.FANART, 1)
    assert await chosen(runtime, movie_id, "fanart") == ["user", "third.jpg"]
    assert await locked(runtime, movie_id) == ["fanart"]


async def test_a_candidate_that_is_no_longer_offered_can_be_had_again_by_undo(runtime, house):
    offered = {f"{name}.jpg": encoded(painting(name)) for name in ("first", "second")}
    movie_id = await film(runtime, house, **offered)
    ((number,),) = await sql(runtime, "SELECT id FROM asset_candidates WHERE url LIKE '%second.jpg'")
    wish = wish_for(movie_id, Source.CANDIDATE, candidate_id=number)
    await replace_artwork(runtime, await stage_candidate(runtime, wish))
    await sql(runtime, "DELETE FROM asset_candidates")
    assert await undo(runtime, movie_id, POSTER, await last_change(runtime, movie_id))
    assert await chosen(runtime, movie_id) == ["first.jpg"]


async def test_what_the_cache_has_lost_is_had_again_for_an_undo(runtime, house):
    movie_id = await film(runtime, house)
    ((first,),) = await sql(runtime, "SELECT file_path FROM cache_assets")
    await upload(runtime, movie_id)
    before = runtime.cache.path(first).read_bytes()
    runtime.cache.path(first).unlink()
    assert await undo(runtime, movie_id, POSTER, await last_change(runtime, movie_id))
    await publish_movie(runtime, movie_id)
    (path,) = house.movies.rglob("*-poster.jpg")
    assert path.read_bytes() == before


async def test_an_undo_for_which_nobody_has_the_bytes_changes_nothing(runtime, house):
    movie_id = await film(runtime, house)
    await upload(runtime, movie_id)
    await upload(runtime, movie_id, OTHER)
    ((mine,),) = await sql(runtime, "SELECT file_path FROM cache_assets WHERE content_hash = :mine", mine=digest(MINE))
    runtime.cache.path(mine).unlink()
    with pytest.raises(StateConflict, match="has lost the picture"):
        await undo(runtime, movie_id, POSTER, await last_change(runtime, movie_id))
    (path,) = house.movies.rglob("*-poster.jpg")
    assert path.read_bytes() == OTHER


async def test_a_replacement_that_comes_back_leaves_what_a_person_chose_since(runtime, house):
    movie_id = await film(runtime, house)
    mine, other = await staged(runtime, movie_id), await staged(runtime, movie_id, OTHER)
    assert [(await replace_artwork(runtime, wish, job)).is_new for wish, job in ((mine, 1), (other, 2))] == [True, True]
    assert not (await replace_artwork(runtime, mine, 1)).is_new
    assert [one["content_hash"] for one in (await whole(runtime, movie_id))["artwork"]] == [digest(OTHER)]
    assert (await replace_artwork(runtime, mine, 3)).is_new


async def test_an_undo_that_comes_back_leaves_what_a_person_chose_since(runtime, house):
    movie_id = await film(runtime, house)
    await upload(runtime, movie_id)
    change = await last_change(runtime, movie_id)
    assert await undo(runtime, movie_id, POSTER, change, 1)
    await replace_artwork(runtime, await staged(runtime, movie_id, OTHER), 2)
    assert not await undo(runtime, movie_id, POSTER, change, 1)
    assert (await chosen(runtime, movie_id), await locked(runtime, movie_id)) == (["user"], ["poster"])


async def test_what_a_person_chose_stays_where_metarr_was_to_choose_before_that(runtime, house):
    movie_id = await film(runtime, house)
    await replace_artwork(runtime, await staged(runtime, movie_id), 2)
    assert await choose_again(runtime, movie_id, POSTER, 1) == 1
    assert (await chosen(runtime, movie_id), await locked(runtime, movie_id)) == (["user"], ["poster"])
    await choose_again(runtime, movie_id, POSTER, 3)
    assert (await chosen(runtime, movie_id), await locked(runtime, movie_id)) == (["first.jpg"], [])
