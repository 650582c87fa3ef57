"""The programs a headless Kodi needs, and what to install where one is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

INSTALL = "apt-get install --no-install-recommends kodi kodi-bin xvfb libgl1-mesa-dri pulseaudio"


def kodi_binary() -> str | None:
    """The program itself: Debian's `kodi` is a wrapper whose process id is not Kodi's."""
    found = (*Path("/usr/lib").glob("*/kodi/kodi.bin"), Path("/usr/lib/kodi/kodi.bin"))
    return next((str(path) for path in found if path.exists()), None)


def installed() -> str | None:
    """None when a Kodi can run here, else one line: what is missing and the command that brings it."""
    programs = {"Kodi": kodi_binary(), "Xvfb": shutil.which("Xvfb"), "pulseaudio": shutil.which("pulseaudio")}
    missing = [name for name, path in programs.items() if path is None]
    return f"no {', '.join(missing)} here: {INSTALL}" if missing else None
