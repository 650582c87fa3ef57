"""An upgrade, step by step, with real files: what stays, what is written anew, and what is never touched."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from deployments.demo.films import SINTEL
from metarr_core.db import library_files
from metarr_core.domain.jobs import Priority
from metarr_core.operations import importing, old_names, probing, publishing, settling, upgrading, verifying
from tests.operations.films import sql, whole
from tests.operations.upgrades import NEW, NEWEST, OLD, receive_upgrade


async def upgraded(runtime, *events):
    """Do as the flow does with these events."""
    told = await upgrading.told_by_events(runtime, [event for event in events if event])
    assert await upgrading.is_upgrade(runtime, told.imports, told.gone)
    movie_id = await importing.record(runtime, told.imports, Priority.CRITICAL)
    await probing.probe_movie_files(runtime, movie_id)
    await publishing.publish_movie(runtime, movie_id)
    await old_names.remove_old_names(runtime, movie_id, told.gone)
    return movie_id


def beside(folder: Path, stem: str) -> dict[str, str]:
    """What stands beside a video, by what its name adds to the video's, with its hash; the NFO tells of its video."""
    found = [path for path in folder.iterdir() if path.name.startswith(stem) and path.suffix not in {".mkv", ".nfo"}]
    return {path.name.removeprefix(stem): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


async def ledger(runtime, movie_id):
    async with runtime.database.transaction() as session:
        return {Path(row.path).name: row.sha256 for row in await library_files.of_movie(session, movie_id)}


async def is_all_there(runtime, movie_id, folder: Path, name: str, pictures: dict[str, str]) -> None:
    """Everything stands under the new name, byte for byte, and nothing else stands there."""
    stem = Path(name).stem
    assert beside(folder, stem) == pictures
    nfo = (folder / f"{stem}.nfo").read_bytes()
    assert {path.name for path in folder.iterdir()} == {name, f"{stem}.nfo", *(f"{stem}{ending}" for ending in pictures)}
    assert await ledger(runtime, movie_id) == {
        **{f"{stem}{ending}": sha256 for ending, sha256 in pictures.items()},
        f"{stem}.nfo": hashlib.sha256(nfo).hexdigest(),
    }


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("name", [NEW, OLD], ids=["new name", "same name"])
@pytest.mark.parametrize("sidecars", ["before", "between", "after"])
async def test_an_upgrade_keeps_everything_whenever_radarr_deletes(runtime, house, radarr, film, announced, name, sidecars):
    folder, before = house.folder(SINTEL), await whole(runtime, film)
    pictures = beside(folder, Path(OLD).stem)
    assert {"-poster.jpg", "-fanart.jpg", "-clearart.png"} <= set(pictures)
    asked = len(house.tmdb.requests)
    room = await radarr.make_room(SINTEL, announced=announced)
    if sidecars != "after":
        await radarr.thread_runs(3 if sidecars == "between" else None)
    assert await upgraded(runtime, room, await radarr.move_in(SINTEL, name)) == film
    await radarr.thread_runs()
    await verifying.verify_movie(runtime, film, by_hash=True)
    await is_all_there(runtime, film, folder, name, pictures)
    after = await whole(runtime, film)
    same = ("id", "title", "plot", "genres", "actors", "locked_fields", "artwork", "identification_status")
    assert {key: after[key] for key in same if key != "artwork"} == {key: before[key] for key in same if key != "artwork"}
    assert [one["content_hash"] for one in after["artwork"]] == [one["content_hash"] for one in before["artwork"]]
    assert (after["file_path"], after["file_size"]) == (str(folder / name), (folder / name).stat().st_size)
    assert len(house.tmdb.requests) == asked


async def test_the_new_file_is_probed_again(runtime, house, radarr, film):
    ((before,),) = await sql(runtime, "SELECT file_hash FROM movies")
    await sql(runtime, "UPDATE video_streams SET width = 1")
    await upgraded(runtime, await radarr.upgrade(SINTEL, OLD))
    ((after,),) = await sql(runtime, "SELECT file_hash FROM movies")
    assert after != before
    assert await sql(runtime, "SELECT width FROM video_streams") == [(320,)]


@pytest.mark.parametrize("flags", [{}, {"isUpgrade": False}, {"deletedFiles": []}, {"isUpgrade": False, "deletedFiles": []}])
async def test_an_upgrade_is_one_whoever_tells_of_it(runtime, house, radarr, film, flags):
    pictures = beside(house.folder(SINTEL), Path(OLD).stem)
    await upgraded(runtime, await radarr.upgrade(SINTEL, NEW, announced=False, **flags))
    await is_all_there(runtime, film, house.folder(SINTEL), NEW, pictures)


async def test_the_same_file_once_more_is_no_upgrade(runtime, house, radarr, film):
    webhook = radarr._download(SINTEL)
    told = await upgrading.told_by_events(runtime, [await radarr.tell(webhook)])
    assert not await upgrading.is_upgrade(runtime, told.imports, told.gone)


async def test_a_copy_elsewhere_is_no_upgrade(runtime, house, radarr, film):
    event = await radarr.import_film(SINTEL, NEW, folder="Sintel (2010) 4K")
    told = await upgrading.told_by_events(runtime, [event])
    assert not await upgrading.is_upgrade(runtime, told.imports, told.gone)


async def test_a_film_that_was_never_enriched_is_taken_in_as_a_new_one(runtime, house, radarr, film):
    await sql(runtime, "UPDATE movies SET identification_status = 'identified'")
    told = await upgrading.told_by_events(runtime, [await radarr.upgrade(SINTEL, NEW)])
    assert not await upgrading.is_upgrade(runtime, told.imports, told.gone)


async def test_an_upgrade_of_an_upgrade_within_seconds_is_one(runtime, house, radarr, film):
    pictures = beside(house.folder(SINTEL), Path(OLD).stem)
    first = [await radarr.make_room(SINTEL), await radarr.move_in(SINTEL, NEW)]
    second = [await radarr.make_room(SINTEL), await radarr.move_in(SINTEL, NEWEST)]
    await upgraded(runtime, *first, *second)
    await radarr.thread_runs()
    await is_all_there(runtime, film, house.folder(SINTEL), NEWEST, pictures)


async def test_an_upgrade_twice_is_the_same_as_once(runtime, house, radarr, film):
    event = await radarr.upgrade(SINTEL, NEW)
    await upgraded(runtime, event)
    stats = {path: path.stat().st_mtime_ns for path in house.folder(SINTEL).iterdir()}
    await upgraded(runtime, event)
    assert {path: path.stat().st_mtime_ns for path in house.folder(SINTEL).iterdir()} == stats


async def test_a_file_delete_that_comes_last_changes_nothing(runtime, house, radarr, film):
    late = radarr.file_deleted(SINTEL, "upgrade")
    await upgraded(runtime, await radarr.upgrade(SINTEL, NEW, announced=False))
    before = await whole(runtime, film)
    told = await upgrading.told_by_events(runtime, [await radarr.tell(late)])
    assert "has its next file already" in await upgrading.announce(runtime, told)
    assert await whole(runtime, film) == before


async def test_an_upgrade_whose_file_never_comes_removes_nothing(runtime, house, radarr, film):
    room = await radarr.make_room(SINTEL)
    there = {path: path.read_bytes() for path in house.folder(SINTEL).iterdir()}
    told = await upgrading.told_by_events(runtime, [room])
    assert "the next file is awaited" in await upgrading.announce(runtime, told)
    assert {path: path.read_bytes() for path in house.folder(SINTEL).iterdir()} == there
    assert await sql(runtime, "SELECT missing_since IS NOT NULL FROM movie_files") == [(True,)]
    assert await sql(runtime, "SELECT trashed_at FROM movies") == [(None,)]
    assert not (await verifying.verify_movie(runtime, film, by_hash=True)).written


async def test_an_announcement_of_a_film_that_nobody_knows_is_only_told(runtime, house, radarr, film):
    await sql(runtime, "DELETE FROM movies")
    told = await upgrading.told_by_events(runtime, [await radarr.make_room(SINTEL)])
    assert "not known yet" in await upgrading.announce(runtime, told)


async def test_what_somebody_else_made_of_ours_is_never_removed(runtime, house, radarr, film):
    folder, stem = house.folder(SINTEL), Path(OLD).stem
    mine = {
        f"{stem}.en.srt": b"1",
        f"{stem}-behindthescenes.mkv": b"2",
        "poster.jpg": b"3",
        f"{stem}-poster.jpg": b"not a picture",
    }
    for name, data in mine.items():
        (folder / name).write_bytes(data)
    await upgraded(runtime, await radarr.upgrade(SINTEL, NEW))
    assert {name: (folder / name).read_bytes() for name in mine} == mine
    assert f"{stem}-poster.jpg" not in await ledger(runtime, film)
    assert f"{stem}-fanart.jpg" not in {path.name for path in folder.iterdir()}


async def test_what_others_wrote_into_the_nfo_is_in_the_new_one_too(runtime, house, radarr, film):
    folder = house.folder(SINTEL)
    nfo = (folder / OLD).with_suffix(".nfo")
    nfo.write_text(nfo.read_text("utf-8").replace("</movie>", "<edition>Mine</edition></movie>"), "utf-8")
    await publishing.publish_movie(runtime, film)
    await radarr.make_room(SINTEL)
    await radarr.thread_runs()
    await upgraded(runtime, await radarr.move_in(SINTEL, NEW))
    assert "<edition>Mine</edition>" in (folder / NEW).with_suffix(".nfo").read_text("utf-8")


async def test_a_copy_whose_disk_is_away_keeps_what_we_wrote_beside_it(runtime, house, radarr, film):
    event = await radarr.import_film(SINTEL, OLD, folder="Sintel (2010) 4K")
    movie_id = await importing.record(runtime, await importing.imports_of_events(runtime, [event]), Priority.CRITICAL)
    await publishing.publish_movie(runtime, movie_id)
    away, aside = house.movies / "Sintel (2010)", house.movies.parent / "aside"
    away.rename(aside)
    await old_names.remove_old_names(runtime, movie_id, [])
    aside.rename(away)
    assert f"{Path(OLD).stem}-poster.jpg" in {path.name for path in away.iterdir()}
    assert len([path for path in await ledger_paths(runtime) if path.startswith(str(away) + "/")]) > 3


async def ledger_paths(runtime):
    return [path for (path,) in await sql(runtime, "SELECT path FROM library_files")]


LOOKS = (
    "SELECT status, round(extract(epoch FROM next_retry_at - created_at))::int, payload->>'why' FROM job_queue"
    " WHERE job_type = 'verify-media' ORDER BY id"
)


async def test_the_looks_that_follow_are_jobs_and_a_newer_upgrade_takes_their_place(runtime, house, radarr, film):
    await settling.look_again_later(runtime, film)
    first = await sql(runtime, LOOKS)
    assert [(status, seconds) for status, seconds, _ in first] == [("pending", 8), ("pending", 300)]
    assert len({why for _, _, why in first}) == 2  # what is alike would be done together, and at once
    await settling.look_again_later(runtime, film)
    assert [status for status, *_ in await sql(runtime, LOOKS)] == ["completed", "completed", "pending", "pending"]


async def test_a_film_whose_first_file_was_replaced_before_we_saw_it_is_not_waited_for(runtime, house, radarr):
    first = await radarr.import_film(SINTEL, OLD)
    second = await radarr.upgrade(SINTEL, NEW, announced=False)
    told = await upgrading.told_by_events(runtime, [second])
    assert not await upgrading.is_upgrade(runtime, told.imports, told.gone)
    movie_id = await importing.record(runtime, told.imports, Priority.CRITICAL)
    earlier = await importing.imports_of_events(runtime, [first])
    assert await importing.overtaken(runtime, earlier) is None
    await sql(runtime, "UPDATE job_queue SET status = 'completed' WHERE event_id = :event", event=second)
    assert await importing.overtaken(runtime, earlier) == movie_id


async def test_a_renamed_film_keeps_everything_under_its_new_name(runtime, house, radarr, film):
    folder = house.folder(SINTEL)
    before, pictures = await whole(runtime, film), beside(folder, Path(OLD).stem)
    event = await radarr.rename(SINTEL, NEW)
    told = await upgrading.told_by_events(runtime, [event])
    assert await upgraded(runtime, event) == film
    await upgrading.tell_of_upgrade(runtime, film, told.imports, told.gone)
    await is_all_there(runtime, film, folder, NEW, pictures)
    after = await whole(runtime, film)
    assert [one["content_hash"] for one in after["artwork"]] == [one["content_hash"] for one in before["artwork"]]
    assert after["file_path"] == str(folder / NEW)
    lines = await sql(runtime, "SELECT description FROM activity_log WHERE event_type = 'file.moved'")
    assert lines == [(f"{OLD} is {NEW} now; everything that is known of it stays",)]


async def renamed_twice(radarr) -> list[int]:
    """Two renames whose webhooks come in the wrong order; gives their events as they came."""
    held: list[dict[str, object]] = []

    async def hold(webhook):
        held.append(webhook)
        return 0

    tell, radarr.tell = radarr.tell, hold
    for name in (NEW, NEWEST):
        await radarr.rename(SINTEL, name)
    radarr.tell = tell
    return [await tell(webhook) for webhook in reversed(held)]


async def test_of_two_renames_that_come_in_the_wrong_order_the_file_that_is_there_counts(runtime, house, radarr, film):
    folder, pictures = house.folder(SINTEL), beside(house.folder(SINTEL), Path(OLD).stem)
    second, first = await renamed_twice(radarr)
    assert await receive_upgrade(runtime, second) == film
    told = await upgrading.told_by_events(runtime, [first])
    assert await importing.split(runtime, told.imports) == ([], None)
    await is_all_there(runtime, film, folder, NEWEST, pictures)
    assert (await whole(runtime, film))["file_path"] == str(folder / NEWEST)


async def test_two_renames_of_one_run_in_the_wrong_order_end_in_the_same_way(runtime, house, radarr, film):
    folder, pictures = house.folder(SINTEL), beside(house.folder(SINTEL), Path(OLD).stem)
    second, first = await renamed_twice(radarr)
    assert await receive_upgrade(runtime, second, first) == film
    told = await upgrading.told_by_events(runtime, [first])
    assert await importing.split(runtime, told.imports) == ([], None)
    await is_all_there(runtime, film, folder, NEWEST, pictures)


async def test_a_webhook_once_more_after_its_file_was_replaced_is_waited_for_by_nobody(runtime, house, radarr, film):
    again = radarr._download(SINTEL)
    await receive_upgrade(runtime, await radarr.upgrade(SINTEL, NEW))
    told = await upgrading.told_by_events(runtime, [await radarr.tell(again)])
    assert await importing.split(runtime, told.imports) == ([], None)


async def test_an_old_name_that_is_to_come_again_is_waited_for(runtime, house, radarr, film):
    await receive_upgrade(runtime, await radarr.upgrade(SINTEL, NEW))
    event = await radarr.upgrade(SINTEL, OLD)
    (house.folder(SINTEL) / OLD).unlink()  # the share does not show it so far
    (house.folder(SINTEL) / NEW).write_bytes(b"and still shows the other")
    told = await upgrading.told_by_events(runtime, [event])
    assert await importing.split(runtime, told.imports) == ([], house.folder(SINTEL) / OLD)


async def test_what_has_come_does_not_wait_for_what_has_not(runtime, house, radarr, film):
    events = [await radarr.upgrade(SINTEL, NEW), await radarr.upgrade(SINTEL, NEWEST)]
    (house.folder(SINTEL) / NEWEST).rename(house.folder(SINTEL) / NEW)
    told = await upgrading.told_by_events(runtime, events)
    there, awaited = await importing.split(runtime, told.imports)
    assert ([one.path.name for one in there], awaited.name) == ([NEW], NEWEST)


async def test_a_rename_of_several_files_in_one_event_takes_each_along(runtime, house, radarr, film):
    folder, pictures = house.folder(SINTEL), beside(house.folder(SINTEL), Path(OLD).stem)
    copy = await radarr.import_film(SINTEL, "other.mkv", folder=folder.name)
    await importing.record(runtime, await importing.imports_of_events(runtime, [copy]), Priority.CRITICAL)
    await publishing.publish_movie(runtime, film)
    assert beside(folder, "other") == pictures
    (folder / OLD).rename(folder / NEW)
    (folder / "other.mkv").rename(folder / NEWEST)
    renamed = [{"relativePath": new, "previousRelativePath": old} for old, new in ((OLD, NEW), ("other.mkv", NEWEST))]
    await receive_upgrade(runtime, await radarr.tell({**radarr._event("Rename", SINTEL), "renamedMovieFiles": renamed}))
    assert beside(folder, Path(NEW).stem) == beside(folder, Path(NEWEST).stem) == pictures
    stems = {Path(NEW).stem, Path(NEWEST).stem}
    assert {path.name for path in folder.iterdir() if not any(path.name.startswith(stem) for stem in stems)} == set()
    assert len(await ledger(runtime, film)) == 2 * (len(pictures) + 1)


async def test_a_film_whose_folder_was_renamed_keeps_everything(runtime, house, radarr, film):
    """Radarr tells nothing of it; what it tells next names the new folder."""
    before, pictures = house.folder(SINTEL), beside(house.folder(SINTEL), Path(OLD).stem)
    folder = before.with_name("Sintel {tmdb-45745}")
    before.rename(folder)
    radarr.films[SINTEL.title].video = folder / OLD
    assert await receive_upgrade(runtime, await radarr.rename(SINTEL, NEW)) == film
    await is_all_there(runtime, film, folder, NEW, pictures)
    assert await sql(runtime, "SELECT path FROM movie_files WHERE missing_since IS NULL") == [(str(folder / NEW),)]
    assert not before.exists()


async def test_pictures_that_radarr_renames_to_the_films_bare_name_do_not_stay(runtime, house, radarr, film):
    """It takes the ending of a picture that it does not know for all of its name's rest."""
    folder = house.folder(SINTEL)
    event = await radarr.rename(SINTEL, NEW)
    (folder / f"{Path(OLD).stem}-clearart.png").rename(folder / NEW.replace(".mkv", ".png"))
    (folder / NEW.replace(".mkv", ".jpg")).write_bytes(b"of somebody else")
    await upgraded(runtime, event)
    stem = Path(NEW).stem
    there = {path.name for path in folder.iterdir()}
    assert f"{stem}-clearart.png" in there
    assert f"{stem}.png" not in there
    assert (folder / f"{stem}.jpg").read_bytes() == b"of somebody else"
