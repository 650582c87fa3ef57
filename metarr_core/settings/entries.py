"""The repeated tables of metarr.toml: libraries, managers and players."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from metarr_core.settings.fields import AbsolutePath, HttpUrl, Name, OptionalHttpUrl, Section

EVENTS_PORT = 9090


def _host(url: str) -> str:
    """An address in IPv6 with its brackets."""
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host


class ManagerPathMapping(Section):
    """The same folder as a manager sees it and as we do."""

    manager_path: str = Field(min_length=1, description="The folder as Radarr or Sonarr names it.")
    metarr_path: str = Field(min_length=1, description="The same folder as Metarr sees it.")


class PlayerPathMapping(Section):
    """The same folder as we see it and as a player does."""

    metarr_path: str = Field(min_length=1, description="The folder as Metarr sees it.")
    player_path: str = Field(min_length=1, description="The same folder as the player names it, such as smb://…")


class Library(Section):
    """A folder of films."""

    name: Name = Field(description="Its name, unique.")
    path: AbsolutePath = Field(description="Its folder as Metarr sees it.")
    media_type: Literal["movie"] = Field("movie", description="What it holds.")


class Manager(Section):
    """A Radarr or Sonarr."""

    name: Name = Field(description="Its name, unique; the last part of its webhook's address.")
    type: Literal["radarr", "sonarr"] = Field(description="What it is.")
    url: OptionalHttpUrl = Field("", description="Its address, such as http://radarr:7878; only `metarr doctor` asks it.")
    api_key: SecretStr = Field(SecretStr(""), description="Its API key: Settings → General → Security.")
    path_mappings: list[ManagerPathMapping] = Field([], description="None: it sees the folders as we do.")


class Player(Section):
    """One Kodi."""

    name: Name = Field(description="Its name, unique.")
    url: HttpUrl = Field(description="Its web server, such as http://kodi:8080.")
    websocket_url: str = Field("", pattern=r"^(wss?://.*)?$", description="Default: the same host, port 9090.")
    username: str = Field("", description="User of its web server.")
    password: SecretStr = Field(SecretStr(""), description="Password of its web server.")

    @property
    def events_url(self) -> str:
        """Where its notifications are heard."""
        return self.websocket_url or f"ws://{_host(self.url)}:{EVENTS_PORT}/jsonrpc"


class PlayerGroup(Section):
    """Players that see the libraries under the same paths."""

    name: Name = Field(description="Its name, unique.")
    type: Literal["kodi"] = Field("kodi", description="What its players are.")
    library: Literal["own", "shared"] = Field("own", description="own: a database each; shared: one MySQL for all.")
    libraries: list[str] | None = Field(None, description="Names of the libraries that it shows; absent: all.")
    path_mappings: list[PlayerPathMapping] = Field([], description="None: its players see the folders as we do.")
    players: list[Player] = Field([], description="Its players.")

    def shows(self, library: str) -> bool:
        """Whether the group shows a library."""
        return self.libraries is None or library in self.libraries
