"""A fresh Kodi profile: a guarded web server, JSON-RPC over TCP, and nothing that talks to the network by itself."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

LOOPBACK = "127.0.0.1"

QUIET = {
    "services.zeroconf": "false",
    "services.upnp": "false",
    "services.airplay": "false",
    "services.wsdiscovery": "false",
    "weather.addon": "",
    "general.addonupdates": "2",
    "lookandfeel.enablerssfeeds": "false",
    "videolibrary.updateonstartup": "false",
    "myvideos.extractthumb": "false",
    "screensaver.mode": "",
    "audiooutput.guisoundmode": "0",
    "videoscreen.vsync": "0",
    # Kodi fetches http pictures that an NFO names: a proxy where nobody listens keeps tests off the internet.
    "network.usehttpproxy": "true",
    "network.httpproxyserver": LOOPBACK,
    "network.httpproxyport": "9",
}


@dataclass(frozen=True)
class Ports:
    """Where one Kodi listens; 9777 and its like are the event server's."""

    web: int
    tcp: int
    events: int

    @classmethod
    def free(cls) -> Ports:
        """Three ports nobody uses now, so that several Kodi can run at once."""
        with ExitStack() as held:
            kinds = (socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM)
            sockets = [held.enter_context(socket.socket(socket.AF_INET, kind)) for kind in kinds]
            for each in sockets:
                each.bind(("", 0))
            return cls(*(each.getsockname()[1] for each in sockets))


@dataclass(frozen=True)
class Profile:
    """What is written before Kodi starts; `home` is the folder Kodi calls special://home."""

    home: Path
    ports: Ports
    username: str
    password: str

    def write(self) -> None:
        """Write the settings; Kodi reads them only when it starts."""
        userdata = self.home / "userdata"
        userdata.mkdir(parents=True, exist_ok=True)
        ElementTree(self._settings()).write(userdata / "guisettings.xml", encoding="utf-8")
        ElementTree(self._advanced_settings()).write(userdata / "advancedsettings.xml", encoding="utf-8")

    def _settings(self) -> Element:
        root = Element("settings", version="2")
        for name, value in (QUIET | self._services()).items():
            SubElement(root, "setting", id=name).text = value
        return root

    def _services(self) -> dict[str, str]:
        return {
            "services.webserver": "true",
            "services.webserverport": str(self.ports.web),
            "services.webserverauthentication": "true",
            "services.webserverusername": self.username,
            "services.webserverpassword": self.password,
            # JSON-RPC over TCP and WebSocket belongs to the event server: without it that port stays shut.
            "services.esenabled": "true",
            "services.esallinterfaces": "false",
            "services.esport": str(self.ports.events),
        }

    def _advanced_settings(self) -> Element:
        root = Element("advancedsettings", version="1.0")
        SubElement(root, "loglevel", hide="true").text = "1"
        SubElement(SubElement(root, "jsonrpc"), "tcpport").text = str(self.ports.tcp)
        # Else the first three minutes of a film leave no resume point: all there is of a test clip.
        SubElement(SubElement(root, "video"), "ignoresecondsatstart").text = "0"
        # Draws only what changed: here the processor is the graphics card.
        SubElement(SubElement(root, "gui"), "algorithmdirtyregions").text = "3"
        return root
