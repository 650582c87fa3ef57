"""Upgrades through all the real parts, told by a Radarr that deletes sidecars when it pleases."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from deployments.demo.film import Film
from deployments.demo.films import SINTEL
from tests.scripted_radarr import ScriptedRadarr
from tests.stack.conftest import LiveHouse, until

FIRST, SECOND, THIRD = "{} DVD.mkv", "{} Bluray-1080p.mkv", "{} Remux-2160p.mkv"


def known(live: LiveHouse, number: int, title: str) -> Film:
    """A film of its own that the providers know."""
    film = replace(SINTEL, tmdb_id=number, imdb_id=f"tt{number:07d}", title=title)
    live.tmdb.films[number] = live.fanart_tv.films[number] = film
    return film


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def pictures(folder: Path, name: str) -> dict[str, str]:
    stem = Path(name).stem
    return {
        file.removeprefix(stem): sha256
        for file, sha256 in hashes(folder).items()
        if file.startswith(f"{stem}-") and not file.endswith(".mkv")
    }


async def settled(live: LiveHouse, movie_id: int) -> list[dict[str, Any]]:
    """The looks at a film, once they are done."""

    async def look() -> list[dict[str, Any]] | None:
        rows = (await live.get("jobs", page_size=500))["items"]
        looks = [row for row in rows if row["job_type"] == "verify-media" and row["payload"].get("movie_id") == movie_id]
        return looks if looks and not any(row["status"] in {"pending", "running"} for row in looks) else None

    return await until(look, "the looks are done", 60)


async def has_ended(live: LiveHouse, event_id: int) -> None:
    event = await live.ended(event_id)
    assert (event["status"], event["error"]) == ("done", None)


async def test_artwork_survives_upgrades_whenever_radarr_deletes_it(live):
    film, radarr = known(live, 8101, "Upgraded"), ScriptedRadarr(live.movies, live.tell)
    names = [name.format(film.title) for name in (FIRST, SECOND, THIRD)]
    await has_ended(live, await radarr.import_film(film, names[0]))
    folder = radarr.films[film.title].video.parent
    before, art, asked = await live.movie(film), pictures(folder, names[0]), len(live.tmdb.requests)
    radarr.rescan(film)
    await radarr.make_room(film)
    await radarr.thread_runs(3)
    await has_ended(live, await radarr.move_in(film, names[1]))
    await radarr.thread_runs()
    assert pictures(folder, names[1]) == art
    radarr.rescan(film)
    await has_ended(live, await radarr.upgrade(film, names[1], announced=False))  # the same name, and deleted after us
    await radarr.thread_runs()
    assert pictures(folder, names[1]) == {}
    await settled(live, before["id"])
    assert pictures(folder, names[1]) == art
    radarr.rescan(film)
    await has_ended(live, await radarr.upgrade(film, names[2]))
    assert pictures(folder, names[2]) == art
    assert pictures(folder, names[1]) == {}
    after = await live.movie(film)
    assert (after["id"], after["file_path"]) == (before["id"], str(folder / names[2]))
    assert len(live.tmdb.requests) == asked
    assert len(list(folder.glob("*.nfo"))) == 1


async def test_an_upgrade_of_an_upgrade_within_seconds(live):
    film, radarr = known(live, 8102, "Upgraded twice"), ScriptedRadarr(live.movies, live.tell)
    names = [name.format(film.title) for name in (FIRST, SECOND, THIRD)]
    await has_ended(live, await radarr.import_film(film, names[0]))
    folder = radarr.films[film.title].video.parent
    art = pictures(folder, names[0])
    radarr.rescan(film)
    events = [await radarr.upgrade(film, name) for name in names[1:]]
    await radarr.thread_runs()
    for event in events:
        await has_ended(live, event)
    movie = await live.movie(film)
    await settled(live, movie["id"])
    assert pictures(folder, names[2]) == art
    stem = Path(names[2]).stem
    assert set(hashes(folder)) == {names[2], f"{stem}.nfo", *(f"{stem}{ending}" for ending in art)}
    assert [row["path"] for row in movie["library_files"] if Path(row["path"]).stem.startswith(Path(names[0]).stem)] == []


async def test_a_renamed_file_an_announced_one_and_one_that_is_gone(live):
    film, radarr = known(live, 8104, "Renamed"), ScriptedRadarr(live.movies, live.tell)
    first, second, third = (name.format(film.title) for name in (FIRST, SECOND, THIRD))
    await has_ended(live, await radarr.import_film(film, first))
    folder = radarr.films[film.title].video.parent
    before, art = await live.movie(film), pictures(folder, first)
    radarr.rescan(film)
    await has_ended(live, await radarr.rename(film, second))
    assert (pictures(folder, second), pictures(folder, first)) == (art, {})
    subtitle = folder / f"{Path(second).stem}.en.srt"
    subtitle.write_text("1\n")
    await has_ended(live, await radarr.grab(film))
    radarr.rescan(film)
    await has_ended(live, await radarr.upgrade(film, third))
    await radarr.thread_runs()
    await settled(live, before["id"])
    assert pictures(folder, third) == art
    await has_ended(live, await radarr.delete_file(film, "manual"))
    after = await live.movie(film)
    assert (after["id"], after["trashed_at"]) == (before["id"], None)
    jobs = (await live.get("jobs", page_size=500))["items"]
    looks = [job for job in jobs if job["job_type"] == "check-media" and job["payload"].get("movie_id") == after["id"]]
    assert {job["payload"]["purpose"] for job in looks} == {"awaited", "deleted"}
    assert [job["status"] for job in looks if job["payload"]["purpose"] == "deleted"] == ["pending"]
    story = [line["event_type"] for line in (await live.get("activity", movie_id=after["id"], page_size=200))["items"]]
    assert {"file.moved", "upgrade.announced", "movie.upgraded", "file.missing"} <= set(story)


async def test_a_rename_while_the_films_first_run_is_at_work_takes_everything_along(live):
    film, radarr = known(live, 8106, "Renamed at once"), ScriptedRadarr(live.movies, live.tell)
    first, second = (name.format(film.title) for name in (FIRST, SECOND))
    folder = live.movies / f"{film.title} ({film.year})"
    folder.mkdir()
    (folder / "hold").touch()
    imported = await radarr.import_film(film, first)
    await until(lambda: exists(folder / "held"), "the first run looks into the file")
    renamed = await radarr.rename(film, second)
    (folder / "hold").unlink()
    for event in (imported, renamed):
        await has_ended(live, event)
    movie = await live.movie(film)
    assert movie["file_path"] == str(folder / second)
    assert movie["streams"]["video"]
    await settled(live, movie["id"])
    assert {"-poster.jpg", "-fanart.jpg"} <= pictures(folder, second).keys()
    assert pictures(folder, first) == {}
    assert [path.name for path in folder.glob("*.nfo")] == [f"{Path(second).stem}.nfo"]


async def exists(path: Path) -> bool:
    return path.exists()


async def test_an_announced_upgrade_that_never_comes_is_told_by_the_clock_and_nothing_is_removed(live):
    film, radarr = known(live, 8105, "Never came"), ScriptedRadarr(live.movies, live.tell)
    await has_ended(live, await radarr.import_film(film, FIRST.format(film.title)))
    folder = radarr.films[film.title].video.parent
    before = await live.movie(film)
    radarr.rescan(film)
    await has_ended(live, await radarr.grab(film))
    await has_ended(live, await radarr.make_room(film))  # the old file is gone, and moving the new one in fails
    there = hashes(folder)

    async def expired() -> list[dict[str, Any]]:
        lines = (await live.get("activity", movie_id=before["id"], page_size=200))["items"]
        return [line for line in lines if line["event_type"] == "upgrade.expired"]

    lines = await until(expired, "it is told that the upgrade has not come", 90)
    assert "nothing was removed, the film waits for a file" in lines[0]["description"]
    assert hashes(folder) == there
    after = await live.movie(film)
    assert (after["id"], after["trashed_at"], len(after["artwork"])) == (before["id"], None, len(before["artwork"]))
    assert str(radarr.films[film.title].video) in {row["file"] for row in shown_by(live)}
    looks = [row for row in (await live.get("jobs", page_size=500))["items"] if row["payload"].get("purpose") == "awaited"]
    mine = {row["status"]: row["flow_run_id"] for row in looks if row["payload"]["movie_id"] == before["id"]}
    assert mine.keys() == {"completed"}
    radarr.trash.clear()
    await has_ended(live, await radarr.move_in(film, SECOND.format(film.title)))  # Radarr finds another one in the end
    assert pictures(folder, SECOND.format(film.title)).keys() == {
        name.removeprefix(Path(FIRST.format(film.title)).stem) for name in there if not name.endswith((".nfo", ".mkv"))
    }


def shown_by(live: LiveHouse) -> list[dict[str, Any]]:
    return [live.kodi.library.row(movie) for movie in live.kodi.library.movies.values()]
