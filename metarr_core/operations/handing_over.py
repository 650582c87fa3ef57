"""Hands a film that somebody watches over from its old file to the new one: stop, renew the library, go on.

What plays otherwise is left alone: the player is told when it has ended. That we stopped a film is in the database before
the player is told, so that whoever comes after a kill goes on with it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from metarr_core.clients import kodi_playback
from metarr_core.clients.kodi import Kodi
from metarr_core.clients.kodi_playback import Screen
from metarr_core.db import activity, library_files, movie_files, movies
from metarr_core.db import playback as db
from metarr_core.db import watched as db_watched
from metarr_core.db.tables.players import PlaybackState
from metarr_core.domain import paths
from metarr_core.domain.playback import Track, clock, resumed_at, same_track
from metarr_core.domain.watched import Watched
from metarr_core.errors import PlayerInUse, PlayerUnreachable
from metarr_core.operations import playback
from metarr_core.operations.patience import wait_for
from metarr_core.operations.player_films import PlayerFilm, Shown, player_file
from metarr_core.runtime import Runtime, now

STOP_SECONDS = 5.0
START_SECONDS = 8.0
LOST_CONTACT = timedelta(minutes=1)
"""A player that is idle, and was seen playing so lately, has not been seen stopping: its viewer was cut off."""


@asynccontextmanager
async def watching_goes_on(runtime: Runtime, kodi: Kodi, film: PlayerFilm) -> AsyncIterator[None]:
    """While the block lasts, nobody watches the film on this player; after it, whoever did goes on.

    Raises PlayerInUse where somebody watches what is not to be handed over, PlayerUnreachable. A block that fails for the
    player's sake does not keep the viewer from the film.
    """
    state = await _interrupt(runtime, kodi, film)
    try:
        yield
    except PlayerUnreachable:
        await _go_on(runtime, kodi, film, state)
        raise
    await _go_on(runtime, kodi, film, state)


async def _interrupt(runtime: Runtime, kodi: Kodi, film: PlayerFilm) -> PlaybackState | None:
    """The playback that is to go on; None: there is none."""
    before = await _state(runtime, kodi, film)
    screen = await playback.look(runtime, kodi.name)
    if screen is None:
        return await _interrupted(runtime, kodi, film, before) if before else None
    if not await _is_to_move(runtime, kodi, film):
        raise PlayerInUse(kodi.name, screen.playing.title)
    await playback.stop(runtime, kodi.name, screen)
    await _until_idle(kodi)
    state = await _state(runtime, kodi, film)
    await _keep_position(runtime, kodi, film, state)
    return state


async def _interrupted(runtime: Runtime, kodi: Kodi, film: PlayerFilm, before: PlaybackState) -> PlaybackState | None:
    """The playback of an idle player that ended because the film's file went, or because we stopped it."""
    state = await _state(runtime, kodi, film)
    if state is None or not await _is_outdated(runtime, film, state):
        return None
    was_cut_off = before.ended is None and now() - before.captured_at < LOST_CONTACT
    if state.ended not in ("lost", "upgrade") and not (was_cut_off and state.ended == "stopped"):
        return None
    await _keep_position(runtime, kodi, film, state)
    max_age = timedelta(hours=runtime.settings.playback.max_age_hours)
    if runtime.settings.playback.resume and now() - state.captured_at <= max_age:
        return state
    await _give_up(runtime, kodi, film)
    return None


async def _give_up(runtime: Runtime, kodi: Kodi, film: PlayerFilm) -> None:
    async with runtime.database.transaction() as session:
        await db.give_up(session, kodi.name, film.movie_id)


async def _is_to_move(runtime: Runtime, kodi: Kodi, film: PlayerFilm) -> bool:
    """Whether what plays is a file of the film that it no longer has."""
    state = await _state(runtime, kodi, film)
    if state is None or state.ended is not None or not film.shown or not runtime.settings.playback.resume:
        return False
    return await _is_outdated(runtime, film, state)


async def _is_outdated(runtime: Runtime, film: PlayerFilm, state: PlaybackState) -> bool:
    async with runtime.database.transaction() as session:
        files = await movie_files.present(session, film.movie_id)
    return bool(files) and all((file.path, file.file_hash) != (state.file_path, state.file_hash) for file in files)


async def _state(runtime: Runtime, kodi: Kodi, film: PlayerFilm) -> PlaybackState | None:
    async with runtime.database.transaction() as session:
        return await db.of_film(session, kodi.name, film.movie_id)


