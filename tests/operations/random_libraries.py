"""Libraries as chance would have them: hostile names, links, files of other programs; and what a scan is to find in them."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

NAMES = (
    *("Amélie", "Ame\u0301lie", "七人の侍", "Летят журавли", "🎬", "The\nLine", "tab\there", "-dash", "--", "a'b", 'q"q'),
    *("50%", "$(x)", "semi;colon", "back\\slash", "{tmdb-}", "[tt]", "dots...", " spaces ", "CON", "x" * 180),
    *("\u202egnp", "null\u2400", "%s%n", "_"),
)
NOISE = ("Thumbs.db", "film.nfo", "movie.nfo", "poster.jpg", "fanart.jpg", ".DS_Store", "a.srt", "x.mkv.part")


@dataclass
class RandomLibrary:
    """A library below `root`; `films` are the videos in it that a scan is to find, each with bytes of its own."""

    root: Path
    chance: random.Random
    films: set[Path] = field(default_factory=set)
    number: int = 0

    def grow(self, things: int) -> None:
        """Put so many things into it."""
        for _ in range(things):
            self.chance.choice(KINDS)(self)

    def name(self) -> str:
        self.number += 1
        return f"{self.chance.choice(NAMES)} {self.number} ({self.chance.randint(1900, 2026)})"

    def folder(self) -> Path:
        """A new folder, in one that is there or in the root."""
        above = self.chance.choice([self.root, *sorted(self.open_folders())])
        folder = above / self.name()
        folder.mkdir(parents=True)
        return folder

    def open_folders(self) -> set[Path]:
        return {film.parent for film in self.films if len(str(film)) < 1000 and film.parent.name != "BDMV"}

    def put(self, path: Path, *, is_film: bool = False) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.number += 1
        path.write_bytes(f"{self.number} of {path.name!a}".encode() * self.chance.randint(1, 9))
        if is_film:
            self.films.add(path)
        return path

    def ending(self) -> str:
        return self.chance.choice([".mkv", ".MKV", ".mp4", ".avi", ".m2ts", ".iso", ".webm"])


def film_in_folder(library: RandomLibrary) -> None:
    folder = library.folder()
    library.put(folder / f"{library.name()}{library.ending()}", is_film=True)
    for name in library.chance.sample(NOISE, 3):
        library.put(folder / name)


def films_side_by_side(library: RandomLibrary) -> None:
    folder = library.chance.choice([library.root, library.folder()])
    for _ in range(library.chance.randint(1, 3)):
        library.put(folder / f"{library.name()}{library.ending()}", is_film=True)


def parts(library: RandomLibrary) -> None:
    folder, name = library.folder(), library.name()
    library.put(folder / f"{name} cd1.avi", is_film=True)
    library.put(folder / f"{name} cd2.avi")


def disc(library: RandomLibrary) -> None:
    folder = library.folder()
    library.put(folder / "BDMV" / "index.bdmv", is_film=True)
    library.put(folder / "BDMV" / "STREAM" / "00001.m2ts")


def no_films(library: RandomLibrary) -> None:
    folder = library.folder()
    for name in ("a-trailer.mkv", "sample.mkv", "Extras/x.mkv", ".hidden/y.mkv", "@eaDir/z.mkv", "part.mkv.!qB"):
        library.put(folder / name)
    (folder / "empty.mkv").touch()


def hidden(library: RandomLibrary) -> None:
    folder = library.folder()
    library.put(folder / "a.mkv")
    (folder / ".nomedia").touch()


def links(library: RandomLibrary) -> None:
    folder = library.folder()
    (folder / "round").symlink_to(library.root)
    (folder / "nowhere.mkv").symlink_to(folder / "gone.mkv")


def no_regular_files(library: RandomLibrary) -> None:
    """Whoever opens one of them to read waits for ever."""
    folder = library.folder()
    library.put(folder / "film.mkv", is_film=True)
    for name in ("movie.nfo", "film.nfo", "poster.jpg", "pipe.mkv", "film.en.srt"):
        os.mkfifo(folder / name)
    (folder / "folder.mkv").mkdir()


def no_unicode(library: RandomLibrary) -> None:
    folder = library.folder()
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.mkv")).write_bytes(b"x")
    library.put(Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe")) / "inside.mkv")


KINDS: list[Callable[[RandomLibrary], None]] = [
    *(film_in_folder, film_in_folder, films_side_by_side, parts, disc),
    *(no_films, hidden, links, no_regular_files, no_unicode),
]


def disturb(library: RandomLibrary, most: int) -> dict[str, int]:
    """Change some of the films, at most so many in each way; gives how many, by the words of a scan's plan."""
    single = sorted(film for film in library.films if film.suffix != ".bdmv" and not film.stem.endswith(" cd1"))
    chosen = library.chance.sample(single, min(most * 4, len(single)))
    done = dict.fromkeys(("moved", "changed", "touched", "removed"), 0)
    for at, film in enumerate(chosen):
        what = list(done)[at % len(done)]
        done[what] += 1
        if what == "moved":
            there = library.folder() / f"{library.name()}{film.suffix}"
            film.rename(there)
            library.films.add(there)
        if what in {"moved", "removed"}:
            film.unlink(missing_ok=True)
            library.films.remove(film)
        elif what == "changed":
            film.write_bytes(film.read_bytes() + b"!")
        else:
            os.utime(film, ns=(library.number, library.number))
    return {what: count for what, count in done.items() if count}
