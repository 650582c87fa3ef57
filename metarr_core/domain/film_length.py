"""What the length of a file says of whether it is a certain film, by the names of the weights in `matching`."""

from __future__ import annotations

EQUAL_MINUTES = 1.0
"""Providers tell whole minutes, rounded or cut."""
PRECISELY_EQUAL_MINUTES = 0.6
SHORTEST_COMMON, LONGEST_COMMON = 84, 102
"""Minutes between which half of all films are: there, one in twenty is as long as another by chance."""
GUESSED_MINUTES = {90, 95, 100}
"""What many films are said to be as long as; twice to three times as many as are a minute longer."""
SHORT_FILM_SHARE = 0.1
SHORTEST_SHARE, LONGEST_SHARE, FAR_MINUTES = 0.75, 1.4, 20.0
"""A file may be an extended edition; it is hardly ever a quarter shorter."""
A_CLIP_MINUTES, LONGEST_MINUTES = 5.0, 1000.0
"""A file that is shorter, of a film that is not, is a clip, and one that is longer than any film is damaged."""

ALIKE = {
    "as long as the file",
    "as long as the file, as many films are",
    "about as long as the file, as many films are",
}


def why_unknown(file_minutes: float | None, film_minutes: int | None) -> str:
    """Why the length of the file says nothing; empty where it does, or where the provider does not tell the film's."""
    if not file_minutes or file_minutes > LONGEST_MINUTES:
        return "the length of the file is not known"
    is_clip = bool(film_minutes) and file_minutes < A_CLIP_MINUTES < (film_minutes or 0)
    return "the file is a clip, so its length says nothing" if is_clip else ""


def compared(file_minutes: float, film_minutes: int) -> str:
    """How the lengths compare. The more films are as long, the closer they have to be to say much."""
    off = abs(file_minutes - film_minutes)
    if off <= min(EQUAL_MINUTES, max(EQUAL_MINUTES / 2, SHORT_FILM_SHARE * film_minutes)):
        return _alike(off, film_minutes)
    is_like = SHORTEST_SHARE * film_minutes <= file_minutes <= LONGEST_SHARE * film_minutes
    return "far from as long as the file" if not is_like and off > FAR_MINUTES else "not as long as the file"


def _alike(off: float, film_minutes: int) -> str:
    if not SHORTEST_COMMON <= film_minutes <= LONGEST_COMMON:
        return "as long as the file"
    says_much = off <= PRECISELY_EQUAL_MINUTES and film_minutes not in GUESSED_MINUTES
    return "as long as the file, as many films are" if says_much else "about as long as the file, as many films are"
