"""A film that two managers keep, in HD and in 4K: one film, two files, everything beside both."""

from __future__ import annotations

import json

from deployments.demo.films import SINTEL
from deployments.demo.house import radarr_download
from metarr_core.domain.jobs import Priority
from metarr_core.operations import importing
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import enrich_movie
from metarr_core.operations.inbox import Source, receive
from metarr_core.operations.publishing import publish_movie
from tests.operations.films import sql, whole


async def imported(runtime, house, manager, folder):
    """Do as a manager does; gives the film and the video."""
    video = house.movies / folder / f"{folder}.mkv"
    video.parent.mkdir()
    video.write_bytes(folder.encode())
    webhook = json.dumps(radarr_download(SINTEL, str(video.parent), video)).encode()
    event_id = await receive(runtime, Source("radarr", manager), webhook)
    found = await importing.imports_of_events(runtime, [event_id])
    return await importing.record(runtime, found, Priority.CRITICAL), video


def endings(video):
    return {path.name.removeprefix(video.stem) for path in video.parent.iterdir()} - {".mkv"}


async def test_hd_and_4k_are_one_film_with_two_files_and_everything_beside_both(runtime, house):
    film, hd = await imported(runtime, house, "radarr-hd", "Sintel (2010)")
    same, uhd = await imported(runtime, house, "radarr-4k", "Sintel (2010) 4K")
    assert film == same
    assert await sql(runtime, "SELECT count(*) FROM movies") == [(1,)]
    await enrich_movie(runtime, film)
    await download_artwork(runtime, film)
    await publish_movie(runtime, film)
    files = (await whole(runtime, film))["files"]
    assert {(file["path"], file["manager"]) for file in files} == {(str(hd), "radarr-hd"), (str(uhd), "radarr-4k")}
    assert endings(hd) == endings(uhd) >= {".nfo", "-poster.jpg", "-fanart.jpg", "-fanart2.jpg", "-clearart.png"}
    assert hd.with_suffix(".nfo").read_bytes() == uhd.with_suffix(".nfo").read_bytes()
