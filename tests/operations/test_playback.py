"""Who watches what is known, and whoever watches is left alone."""

from __future__ import annotations

import pytest

from deployments.demo.films import NOSFERATU, SINTEL
from deployments.demo.serving import serve
from metarr_core.operations import playback, players, trash
from tests.operations.films import sql
from tests.operations.test_players import make_due, player, runtime_with, sharing
from tests.operations.viewers import POSITION, at_home, comes, shown, state, story, upgraded


async def test_where_a_viewer_is_is_known(house):
    async with at_home(house) as runtime:
        _, video = await shown(runtime, house)
        house.kodi.screen.play(video, POSITION)
        house.kodi.screen.speed = 0
        await playback.look(runtime, "tv")
        row = await state(runtime)
    assert (row.file_path, row.position_seconds, row.total_seconds) == (str(video), POSITION, 3600)
    assert row.position_percentage == pytest.approx(100 * POSITION / 3600)
    assert (row.paused, row.speed, row.audio_track["language"], row.subtitle_track) == (True, 0, "eng", None)


async def test_who_watches_another_film_is_left_alone_and_told_when_it_ends(house):
    async with at_home(house) as runtime:
        _, other = await shown(runtime, house, "other.mkv", NOSFERATU)
        house.kodi.screen.play(other, POSITION)
        scans = len(house.kodi.called("VideoLibrary.Scan"))
        movie_id, _ = await comes(runtime, house, "film.mkv")
        (why,) = await players.tell_players(runtime, movie_id)
        assert why == "player 'tv' plays other; it is told when that ends"
        await make_due(runtime)
        await players.deliver_due(runtime)
        assert len(house.kodi.called("VideoLibrary.Scan")) == scans
        assert await story(runtime, "player.waiting") == [why]
        house.kodi.screen.file = ""
        await make_due(runtime)
        await players.deliver_due(runtime)
    assert len(house.kodi.library.movies) == 2
    assert house.kodi.called("Player.Stop") == []


async def test_while_somebody_watches_many_films_wait_together_and_only_the_one_that_plays_is_looked_at(house):
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        others = [(await comes(runtime, house, "other.mkv", film))[0] for film in (NOSFERATU, SINTEL)]
        _, new = await upgraded(runtime, house, old)
        for one in (*others, movie_id):
            await players.leave_for_players(runtime, one)
        assert await players.deliver_due(runtime) == 3
        waiting = await sql(runtime, "SELECT why FROM player_updates WHERE status = 'pending'")
        assert house.kodi.screen.file == str(new)
        asked = len(house.kodi.called("Player.GetActivePlayers"))
        assert await players.deliver_due(runtime) == 0
    assert waiting == [("player 'tv' plays old; it is told when that ends",)] * 2
    assert len(house.kodi.called("Player.GetActivePlayers")) == asked


async def test_a_film_in_the_trash_leaves_a_player_only_when_nobody_watches_it(house):
    async with at_home(house) as runtime:
        movie_id, video = await shown(runtime, house)
        house.kodi.screen.play(video, POSITION)
        await trash.trash_movie(runtime, movie_id, "it was deleted")
        video.unlink()
        assert len(await players.tell_players(runtime, movie_id)) == 1
        assert house.kodi.screen.file == str(video)
        house.kodi.screen.file = ""
        assert await players.tell_players(runtime, movie_id) == []
    assert house.kodi.library.movies == {}
    assert house.kodi.called("Player.Open") == []


async def test_watchers_are_told_in_words(house):
    async with at_home(house) as runtime:
        movie_id, video = await shown(runtime, house)
        assert playback.names(await playback.watchers(runtime, movie_id)) == ""
        house.kodi.screen.play(video, POSITION)
        assert playback.names(await playback.watchers(runtime, movie_id)) == "1 player watching (tv at 0:20:34)"
        house.kodi.available = False
        assert await playback.watchers(runtime, movie_id) == []


async def test_of_players_that_share_a_library_one_that_nobody_uses_scans(house):
    other = sharing(house.kodi, house.movies)
    async with serve(house.kodi.app) as one, serve(other.app) as two:
        group = {"name": "shared", "library": "shared", "players": [player("a", one), player("b", two)]}
        async with runtime_with(house, [group]) as runtime:
            movie_id, video = await shown(runtime, house)
            house.kodi.screen.play(house.movies / "of nobody we know.mkv")
            scans = len(house.kodi.called("VideoLibrary.Scan"))
            await upgraded(runtime, house, video)
            (why,) = await players.tell_players(runtime, movie_id)
            waiting = await sql(runtime, "SELECT why FROM player_updates WHERE status = 'pending'")
    assert why == "player 'a' plays of nobody we know; it is told when that ends"
    assert waiting == [(why,)]
    assert len(house.kodi.called("VideoLibrary.Scan")) == scans
    assert other.called("VideoLibrary.Scan")
