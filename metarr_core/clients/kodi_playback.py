"""What a Kodi plays, and how it is told to play something else. Every function raises PlayerUnreachable."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from metarr_core.clients.kodi import Kodi
from metarr_core.domain.playback import Playing, Track
from metarr_core.errors import PlayerUnreachable

PROPERTIES = [
    *("time", "totaltime", "speed", "currentaudiostream", "audiostreams"),
    *("currentsubtitle", "subtitles", "subtitleenabled"),
]
NOTICE_MS = 5000
Row = dict[str, Any]


@dataclass(frozen=True)
class Screen:
    """A player's picture: what it plays, and what else it could play of it."""

    player_id: int
    playing: Playing
    audio: tuple[Track, ...]
    subtitles: tuple[Track, ...]


async def look(kodi: Kodi) -> Screen | None:
    """What is on the screen; None: nothing. Only the list of active players tells: all else answers with zeros."""
    try:
        return await _look(kodi)
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise PlayerUnreachable(kodi.name, f"it does not tell like Kodi what it plays ({type(exc).__name__})") from exc


async def _look(kodi: Kodi) -> Screen | None:
    active = [one for one in await kodi.call("Player.GetActivePlayers") if one.get("type") == "video"]
    if not active:
        return None
    player_id = int(active[0]["playerid"])
    item, row = await asyncio.gather(
        kodi.call("Player.GetItem", playerid=player_id, properties=["file", "title"]),
        kodi.call("Player.GetProperties", playerid=player_id, properties=PROPERTIES),
    )
    audio, subtitles = _tracks(row.get("audiostreams")), _tracks(row.get("subtitles"))
    return Screen(player_id, _playing(item.get("item") or {}, row), audio, subtitles)


async def is_idle(kodi: Kodi) -> bool:
    """Whether nothing is on the screen; one question instead of three."""
    return not any(one.get("type") == "video" for one in await kodi.call("Player.GetActivePlayers"))


async def stop(kodi: Kodi, player_id: int) -> None:
    """Stop; that it did is seen a moment later."""
    await kodi.call("Player.Stop", playerid=player_id)


async def play(kodi: Kodi, file: str, position: float) -> None:
    """Play a file from a position in seconds; what was playing gives way."""
    await kodi.call("Player.Open", item={"file": file}, options={"resume": _time(position)})


async def pause(kodi: Kodi, player_id: int) -> None:
    """Let the picture stand still."""
    await kodi.call("Player.PlayPause", playerid=player_id, play=False)


async def set_speed(kodi: Kodi, player_id: int, speed: int) -> None:
    """Wind on, or back."""
    await kodi.call("Player.SetSpeed", playerid=player_id, speed=speed)


async def choose_audio(kodi: Kodi, player_id: int, track: Track) -> None:
    """Let an audio track be heard."""
    await kodi.call("Player.SetAudioStream", playerid=player_id, stream=track.index)


async def choose_subtitle(kodi: Kodi, player_id: int, track: Track | None) -> None:
    """Show a subtitle track, or none."""
    if track is None:
        await kodi.call("Player.SetSubtitle", playerid=player_id, subtitle="off")
    else:
        await kodi.call("Player.SetSubtitle", playerid=player_id, subtitle=track.index, enable=True)


async def show_notice(kodi: Kodi, title: str, message: str, image: str) -> None:
    """Show a notice for some seconds; `image` as the player names it, empty: none."""
    pictured = {"image": image} if image else {}
    await kodi.call("GUI.ShowNotification", title=title, message=message, displaytime=NOTICE_MS, **pictured)


def _playing(item: Row, row: Row) -> Playing:
    shown = bool(row.get("subtitleenabled"))
    return Playing(
        file=str(item.get("file") or ""),
        title=str(item.get("title") or item.get("label") or ""),
        position=max(0.0, _seconds(row.get("time"))),
        total=_seconds(row.get("totaltime")) or None,
        speed=int(row.get("speed") or 0),
        audio=_track(row.get("currentaudiostream")),
        subtitle=_track(row.get("currentsubtitle")) if shown else None,
    )


def _tracks(rows: list[Row] | None) -> tuple[Track, ...]:
    return tuple(track for row in rows or [] if (track := _track(row)))


def _track(row: Row | None) -> Track | None:
    if not row or "index" not in row:
        return None
    return Track(
        index=int(row["index"]),
        language=str(row.get("language") or ""),
        name=str(row.get("name") or ""),
        codec=str(row.get("codec") or ""),
        channels=int(row.get("channels") or 0),
        is_forced=bool(row.get("isforced")),
    )


def _seconds(time: Row | None) -> float:
    """Just after the start, Kodi's milliseconds may be negative."""
    row = time or {}
    whole = int(row.get("hours", 0)) * 3600 + int(row.get("minutes", 0)) * 60 + int(row.get("seconds", 0))
    return whole + float(row.get("milliseconds", 0)) / 1000


def _time(seconds: float) -> Row:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return {
        "hours": whole // 3600,
        "minutes": whole % 3600 // 60,
        "seconds": whole % 60,
        "milliseconds": milliseconds,
    }
