"""A film that somebody watches is handed over to its new file."""

from __future__ import annotations

import pytest

from deployments.demo.films import NOSFERATU
from deployments.demo.kodi import KodiStandIn
from deployments.demo.serving import serve
from metarr_core.domain.playback import resumed_at
from metarr_core.operations import playback, players, showing
from tests.operations.films import sql
from tests.operations.test_players import make_due, player, runtime_with
from tests.operations.viewers import POSITION, at_home, comes, shown, state, story, upgraded


@pytest.mark.parametrize("name", ["new.mkv", "old.mkv"], ids=["new name", "same name"])
@pytest.mark.parametrize("speed", [1, 0], ids=["playing", "paused"])
async def test_a_film_that_plays_goes_on_with_its_new_file_as_it_was(house, name, speed):
    screen = house.kodi.screen
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        screen.play(old, POSITION)
        screen.speed, screen.audio, screen.subtitle = speed, 1, 1
        await playback.look(runtime, "tv")
        _, new = await upgraded(runtime, house, old, name)
        assert await players.tell_players(runtime, movie_id) == []
        row = await state(runtime)
        assert await story(runtime, "playback.resumed") == [
            f"'tv' goes on at 0:20:34{'' if speed else ' (paused)'} with the new file"
        ]
    assert (screen.file, screen.position, screen.speed, screen.audio, screen.subtitle) == (str(new), POSITION, speed, 1, 1)
    assert row.restored_at is not None
    (notice,) = house.kodi.called("GUI.ShowNotification")
    assert (notice["title"], notice["message"]) == ("Upgrade complete", "Tears of Steel upgraded and resumed")
    assert len(house.kodi.library.movies) == 1


async def test_a_film_that_goes_on_is_not_interrupted_again(house):
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        _, new = await upgraded(runtime, house, old)
        await players.tell_players(runtime, movie_id)
        house.kodi.screen.position += 60
        await playback.look(runtime, "tv")
        (why,) = await players.tell_players(runtime, movie_id)
    assert "it is told when that ends" in why
    assert (house.kodi.screen.file, house.kodi.screen.position) == (str(new), POSITION + 60)
    assert len(house.kodi.called("Player.Open")) == 1


async def test_an_upgrade_of_an_upgrade_goes_on_too(house):
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        _, new = await upgraded(runtime, house, old)
        await players.tell_players(runtime, movie_id)
        _, newest = await upgraded(runtime, house, new, "newest.mkv")
        assert await players.tell_players(runtime, movie_id) == []
    assert (house.kodi.screen.file, house.kodi.screen.position) == (str(newest), POSITION)


async def test_tracks_that_the_new_file_lacks_are_left_to_the_player(house):
    screen = house.kodi.screen
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        screen.play(old, POSITION)
        screen.audio, screen.subtitle = 1, 1
        await playback.stop_for_upgrade(runtime, movie_id)
        screen.audio_tracks, screen.subtitle_tracks = screen.audio_tracks[:1], screen.subtitle_tracks[:1]
        await upgraded(runtime, house, old)
        assert await players.tell_players(runtime, movie_id) == []
    assert (screen.audio, screen.subtitle) == (0, None)
    assert house.kodi.called("Player.SetAudioStream") == house.kodi.called("Player.SetSubtitle") == []


async def test_without_resume_the_old_file_plays_to_its_end(house):
    async with at_home(house, resume=False) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        await upgraded(runtime, house, old)
        assert len(await players.tell_players(runtime, movie_id)) == 1
        house.kodi.screen.file = ""
        await playback.look(runtime, "tv")
        assert await players.tell_players(runtime, movie_id) == []
        position = position_in_library(house)
    assert house.kodi.called("Player.Open") == []
    assert position == pytest.approx(POSITION, abs=1)


def position_in_library(house) -> float:
    (entry,) = house.kodi.library.movies.values()
    return house.kodi.library.row(entry)["resume"]["position"]


async def test_a_player_that_lost_the_file_goes_on_with_the_new_one(house):
    """On a share the old file goes under the viewer's eyes: nobody pressed stop."""
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        await playback.look(runtime, "tv")
        old.unlink()
        house.kodi.screen.file = ""
        await playback.look(runtime, "tv")
        assert (await state(runtime)).ended == "lost"
        _, new = await comes(runtime, house, "new.mkv", data=b"a better film")
        assert await players.tell_players(runtime, movie_id) == []
    assert house.kodi.screen.file == str(new)
    assert house.kodi.screen.position == pytest.approx(POSITION, abs=1)


async def test_who_pressed_stop_before_the_file_went_has_moved_on(house):
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        await playback.look(runtime, "tv")
        house.kodi.screen.file = ""
        await playback.look(runtime, "tv")
        assert (await state(runtime)).ended == "stopped"
        await upgraded(runtime, house, old)
        assert await players.tell_players(runtime, movie_id) == []
    assert house.kodi.called("Player.Open") == []


async def test_who_saw_the_end_is_not_started_again(house):
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, 3599)
        await playback.look(runtime, "tv")
        old.unlink()
        house.kodi.screen.file = ""
        await playback.look(runtime, "tv", is_finished=True)
        await comes(runtime, house, "new.mkv", data=b"a better film")
        assert await players.tell_players(runtime, movie_id) == []
    assert house.kodi.called("Player.Open") == []


