"""Kodi's texture cache: a picture replaced under the same name stays the old one until its texture is removed."""

import hashlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

Json = dict[str, Any]


def image_url(address: str) -> str:
    """A path or web address as Kodi writes it: `image://%2fsrv%2fFilm%20(2010)%2fposter.jpg/`, hex in lower case."""
    encoded = quote(address, safe="!()", errors="surrogateescape").replace("~", "%7e")
    return f"image://{re.sub('%[0-9A-F]{2}', lambda found: found[0].lower(), encoded)}/"


def image_path(url: str) -> Path:
    """The file behind an `image://` URL."""
    return Path(unquote(url.removeprefix("image://").removesuffix("/"), errors="surrogateescape"))


class Textures:
    """What is told of the cached pictures, by id; `pictures` holds the bytes that a viewer sees, by `image://` URL."""

    def __init__(self) -> None:
        self.rows: dict[int, Json] = {}
        self.pictures: dict[str, bytes] = {}
        self._last_id = 0

    def show(self, url: str) -> bytes | None:
        """What the viewer sees: the cached picture, else the file's, which is cached now; None without a file."""
        if url not in self.pictures:
            path = image_path(url)
            if not path.is_file():
                return None
            self._last_id += 1
            self.pictures[url] = path.read_bytes()
            self.rows[self._last_id] = self._row(self._last_id, url)
        return self.pictures[url]

    def remove(self, textureid: int) -> None:
        """Forget one picture; KeyError where there is none."""
        del self.pictures[self.rows.pop(textureid)["url"]]

    def listed(self) -> list[Json]:
        """All textures with every property."""
        return list(self.rows.values())

    def _row(self, textureid: int, url: str) -> Json:
        name, content = hashlib.md5(url.encode()).hexdigest()[:8], self.pictures[url]  # noqa: S324  a file's name only
        return {
            "cachedurl": f"{name[0]}/{name}{image_path(url).suffix}",
            "imagehash": f"d{hashlib.sha256(content).hexdigest()[:9]}s{len(content)}",
            "lasthashcheck": "2026-01-02 03:04:05",
            "textureid": textureid,
            "url": url,
        }
