"""`RealKodi`: one running Kodi with a profile, a screen and a sound sink of its own, and its JSON-RPC."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import httpx

from tests.real_kodi import process
from tests.real_kodi.profile import LOOPBACK, Ports, Profile
from tests.real_kodi.sources import set_content, write_sources
from tests.real_kodi.waiting import until

HOME_SCREEN, YES_NO_DIALOG = 10000, 10100
START = 90  # seconds; about one on an idle machine
READY = "Kodi shows its home screen (it starts no web server where lo is the only network interface)"


class RealKodi:
    """A Kodi that runs while its context lasts; each source, name -> folder, holds films with local information only.

    `movie_folders` is Kodi's "Movies are in separate folders": then movie.nfo and poster.jpg count too.
    """

    def __init__(self, base_dir: Path, sources: Mapping[str, Path], *, movie_folders: bool = False) -> None:
        self.username, self.password = "kodi", secrets.token_hex(8)
        self._ports = Ports.free()
        self._home, self._sources, self._movie_folders = base_dir / "kodi", sources, movie_folders
        self._surroundings, self._run = ExitStack(), ExitStack()

    @property
    def url(self) -> str:
        """The web server, http://127.0.0.1:PORT; it wants `username` and `password`."""
        return f"http://{LOOPBACK}:{self._ports.web}"

    @property
    def websocket_url(self) -> str:
        """Where notifications come from; Kodi asks for no password here."""
        return f"ws://{LOOPBACK}:{self._ports.tcp}/jsonrpc"

    def __enter__(self) -> Self:
        Profile(self._home, self._ports, self.username, self.password).write()
        write_sources(self._home, self._sources)
        with ExitStack() as stack:
            sockets = stack.enter_context(TemporaryDirectory(prefix="metarr-kodi-", dir="/tmp"))
            env = process.environment(self._home, Path(sockets))
            display = stack.enter_context(process.screen(env, self._home))
            stack.enter_context(process.sound_sink(env, self._home))
            stack.callback(self.stop)
            self._env = {**env, "DISPLAY": display}
            self.start()
            self._surroundings = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._surroundings.close()

    def start(self) -> None:
        """Start Kodi and wait for its home screen; only needed after `stop`."""
        with ExitStack() as stack:
            self._client = stack.enter_context(
                httpx.Client(base_url=self.url, auth=(self.username, self.password), trust_env=False, timeout=30)
            )
            running = stack.enter_context(process.kodi(self._env, self._home))
            self._process = running
            self._wait_until_ready(running)
            self._run = stack.pop_all()

    def stop(self) -> None:
        """End Kodi, as if switched off; ports, profile, screen and sound stay for the next `start`."""
        self._run.close()

    def kill(self) -> None:
        """End Kodi without a word, as when the power goes."""
        self._process.kill()
        self.stop()

    def restart(self) -> None:
        """Switch Kodi off and on again; its library stays, its caches do not."""
        self.stop()
        self.start()

    def rpc(self, method: str, /, **params: Any) -> Any:
        """The result of one JSON-RPC call; AssertionError with what Kodi answered instead."""
        response = self._client.post("/jsonrpc", json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        if response.status_code != httpx.codes.OK or "error" in response.json():
            raise AssertionError(f"{method} {params}: {response.status_code} {response.text}")
        return response.json()["result"]

    def movies(self, *properties: str) -> list[dict[str, Any]]:
        """Every film of the library, always with `movieid` and `label`."""
        films: list[dict[str, Any]] = self.rpc("VideoLibrary.GetMovies", properties=properties).get("movies", [])
        return films

    def log_tail(self, lines: int = 40) -> str:
        """The end of Kodi's own log."""
        log = self._home / "temp/kodi.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "no log yet"

    def _wait_until_ready(self, running: process.Process) -> None:
        try:
            until(lambda: process.alive(running) and self._at_home(), READY, START)
        except AssertionError as failure:
            failure.add_note(self.log_tail())
            raise
        set_content(self._home, self._sources, movie_folders=self._movie_folders)

    def _at_home(self) -> bool:
        """The web server is up before the TCP port, the database and the skin; add-ons of the system are not wanted."""
        try:
            socket.create_connection((LOOPBACK, self._ports.tcp), timeout=2).close()
            window = self.rpc("GUI.GetProperties", properties=["currentwindow"])["currentwindow"]
            if window["id"] == YES_NO_DIALOG:
                self.rpc("Input.Back")
        except (OSError, httpx.TransportError):
            return False
        return bool(window["id"] == HOME_SCREEN)