async def test_a_film_stopped_when_its_file_went_goes_on_when_the_next_has_come(house):
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        await playback.stop_for_upgrade(runtime, movie_id)
        assert house.kodi.screen.file == ""
        await playback.look(runtime, "tv")
        _, new = await upgraded(runtime, house, old)
        assert await players.tell_players(runtime, movie_id) == []
    assert (house.kodi.screen.file, house.kodi.screen.position) == (str(new), POSITION)


@pytest.mark.parametrize("stop", ["when_ready", "at_delete"])
async def test_an_announced_upgrade_tells_who_watches_and_stops_the_film_only_where_that_is_set(house, stop):
    async with at_home(house, stop=stop) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        assert await playback.make_way(runtime, movie_id) == "1 player watching (tv at 0:20:34)"
        assert house.kodi.screen.file == ("" if stop == "at_delete" else str(old))
        _, new = await upgraded(runtime, house, old)
        assert await players.tell_players(runtime, movie_id) == []
    assert (house.kodi.screen.file, house.kodi.screen.position) == (str(new), POSITION)


async def test_who_watches_something_else_by_then_keeps_watching_it(house):
    async with at_home(house) as runtime:
        _, other = await shown(runtime, house, "other.mkv", NOSFERATU)
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        await playback.stop_for_upgrade(runtime, movie_id)
        house.kodi.screen.play(other)
        await upgraded(runtime, house, old)
        assert len(await players.tell_players(runtime, movie_id)) == 1
        house.kodi.screen.file = ""
        assert await players.tell_players(runtime, movie_id) == []
    assert house.kodi.called("Player.Open") == []


async def test_what_is_too_old_is_not_started_but_its_position_is_kept(house):
    async with at_home(house, max_age_hours=2) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        await playback.stop_for_upgrade(runtime, movie_id)
        await sql(runtime, "UPDATE playback_state SET captured_at = captured_at - interval '3 hours'")
        await upgraded(runtime, house, old)
        assert await players.tell_players(runtime, movie_id) == []
        position = position_in_library(house)
    assert house.kodi.called("Player.Open") == []
    assert position == POSITION


class Killed(BaseException):
    """The process is gone."""


async def test_a_death_between_stop_and_start_leaves_nobody_before_a_dark_screen(house, monkeypatch):
    async def dies(*_: object) -> None:
        raise Killed

    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        _, new = await upgraded(runtime, house, old)
        monkeypatch.setattr(showing, "show", dies)
        with pytest.raises(Killed):
            await players.tell_players(runtime, movie_id)
        monkeypatch.undo()
        assert house.kodi.screen.file == ""
        await make_due(runtime)
        await players.deliver_due(runtime)
    assert (house.kodi.screen.file, house.kodi.screen.position) == (str(new), POSITION)


async def test_the_viewer_goes_on_before_the_old_entry_goes(house):
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        await upgraded(runtime, house, old)
        assert await players.tell_players(runtime, movie_id) == []
    methods = [method for method, _ in house.kodi.calls]
    assert methods.index("Player.Open") < methods.index("VideoLibrary.RemoveMovie")


async def test_a_death_after_the_viewer_goes_on_costs_nothing_that_was_watched(house, monkeypatch):
    async def dies(*_: object) -> None:
        raise Killed

    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        (entry,) = house.kodi.library.movies.values()
        house.kodi.library.change(entry.movieid, {"playcount": 3})
        house.kodi.screen.play(old, POSITION)
        _, new = await upgraded(runtime, house, old)
        monkeypatch.setattr(showing, "settle", dies)
        with pytest.raises(Killed):
            await players.tell_players(runtime, movie_id)
        monkeypatch.undo()
        assert house.kodi.screen.file == str(new)
        await make_due(runtime)
        await players.deliver_due(runtime)
        assert house.kodi.screen.file == str(new)
        house.kodi.screen.file = ""
        await make_due(runtime)
        await players.deliver_due(runtime)
    (entry,) = house.kodi.library.movies.values()
    assert (house.kodi.library.row(entry)["file"], house.kodi.library.row(entry)["playcount"]) == (str(new), 3)


async def test_a_library_that_does_not_take_the_film_keeps_nobody_from_watching_it(house, monkeypatch):
    async with at_home(house) as runtime:
        movie_id, old = await shown(runtime, house)
        house.kodi.screen.play(old, POSITION)
        _, new = await upgraded(runtime, house, old)
        house.kodi.methods["VideoLibrary.Scan"] = lambda _: "OK"
        monkeypatch.setattr("metarr_core.operations.showing.APPEAR_SECONDS", 0)
        (why,) = await players.tell_players(runtime, movie_id)
    assert "does not show it" in why
    assert (house.kodi.screen.file, house.kodi.screen.position) == (str(new), POSITION)


async def test_of_two_players_only_the_one_that_plays_is_handed_over(house):
    other = KodiStandIn([house.movies])
    async with serve(house.kodi.app) as one, serve(other.app) as two:
        group = {"name": "home", "players": [player("tv", one), player("bed", two)]}
        async with runtime_with(house, [group]) as runtime:
            movie_id, old = await shown(runtime, house)
            other.screen.play(old, POSITION)
            _, new = await upgraded(runtime, house, old)
            assert await players.tell_players(runtime, movie_id) == []
    assert (house.kodi.screen.file, other.screen.file) == ("", str(new))
    assert [len(kodi.library.movies) for kodi in (house.kodi, other)] == [1, 1]


@pytest.mark.parametrize(
    ("position", "duration", "expected"), [(100, 200, 100), (199.5, 200, 195), (300, 60, 55), (9, None, 9)]
)
def test_a_shorter_film_goes_on_before_its_end(position, duration, expected):
    assert resumed_at(position, duration) == expected
