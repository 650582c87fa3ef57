"""Which player is told what, and what happens to those that cannot be told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from deployments.demo.clips import write_clip
from deployments.demo.films import NOSFERATU, TEARS_OF_STEEL
from deployments.demo.house import radarr_download
from deployments.demo.kodi import KodiStandIn
from deployments.demo.serving import serve
from metarr_core.db import mirror
from metarr_core.db import players as db
from metarr_core.domain.ids import MovieId
from metarr_core.domain.jobs import Priority
from metarr_core.operations import importing, players, publishing
from metarr_core.operations.inbox import Source, receive
from metarr_core.runtime import Runtime, now, open_runtime
from metarr_core.settings import Settings


@asynccontextmanager
async def runtime_with(house, groups: list[dict]) -> AsyncIterator[Runtime]:
    document = house.settings.model_dump() | {"player_groups": groups}
    settings = Settings.model_validate(document)
    async with open_runtime(settings) as runtime:
        async with runtime.database.transaction() as session:
            await mirror.mirror(session, settings)
        yield runtime


def player(name: str, url: str) -> dict:
    return {"name": name, "url": url, "username": "kodi", "password": "kodi"}


async def published(runtime: Runtime, house, film=TEARS_OF_STEEL) -> MovieId:
    video = house.folder(film) / "film.mkv"
    write_clip(video, seconds=1, title=film.title)
    webhook = json.dumps(radarr_download(film, f"/data/movies/{video.parent.name}", video)).encode()
    event_id = await receive(runtime, Source("radarr", "radarr"), webhook)
    imports = await importing.imports_of_events(runtime, [event_id])
    movie_id = await importing.record(runtime, imports, Priority.CRITICAL)
    await publishing.publish_movie(runtime, movie_id)
    return movie_id


def sharing(kodi: KodiStandIn, movies: Path) -> KodiStandIn:
    """Another Kodi over the same library; its picture cache is its own."""
    other = KodiStandIn([movies])
    other.methods.update({name: method for name, method in kodi.methods.items() if name.startswith("VideoLibrary.")})
    return other


async def updates(runtime: Runtime) -> dict[str, tuple[str, str | None]]:
    async with runtime.database.transaction() as session:
        rows, _ = await db.page(session, None, 100, 0)
    return {name: (update.status, update.why) for update, name in rows}


async def test_of_players_that_share_a_library_the_first_that_is_on_scans_and_the_others_only_look(house):
    house.kodi.available = False
    other, third = sharing(house.kodi, house.movies), sharing(house.kodi, house.movies)
    async with serve(house.kodi.app) as off, serve(other.app) as on, serve(third.app) as also_on:
        group = {"name": "shared", "library": "shared", "players": [player("a", off), player("b", on), player("c", also_on)]}
        async with runtime_with(house, [group]) as runtime:
            (why,) = await players.tell_players(runtime, await published(runtime, house))
            states = await updates(runtime)
    assert "'a'" in why
    assert {name: status for name, (status, _) in states.items()} == {"a": "pending", "b": "done", "c": "done"}
    assert len(other.called("VideoLibrary.Scan")) == 1
    assert third.called("VideoLibrary.Scan") == []
    assert third.called("VideoLibrary.RefreshMovie") == []


async def test_a_changed_film_is_refreshed_once_in_a_shared_library_and_each_player_drops_its_old_pictures(house):
    other = sharing(house.kodi, house.movies)
    async with serve(house.kodi.app) as one, serve(other.app) as two:
        group = {"name": "shared", "library": "shared", "players": [player("a", one), player("b", two)]}
        async with runtime_with(house, [group]) as runtime:
            movie_id = await published(runtime, house)
            await players.tell_players(runtime, movie_id)
            house.folder(TEARS_OF_STEEL).joinpath("film.nfo").unlink()
            await publishing.publish_movie(runtime, movie_id)
            before = [len(kodi.called("Textures.GetTextures")) for kodi in (house.kodi, other)]
            assert await players.tell_players(runtime, movie_id) == []
    refreshed = [len(kodi.called("VideoLibrary.RefreshMovie")) for kodi in (house.kodi, other)]
    assert refreshed == [1, 0]
    after = [len(kodi.called("Textures.GetTextures")) for kodi in (house.kodi, other)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]


async def test_only_groups_that_show_the_library_are_told(house):
    other = KodiStandIn([house.movies])
    async with serve(house.kodi.app) as one, serve(other.app) as two:
        groups = [
            {"name": "with", "libraries": ["Movies"], "players": [player("a", one)]},
            {"name": "without", "libraries": [], "players": [player("b", two)]},
        ]
        async with runtime_with(house, groups) as runtime:
            assert await players.tell_players(runtime, await published(runtime, house)) == []
    assert house.kodi.called("VideoLibrary.Scan")
    assert other.calls == []


async def test_the_player_gets_the_path_that_it_knows(house, tmp_path):
    elsewhere = tmp_path / "as the player sees it"
    elsewhere.symlink_to(house.movies)
    kodi = KodiStandIn([elsewhere])
    async with serve(kodi.app) as url:
        mapping = {"metarr_path": str(house.movies), "player_path": str(elsewhere)}
        group = {"name": "home", "path_mappings": [mapping], "players": [player("a", url)]}
        async with runtime_with(house, [group]) as runtime:
            assert await players.tell_players(runtime, await published(runtime, house)) == []
    assert [movie.file.is_relative_to(elsewhere) for movie in kodi.library.movies.values()] == [True]


async def test_a_path_that_no_mapping_fits_waits_with_a_sentence_until_the_settings_change(house):
    async with serve(house.kodi.app) as url:
        wrong = [{"metarr_path": "/somewhere/else", "player_path": "smb://nas"}]
        group = {"name": "home", "path_mappings": wrong, "players": [player("a", url)]}
        async with runtime_with(house, [group]) as runtime:
            movie_id = await published(runtime, house)
            (why,) = await players.tell_players(runtime, movie_id)
            assert "no path mapping of 'home' fits" in why
            assert (await updates(runtime))["a"] == ("pending", why)
        async with runtime_with(house, [group | {"path_mappings": []}]) as runtime:
            await make_due(runtime)
            assert await players.deliver_due(runtime) == 1
            assert (await updates(runtime))["a"] == ("done", None)


async def make_due(runtime: Runtime) -> None:
    async with runtime.database.transaction() as session:
        await session.execute(text("UPDATE player_updates SET due_at = now()"))


async def test_what_a_player_missed_is_collapsed_to_the_newest_and_its_other_films_do_not_wait_for_its_time_out(house):
    house.kodi.available = False
    async with (
        serve(house.kodi.app) as url,
        runtime_with(house, [{"name": "home", "players": [player("a", url)]}]) as runtime,
    ):
        first, second = await published(runtime, house), await published(runtime, house, NOSFERATU)
        for movie_id in (first, first, second, first):
            await players.tell_players(runtime, movie_id)
        async with runtime.database.transaction() as session:
            _, waiting = await db.page(session, "pending", 100, 0)
        assert waiting == 2
        await make_due(runtime)
        assert await players.deliver_due(runtime) == 1
        house.kodi.available = True
        await make_due(runtime)
        assert await players.deliver_due(runtime) == 2
    assert len(house.kodi.library.movies) == 2


@pytest.mark.parametrize("credentials", [("kodi", "wrong"), ("", "")])
async def test_refused_credentials_are_told_as_such(house, credentials):
    async with serve(house.kodi.app) as url:
        one = player("a", url) | {"username": credentials[0], "password": credentials[1]}
        async with runtime_with(house, [{"name": "home", "players": [one]}]) as runtime:
            (why,) = await players.tell_players(runtime, await published(runtime, house))
    assert "refuses username and password" in why


async def test_what_a_run_is_just_telling_is_not_told_by_the_players_process_too(house):
    async with (
        serve(house.kodi.app) as url,
        runtime_with(house, [{"name": "home", "players": [player("a", url)]}]) as runtime,
    ):
        movie_id = await published(runtime, house)
        async with runtime.database.transaction() as session:
            await db.request(session, movie_id, ["a"], players.HEAD_START)
        assert await players.deliver_due(runtime) == 0
        async with runtime.database.transaction() as session:
            assert len(await db.due(session, now() + players.HEAD_START)) == 1
        await players.leave_for_players(runtime, movie_id)
        assert await players.deliver_due(runtime) == 1
    assert len(house.kodi.called("VideoLibrary.Scan")) == 1
