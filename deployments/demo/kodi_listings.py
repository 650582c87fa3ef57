"""What Kodi believes to be on disk: its cache of directory listings, and the films it sees in a folder."""

from collections.abc import Iterator
from pathlib import Path

CACHED_LISTINGS = 10
VIDEO_SUFFIXES = {".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".ts", ".webm", ".wmv"}
NOT_A_FILM = ("-sample", "-trailer")


class Listings:
    """Kodi's last ten directory listings, least recently used goes first, no time limit.

    They are why a brand-new folder is invisible: whoever asks for it is answered from its parent's old listing.
    """

    def __init__(self) -> None:
        self._cached: dict[Path, tuple[str, ...]] = {}

    def read(self, directory: Path) -> tuple[str, ...]:
        """The names in a directory as they are on disk now; they are remembered. OSError if it cannot be read."""
        self._cached.pop(directory, None)
        return self._remember(directory, tuple(sorted(path.name for path in directory.iterdir())))

    def recall(self, directory: Path) -> tuple[str, ...]:
        """The names as remembered, however old; read where nothing is remembered."""
        names = self._cached.pop(directory, None)
        return self.read(directory) if names is None else self._remember(directory, names)

    def shows(self, directory: Path) -> bool:
        """Whether Kodi believes that a directory exists: by its parent's remembered listing, if there is one."""
        if directory.parent not in self._cached:
            return directory.is_dir()
        return directory.name in self.recall(directory.parent)

    def _remember(self, directory: Path, names: tuple[str, ...]) -> tuple[str, ...]:
        self._cached[directory] = names
        if len(self._cached) > CACHED_LISTINGS:
            del self._cached[next(iter(self._cached))]
        return names


def find_videos(directory: Path, listings: Listings) -> Iterator[Path]:
    """The films in a directory and below, listed afresh; nothing where Kodi believes there is no such directory."""
    try:
        names = listings.read(directory) if listings.shows(directory) else ()
    except OSError:
        return
    if ".nomedia" in names:
        return
    for path in (directory / name for name in names):
        if path.is_dir():
            yield from find_videos(path, listings)
        elif path.suffix.lower() in VIDEO_SUFFIXES and not path.stem.lower().endswith(NOT_A_FILM):
            yield path
