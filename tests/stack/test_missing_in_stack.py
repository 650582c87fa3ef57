"""Files that go and come without an upgrade, through all the real parts."""

from __future__ import annotations

from tests.scripted_radarr import ScriptedRadarr
from tests.stack.conftest import LiveHouse
from tests.stack.test_upgrade_in_stack import FIRST, SECOND, has_ended, known, pictures


async def waiting_looks(live: LiveHouse, movie_id: int) -> list[str]:
    rows = (await live.get("jobs", status="pending", page_size=500))["items"]
    return [
        row["payload"]["purpose"]
        for row in rows
        if row["payload"].get("movie_id") == movie_id and "purpose" in row["payload"]
    ]


async def test_a_film_whose_file_was_deleted_waits_and_takes_what_comes_into_its_folder(live):
    film, radarr = known(live, 8111, "Deleted"), ScriptedRadarr(live.movies, live.tell)
    names = [name.format(film.title) for name in (FIRST, SECOND)]
    await has_ended(live, await radarr.import_film(film, names[0]))
    folder = radarr.films[film.title].video.parent
    before, art = await live.movie(film), pictures(folder, names[0])
    radarr.rescan(film)
    await has_ended(live, await radarr.delete_file(film, "manual"))
    waits = await live.movie(film)
    assert (waits["id"], waits["trashed_at"]) == (before["id"], None)
    assert await waiting_looks(live, before["id"]) == ["deleted"]
    await radarr.move_in(film, names[1], told=False)
    await has_ended(live, await radarr.tell(radarr.file_deleted(film, "manualOverride")))
    after = await live.movie(film)
    assert (after["id"], after["file_path"], after["trashed_at"]) == (before["id"], str(folder / names[1]), None)
    assert pictures(folder, names[1]) == art