async def _keep_position(runtime: Runtime, kodi: Kodi, film: PlayerFilm, state: PlaybackState | None) -> None:
    """Where it was is the film's resume point, whatever happens next; the player itself writes it late, or not at all."""
    if state is None or (file := player_file(runtime, kodi.name, state.file_path)) is None:
        return
    said = Watched(
        lastplayed=f"{state.captured_at.astimezone():%Y-%m-%d %H:%M:%S}",
        position=state.position_seconds,
        total=state.total_seconds or 0.0,
    )
    async with runtime.database.transaction() as session:
        await db_watched.keep(session, film.movie_id, kodi.name, {file: said})


async def _until_idle(kodi: Kodi) -> None:
    if not await wait_for(lambda: kodi_playback.is_idle(kodi), bool, STOP_SECONDS):
        raise PlayerUnreachable(kodi.name, "it was told to stop the film's old file but goes on playing")


async def _go_on(runtime: Runtime, kodi: Kodi, film: PlayerFilm, state: PlaybackState | None) -> None:
    if state is None:
        return
    if not await kodi_playback.is_idle(kodi):
        await _forgo(runtime, kodi, film)
        return
    shown = await _successor(runtime, film)
    position = resumed_at(state.position_seconds, shown.duration)
    await kodi_playback.play(kodi, shown.file, position)
    screen = await _until_it_plays(kodi, shown.file)
    await _set_like_before(kodi, screen, state)
    await playback.look(runtime, kodi.name)
    image = await _poster(runtime, film, shown)
    await kodi_playback.show_notice(kodi, "Upgrade complete", f"{film.title} upgraded and resumed", image)
    async with runtime.database.transaction() as session:
        await db.mark_restored(session, kodi.name, film.movie_id, now())
        told = f"'{kodi.name}' goes on at {clock(position)}{' (paused)' if state.paused else ''} with the new file"
        activity.tell(session, "playback.resumed", told, movie_id=film.movie_id, severity="success")


async def _forgo(runtime: Runtime, kodi: Kodi, film: PlayerFilm) -> None:
    """The viewer has moved on: what we stopped stays stopped."""
    await playback.look(runtime, kodi.name)
    await _give_up(runtime, kodi, film)
    async with runtime.database.transaction() as session:
        told = f"'{kodi.name}' plays something else by now, so the new file is not started there"
        activity.tell(session, "playback.forgone", told, movie_id=film.movie_id)


async def _successor(runtime: Runtime, film: PlayerFilm) -> Shown:
    """The film's best file that the player shows."""
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, film.movie_id)
    return next((one for one in film.shown if str(one.path) == movie.file_path), film.shown[-1])


async def _until_it_plays(kodi: Kodi, file: str) -> Screen:
    screen = await wait_for(lambda: kodi_playback.look(kodi), _is_under_way, START_SECONDS)
    if screen is None or not _is_under_way(screen):
        raise PlayerUnreachable(kodi.name, f"it was told to play {file} but does not")
    return screen


def _is_under_way(screen: Screen | None) -> bool:
    """Whether a film is on the screen, and not only being opened: then its length is known."""
    return screen is not None and screen.playing.total is not None


async def _set_like_before(kodi: Kodi, screen: Screen, state: PlaybackState) -> None:
    """Tracks and speed as they were, where the new file has them."""
    audio = Track(**state.audio_track) if state.audio_track else None
    heard = same_track(audio, screen.audio) if audio else None
    if heard is not None and heard != screen.playing.audio:
        await kodi_playback.choose_audio(kodi, screen.player_id, heard)
    wanted = Track(**state.subtitle_track) if state.subtitle_track else None
    subtitle = same_track(wanted, screen.subtitles) if wanted else None
    if subtitle != screen.playing.subtitle and (wanted is None or subtitle is not None):
        await kodi_playback.choose_subtitle(kodi, screen.player_id, subtitle)
    if state.paused:
        await kodi_playback.pause(kodi, screen.player_id)
    elif state.speed not in (0, 1):
        await kodi_playback.set_speed(kodi, screen.player_id, state.speed)


async def _poster(runtime: Runtime, film: PlayerFilm, shown: Shown) -> str:
    """The film's poster as the player names it; empty: none stands beside its file."""
    async with runtime.database.transaction() as session:
        entries = await library_files.entries_of(session, film.movie_id)
    beside = [
        entry.path for entry in entries if entry.artwork_type == "poster" and entry.path.startswith(f"{shown.path.parent}/")
    ]
    return shown.folder + paths.parts(beside[0])[-1] if beside else ""
