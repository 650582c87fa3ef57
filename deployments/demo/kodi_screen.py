"""What the stand-in for Kodi plays: one film at a time, whose position moves when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deployments.demo.kodi_filters import InvalidParams

Json = dict[str, Any]
PLAYER_ID = 1


def _tracks(*languages: str) -> list[Json]:
    return [{"index": index, "language": language, "name": ""} for index, language in enumerate(languages)]


@dataclass
class Screen:
    """A screen; `file` empty: nothing plays. Positions in seconds. `tracks` is what every file has."""

    file: str = ""
    position: float = 0.0
    total: float = 3600.0
    speed: int = 1
    audio: int = 0
    subtitle: int | None = None
    audio_tracks: list[Json] = field(default_factory=lambda: _tracks("eng", "fre"))
    subtitle_tracks: list[Json] = field(default_factory=lambda: _tracks("eng", "ger"))

    def play(self, file: str | Path, position: float = 0.0) -> None:
        """Play a file from a position, with the tracks that every file starts with."""
        self.file, self.position, self.speed, self.audio, self.subtitle = str(file), position, 1, 0, None

    def methods(self) -> dict[str, Callable[[Json], Any]]:
        """Kodi's methods over it."""
        return {
            "Player.GetActivePlayers": lambda _: [{"playerid": PLAYER_ID, "type": "video"}] if self.file else [],
            "Player.GetItem": lambda _: {"item": {"file": self.file, "label": Path(self.file).stem, "type": "movie"}},
            "Player.GetProperties": lambda _: self._properties(),
            "Player.Open": self._open,
            "Player.Stop": lambda _: self._set(file=""),
            "Player.PlayPause": lambda params: self._set(speed=1 if params["play"] else 0),
            "Player.SetSpeed": lambda params: self._set(speed=params["speed"]),
            "Player.SetAudioStream": lambda params: self._set(audio=params["stream"]),
            "Player.SetSubtitle": self._set_subtitle,
        }

    def _open(self, params: Json) -> str:
        file, resume = params["item"]["file"], params.get("options", {}).get("resume", {})
        if not Path(file).exists() or not {"hours", "minutes", "seconds", "milliseconds"}.issuperset(resume):
            raise InvalidParams
        hours, minutes, seconds = (resume.get(name, 0) for name in ("hours", "minutes", "seconds"))
        self.play(file, hours * 3600 + minutes * 60 + seconds + resume.get("milliseconds", 0) / 1000)
        return "OK"

    def _set_subtitle(self, params: Json) -> str:
        chosen = params["subtitle"]
        return self._set(subtitle=None if chosen == "off" else int(chosen))

    def _set(self, **values: Any) -> str:
        for name, value in values.items():
            setattr(self, name, value)
        return "OK"

    def _properties(self) -> Json:
        shown = self.subtitle is not None
        return {
            "time": _time(self.position),
            "totaltime": _time(self.total if self.file else 0.0),
            "speed": self.speed if self.file else 0,
            "audiostreams": self.audio_tracks,
            "currentaudiostream": self.audio_tracks[self.audio],
            "subtitles": self.subtitle_tracks,
            "currentsubtitle": self.subtitle_tracks[self.subtitle] if self.subtitle is not None else {},
            "subtitleenabled": shown,
        }


def _time(seconds: float) -> Json:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return {
        "hours": whole // 3600,
        "minutes": whole % 3600 // 60,
        "seconds": whole % 60,
        "milliseconds": milliseconds,
    }
