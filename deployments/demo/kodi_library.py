"""Kodi's film library over real files: what a scan adds, what a refresh keeps and what it loses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from deployments.demo.kodi_listings import Listings, find_videos
from deployments.demo.kodi_nfo import art_of, details_of, read_movie
from deployments.demo.kodi_textures import Textures

Json = dict[str, Any]

TIME = "%Y-%m-%d %H:%M:%S"


@dataclass
class KnownFile:
    """What Kodi keeps by file, whatever becomes of the film's row: the resume point and when it came."""

    dateadded: str
    resume: dict[str, float] = field(default_factory=lambda: {"position": 0.0, "total": 0.0})


@dataclass
class Movie:
    """One row; `details` come from the NFO, the pictures and SetMovieDetails."""

    movieid: int
    file: Path
    details: Json


class Library:
    """The films of some source folders. Scans only ever add; ids change with a refresh and are used again."""

    def __init__(self, roots: Sequence[Path], now: Callable[[], datetime]) -> None:
        self.roots = tuple(root.absolute() for root in roots)
        self.listings = Listings()
        self.textures = Textures()
        self.movies: dict[int, Movie] = {}
        self._files: dict[Path, KnownFile] = {}
        self._sets: list[str] = []
        self._now = now

    def contains(self, directory: Path) -> bool:
        """Whether a directory is one of the sources or lies in one."""
        return any(directory.is_relative_to(root) for root in self.roots)

    def scan(self, directory: Path | None) -> None:
        """Add the new films that have an NFO, in a directory or (None) everywhere; what is known stays as it is.

        A directory that Kodi does not believe in, or that lies in no source, is skipped without a word.
        """
        known = {movie.file for movie in self.movies.values()}
        chosen = self.roots if directory is None else (directory,) if self.contains(directory) else ()
        for video in (video for root in chosen for video in find_videos(root, self.listings)):
            if video not in known:
                self._read(video)

    def refresh(self, movieid: int) -> None:
        """Read NFO and pictures again into a new row; play count, last played and user rating are lost on the way.

        Without an NFO nothing changes. The folder is taken from the remembered listing: a new picture is not seen
        before somebody lists the folder. KeyError for an unknown id.
        """
        movie = self.movies[movieid]
        if read_movie(movie.file.with_suffix(".nfo")) is not None:
            del self.movies[movieid]
            self._read(movie.file)

    def change(self, movieid: int, changes: Json) -> None:
        """Set details by hand; KeyError for an unknown id."""
        movie = self.movies[movieid]
        known = self._files[movie.file]
        known.resume |= changes.pop("resume", {})
        known.dateadded = changes.pop("dateadded", known.dateadded)
        movie.details["art"] |= changes.pop("art", {})
        ids = movie.details["uniqueid"] | changes.pop("uniqueid", {})
        movie.details["uniqueid"] = {name: value for name, value in ids.items() if value is not None}
        movie.details |= changes

    def row(self, movie: Movie) -> Json:
        """A film with every property that Kodi knows."""
        known = self._files[movie.file]
        by_file = {"file": str(movie.file), "dateadded": known.dateadded, "resume": dict(known.resume)}
        art = movie.details["art"]
        return (
            movie.details
            | by_file
            | {
                "movieid": movie.movieid,
                "label": movie.details["title"],
                "thumbnail": art.get("thumb", ""),
                "fanart": art.get("fanart", ""),
            }
        )

    def _read(self, video: Path) -> None:
        nfo = read_movie(video.with_suffix(".nfo"))
        if nfo is None:
            return
        details = details_of(nfo) | {"art": art_of(video, self.listings.recall(video.parent), nfo)}
        details["setid"] = self._set_id(details["set"])
        if details["playcount"] and not details["lastplayed"]:
            details["lastplayed"] = self._now().strftime(TIME)
        self._remember(video, details.pop("dateadded"))
        # Like SQLite: one more than the highest, so that the id of a removed last row is given again.
        movieid = max(self.movies, default=0) + 1
        self.movies[movieid] = Movie(movieid, video, details)
        for url in details["art"].values():
            self.textures.show(url)

    def _remember(self, video: Path, dateadded: str) -> None:
        known = self._files.setdefault(video, KnownFile(dateadded=self._now().strftime(TIME)))
        known.dateadded = dateadded or known.dateadded

    def _set_id(self, name: str) -> int:
        if name and name not in self._sets:
            self._sets.append(name)
        return self._sets.index(name) + 1 if name else 0
