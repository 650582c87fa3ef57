"""What the name of a file and of its folder tell of a film: title, year, edition, part and ids, each with where it stood.

A year in its place is the surest mark: what stands before it is the title, whatever it is made of. Only where there is none,
guessit says where the title ends. What it knows of editions is taken from it too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import PurePosixPath

from metarr_core.domain import release_words as words
from metarr_core.domain.ids import ImdbId, TmdbId
from metarr_core.domain.release_ids import cut_ids


class Origin(StrEnum):
    """Where a part of a name stood."""

    FILE = "file"
    FOLDER = "folder"


@dataclass(frozen=True)
class ReleaseName:
    """A film as its names tell of it. `origins` says for each part that was found where it stood."""

    title: str
    year: int | None = None
    edition: str | None = None
    part: int | None = None
    """The number of a file of a film in several files; a 'Part 2' in a title is no part."""
    tmdb_id: TmdbId | None = None
    imdb_id: ImdbId | None = None
    other_titles: tuple[str, ...] = ()
    """What the film may be called as well: behind an AKA, or with a number that may belong to the title."""
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title


def read_name(path: str) -> ReleaseName:
    """What a file's path tells. The file's own name is asked first; a folder that names a film better is believed."""
    place = PurePosixPath(path)
    folders = [one for one in place.parts[-2::-1] if one != place.root]
    folder = next((one for one in folders if one.casefold() not in words.DISC_FOLDERS), "")
    of_file, of_folder = _read(words.without_extension(place.name)), _read(folder)
    is_disc = place.parent.name.casefold() in words.DISC_FOLDERS
    named_by = Origin.FOLDER if folder and (is_disc or _folder_knows_better(of_file, of_folder)) else Origin.FILE
    best, other = (of_folder, of_file) if named_by is Origin.FOLDER else (of_file, of_folder)
    found = replace(best, part=of_file.part)
    origins = {"title": named_by} | ({"year": named_by} if best.year else {})
    if found.year is None and other.year and words.key(other.title) == words.key(found.title):
        found, origins["year"] = replace(found, year=other.year), _other(named_by)
    for name in ("edition", "tmdb_id", "imdb_id"):
        for one, origin in ((of_file, Origin.FILE), (of_folder, Origin.FOLDER)):
            if name not in origins and getattr(one, name) is not None:
                found, origins[name] = replace(found, **{name: getattr(one, name)}), origin
    if found.part is not None:
        origins["part"] = Origin.FILE
    return replace(found, origins=origins)


def _other(origin: Origin) -> Origin:
    return Origin.FILE if origin is Origin.FOLDER else Origin.FOLDER


def _folder_knows_better(of_file: ReleaseName, of_folder: ReleaseName) -> bool:
    """A folder with a year names its film, unless the year is before the title: '1990 Thriller' may hold many.

    A file that says no more than 'movie', or is scrambled, names none; 'Movie 43' does, if it alone has a year.
    """
    if words.says_nothing(of_file.title):
        is_a_film = of_file.year is not None and of_folder.year is None and words.is_word_and_number(of_file.title)
        return not is_a_film and not words.says_nothing(of_folder.title)
    if of_folder.year is None or f"{of_folder.year} {of_folder.title}" in of_folder.other_titles:
        return False
    if of_file.year is None:
        return True
    if of_file.year != of_folder.year:
        return False
    return len(words.key(of_folder.title)) > len(words.key(of_file.title))


def _read(name: str) -> ReleaseName:
    text, tmdb_id, imdb_id = cut_ids(name)
    text, edition = words.cut_edition(text)
    text = words.without_site(text)
    text, part = words.cut_part(text)
    text = text.strip(" .-_") or name
    return replace(_titled(text, edition), part=part, tmdb_id=tmdb_id, imdb_id=imdb_id)


_IN_BRACKETS = re.compile(
    r"[(\[{](?:[^()\[\]{}]*,\s*|\d\d?[./-]\d\d?[./-])?(?P<year>(?:18|19|20)\d\d)(?:[-/.]\d\d(?:\d\d)?(?:[-/.]\d\d)?|,[^()\[\]{}]*)?[)\]}]"
)
_LEADING = re.compile(
    r"^(?:[(\[](?P<bracketed>(?:18|19|20)\d\d)[)\]][\s._-]*|(?P<plain>(?:18|19|20)\d\d)(?:\s+-|\.)\s+)(?=\S)"
)
_ANOTHER_FILM = re.compile(r"\s*(?:[+&/]|and\b)\s*\S.*[(\[](?:18|19|20)\d\d[)\]]", re.IGNORECASE)
"""A file that is two films: neither is the one that its name tells."""
_BARE = re.compile(r"(?<=[\s._-])(?P<year>(?:18|19|20)\d\d)(?=$|[\s._\-)\]])")


def _titled(text: str, edition: str | None) -> ReleaseName:
    if (
        found := next((one for one in _IN_BRACKETS.finditer(text) if text[: one.start()].strip(" .-_[(")), None)
    ) is not None:
        if _ANOTHER_FILM.match(text, found.end()):
            return _split(text, len(text), None, "", edition)
        return _split(text, found.start(), int(found["year"]), text[found.end() :], edition)
    if (found := _LEADING.match(text)) is not None and not _BARE.search(text, found.end()):
        rest, year = text[found.end() :], int(found["bracketed"] or found["plain"])
        one = _split(rest, words.end_of_title(rest), year, rest, edition)
        return one if found["bracketed"] else _also(one, f"{year} {one.title}")
    end = words.end_of_title(text)
    years = [one for one in _BARE.finditer(text) if words.is_year(one["year"])]
    before = [one for one in years if one.start() <= end] or years[:1]
    if not before:
        return _with_leading_year(_split(text, end, None, text[end:], edition))
    last = before[-1]
    one = _split(text, last.start(), int(last["year"]), text[last.end() :], edition)
    is_sure = len(before) > 1 or text[last.end() :].strip(" .-_")
    return one if is_sure else _also(one, f"{one.title} {last['year']}")


def _with_leading_year(one: ReleaseName) -> ReleaseName:
    """A year before the title is the film's (1980 The Blues Brothers), unless a film is known to be called so."""
    names = (one.title, *one.other_titles)
    found = [words.leading_year(name) for name in names]
    if any(year is None for year, _ in found) or words.begins_with_year(one.title):
        return one
    title, *others = (rest for _, rest in found)
    return replace(one, title=title, year=found[0][0], other_titles=(*others, *names))


def _also(one: ReleaseName, title: str) -> ReleaseName:
    return replace(one, other_titles=(*one.other_titles, title))


def _split(text: str, end: int, year: int | None, rest: str, edition: str | None) -> ReleaseName:
    """The title ends here, and the rest may name an edition."""
    before, bracketed = words.without_tags(text[:end])
    title, early_edition = words.without_edition(words.as_words(before))
    title, *others = (one for name in words.titles(title) for one in words.otherwise(name, rest))
    found = edition or bracketed or early_edition or words.edition_in(rest)
    return ReleaseName(title=title, year=year, edition=found, other_titles=tuple(others))
