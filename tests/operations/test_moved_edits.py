"""What somebody changed of ours, before its film was moved along with it, is still a change of ours at its new place."""

from __future__ import annotations

import pytest

from deployments.demo.films import SINTEL
from metarr_core.domain.ids import TmdbId
from metarr_core.domain.jobs import Priority
from metarr_core.domain.metadata import Identity
from metarr_core.operations import importing
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.operations.publishing import publish_movie
from metarr_core.operations.verifying import suspects, verify_movie
from tests.operations.films import sql, whole
from tests.operations.kills import Killed, killed_at
from tests.operations.scans import scan
from tests.operations.test_replacing import film
from tests.operations.test_unseen_edits import EVERYTHING, THEIRS, beside, ledger, poster
from tests.operations.test_verifying import setting


async def arrives(runtime, video):
    identity = Identity("Sintel", 2010, tmdb_id=TmdbId(SINTEL.tmdb_id))
    await importing.record(runtime, [importing.import_of_path(runtime, video, identity)], Priority.CRITICAL)


async def published(runtime, house):
    """A film that was enriched, with a poster and an NFO."""
    movie_id = await film(runtime, house)
    await enrich_movie(runtime, movie_id)
    await publish_movie(runtime, movie_id)
    return movie_id


async def upgraded(runtime, house):
    """The same with another file than at first, which has another ending."""
    movie_id = await published(runtime, house)
    (video,) = house.movies.rglob("*.mkv")
    video.unlink()
    video.with_suffix(".mp4").write_bytes(b"a better film")
    await arrives(runtime, video.with_suffix(".mp4"))
    await publish_movie(runtime, movie_id)
    return movie_id


async def its_folder_is_found_by_a_scan(runtime, house, movie_id):
    (folder,) = house.movies.iterdir()
    folder.rename(folder.with_name("Sintel, moved"))
    await scan(runtime, EVERYTHING)


async def a_webhook_tells_of_its_new_folder(runtime, house, movie_id):
    (folder,) = house.movies.iterdir()
    (video,) = folder.rename(folder.with_name("Sintel, moved")).glob("*.m*")
    await arrives(runtime, video)
    await publish_movie(runtime, movie_id)


async def a_webhook_tells_of_its_new_name(runtime, house, movie_id):
    (folder,) = house.movies.iterdir()
    for path in list(folder.iterdir()):
        path.rename(path.with_name(path.name.replace("Sintel (2010)", "Sintel 2010 BluRay")))
    (video,) = folder.glob("*.m*")
    await arrives(runtime, video)
    await publish_movie(runtime, movie_id)


MOVES = [its_folder_is_found_by_a_scan, a_webhook_tells_of_its_new_folder, a_webhook_tells_of_its_new_name]


@pytest.mark.parametrize("moves", MOVES)
@pytest.mark.parametrize("begins", [published, upgraded])
async def test_it_is_left_where_it_moved_to(runtime, house, begins, moves):
    runtime = setting(runtime, "leave")
    movie_id = await begins(runtime, house)
    poster(house).write_bytes(THEIRS)
    await moves(runtime, house, movie_id)
    for _ in range(2):
        await publish_movie(runtime, movie_id)
        await verify_movie(runtime, movie_id, by_hash=True)
    assert (poster(house).read_bytes(), (await whole(runtime, movie_id))["locked_fields"]) == (THEIRS, [])


@pytest.mark.parametrize("moves", MOVES)
@pytest.mark.parametrize("begins", [published, upgraded])
async def test_it_is_adopted_where_it_moved_to(runtime, house, begins, moves):
    movie_id = await begins(runtime, house)
    poster(house).write_bytes(THEIRS)
    await moves(runtime, house, movie_id)
    await publish_movie(runtime, movie_id)
    assert (poster(house).read_bytes(), (await whole(runtime, movie_id))["locked_fields"]) == (THEIRS, ["poster"])


@pytest.mark.parametrize("moves", MOVES)
async def test_ours_is_put_back_where_it_moved_to(runtime, house, moves):
    runtime = setting(runtime, "restore")
    movie_id = await upgraded(runtime, house)
    ours = poster(house).read_bytes()
    poster(house).write_bytes(THEIRS)
    await moves(runtime, house, movie_id)
    assert (poster(house).read_bytes(), (await whole(runtime, movie_id))["locked_fields"]) == (ours, [])


async def test_an_nfo_is_ours_after_a_move_whose_scan_was_killed_before_it_published(runtime, house):
    movie_id = await upgraded(runtime, house)
    (folder,) = house.movies.iterdir()
    folder.rename(folder.with_name("Sintel, moved"))
    with pytest.raises((Killed, BaseExceptionGroup)):
        await killed_at(14, lambda: scan(runtime, EVERYTHING))
    assert await sql(runtime, "SELECT 1 FROM movie_files WHERE path LIKE '%, moved/%'") == [(1,)]
    await scan(runtime, EVERYTHING)
    await verify_movie(runtime, movie_id)
    assert await ledger(runtime) == beside(house)
    assert await suspects(runtime) == []


async def test_what_did_not_move_along_is_not_missed_for_ever(runtime, house):
    movie_id = await upgraded(runtime, house)
    (folder,) = house.movies.iterdir()
    poster(house).unlink()
    folder.rename(folder.with_name("Sintel, moved"))
    await scan(runtime, EVERYTHING)
    await verify_movie(runtime, movie_id)
    assert (await verify_movie(runtime, movie_id)).findings == ()
    assert await suspects(runtime) == []
    assert await ledger(runtime) == beside(house)


async def test_a_copy_whose_disk_is_away_has_not_moved_to_its_twin(runtime, house):
    """Two copies have the same bytes; only one of them has a poster that somebody changed."""
    movie_id = await published(runtime, house)
    (folder,) = house.movies.iterdir()
    copy = house.movies / "copy" / "Sintel.mkv"
    copy.parent.mkdir()
    copy.write_bytes(b"a film")
    await arrives(runtime, copy)
    await publish_movie(runtime, movie_id)
    lines = await ledger(runtime)
    away = folder.rename(house.movies.with_name("away"))
    await verify_movie(runtime, movie_id)
    away.rename(folder)
    assert await ledger(runtime) == lines
