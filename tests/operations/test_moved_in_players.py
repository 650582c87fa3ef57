"""A film's folder is renamed, and nobody tells: the next scan finds it, and players show it once, with what was watched."""

from __future__ import annotations

import pytest

from deployments.demo.films import TEARS_OF_STEEL
from metarr_core.operations import players
from tests.operations.films import sql
from tests.operations.scans import scan
from tests.operations.test_players import make_due
from tests.operations.viewers import at_home, shown


@pytest.mark.parametrize("is_off", [False, True], ids=["player on", "player off meanwhile"])
async def test_a_film_whose_folder_was_renamed_is_shown_once_with_what_was_watched(house, is_off):
    library = house.kodi.library
    async with at_home(house) as runtime:
        _, old = await shown(runtime, house)
        await sql(runtime, "UPDATE movies SET identification_status = 'enriched'")
        (entry,) = library.movies.values()
        library.change(entry.movieid, {"playcount": 3})
        for name in ("moved", "moved again"):
            folder = house.folder(TEARS_OF_STEEL) if name == "moved" else house.movies / "moved"
            folder.rename(house.movies / name)
            house.kodi.available = not is_off or name != "moved"
            await scan(runtime)
            await make_due(runtime)
            await players.deliver_due(runtime)
    rows = [library.row(one) for one in library.movies.values()]
    assert [(row["file"], row["playcount"]) for row in rows] == [(str(house.movies / "moved again" / old.name), 3)]


async def test_a_film_that_is_back_in_its_old_folder_stays_there(house):
    library = house.kodi.library
    async with at_home(house) as runtime:
        _, old = await shown(runtime, house)
        await sql(runtime, "UPDATE movies SET identification_status = 'enriched'")
        for former, name in ((old.parent.name, "moved"), ("moved", old.parent.name)):
            (house.movies / former).rename(house.movies / name)
            await scan(runtime)
        await make_due(runtime)
        await players.deliver_due(runtime)
    assert [library.row(one)["file"] for one in library.movies.values()] == [str(old)]
