"""What there is to know of a film, as a provider of metadata knows it."""

from dataclasses import dataclass
from datetime import date

PREMIERE, THEATRICAL, DIGITAL = 1, 3, 4
"""TMDB's kinds of release."""


@dataclass(frozen=True, slots=True)
class CastMember:
    """Somebody on the screen."""

    tmdb_id: int
    name: str
    character: str


@dataclass(frozen=True, slots=True)
class CrewMember:
    """Somebody behind the camera, in TMDB's words for department and job."""

    tmdb_id: int
    name: str
    department: str
    job: str


@dataclass(frozen=True, slots=True)
class Company:
    """A production company and its country (ISO 3166-1)."""

    tmdb_id: int
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Release:
    """One release in one country; the certification is often "", as at TMDB."""

    country: str
    day: date
    kind: int
    certification: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """A film's texts in another language (ISO 639-1) of a country (ISO 3166-1)."""

    language: str
    country: str
    title: str
    tagline: str
    overview: str


@dataclass(frozen=True, slots=True)
class Film:
    """All that TMDB knows of a film; `title`, `tagline` and `overview` are the English ones."""

    tmdb_id: int
    imdb_id: str
    title: str
    original_title: str
    original_language: str
    release_date: date
    runtime_minutes: int
    tagline: str
    overview: str
    genres: tuple[str, ...]
    companies: tuple[Company, ...]
    countries: tuple[str, ...]
    crew: tuple[CrewMember, ...]
    cast: tuple[CastMember, ...]
    releases: tuple[Release, ...]
    vote_average: float
    vote_count: int
    keywords: tuple[str, ...] = ()
    trailer: str = ""
    """YouTube's key of the video."""
    translations: tuple[Translation, ...] = ()

    @property
    def year(self) -> int:
        """The year of the primary release."""
        return self.release_date.year

    @property
    def directors(self) -> tuple[str, ...]:
        """The directors' names."""
        return tuple(person.name for person in self.crew if person.job == "Director")

    @property
    def writers(self) -> tuple[str, ...]:
        """The names of all who wrote."""
        return tuple(dict.fromkeys(person.name for person in self.crew if person.department == "Writing"))

    @property
    def certification(self) -> str:
        """The certification in the USA, or ""."""
        return next((r.certification for r in self.releases if r.country == "US" and r.certification), "")
