"""Who made a film, and what it is about: people by TMDB's id, the rest by name."""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Id

MovieKey = Annotated[int, mapped_column(ForeignKey("movies.id", ondelete="CASCADE"), primary_key=True)]
Position = Annotated[int, mapped_column(primary_key=True, autoincrement=False)]


def _ref(table: str) -> Mapped[int]:
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


def _by_name_where_no_id(table: str) -> Index:
    return Index(f"uq_{table}_name_without_id", "name", unique=True, postgresql_where=text("tmdb_id IS NULL"))


class Actor(Base):
    """Somebody in front of the camera. Without a TMDB id, the name is the identity."""

    __tablename__ = "actors"
    __table_args__ = (_by_name_where_no_id("actors"),)

    id: Mapped[Id]
    tmdb_id: Mapped[int | None] = mapped_column(unique=True)
    name: Mapped[str]
    thumb_url: Mapped[str | None]


class MovieActor(Base):
    """A part in a film; `position` is the billing order from 0.

    Name and photo as this film tells of them: what another film tells of somebody changes none that is locked.
    """

    __tablename__ = "movie_actors"

    movie_id: Mapped[MovieKey]
    position: Mapped[Position]
    actor_id: Mapped[int] = _ref("actors")
    name: Mapped[str]
    thumb_url: Mapped[str | None]
    role: Mapped[str | None]


class CrewMember(Base):
    """Somebody behind the camera."""

    __tablename__ = "crew"
    __table_args__ = (_by_name_where_no_id("crew"),)

    id: Mapped[Id]
    tmdb_id: Mapped[int | None] = mapped_column(unique=True)
    name: Mapped[str]


class MovieCrew(Base):
    """A job at a film, as TMDB names jobs (Director, Screenplay, …), with the name as this film tells of it."""

    __tablename__ = "movie_crew"

    movie_id: Mapped[MovieKey]
    position: Mapped[Position]
    crew_id: Mapped[int] = _ref("crew")
    name: Mapped[str]
    job: Mapped[str]
    department: Mapped[str | None]


class Genre(Base):
    """A genre."""

    __tablename__ = "genres"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)


class MovieGenre(Base):
    """A genre of a film, in the provider's order."""

    __tablename__ = "movie_genres"

    movie_id: Mapped[MovieKey]
    position: Mapped[Position]
    genre_id: Mapped[int] = _ref("genres")


class Studio(Base):
    """A production company."""

    __tablename__ = "studios"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)


class MovieStudio(Base):
    """A studio of a film, in the provider's order."""

    __tablename__ = "movie_studios"

    movie_id: Mapped[MovieKey]
    position: Mapped[Position]
    studio_id: Mapped[int] = _ref("studios")


class Country(Base):
    """A country of production."""

    __tablename__ = "countries"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)


class MovieCountry(Base):
    """A country of a film, in the provider's order."""

    __tablename__ = "movie_countries"

    movie_id: Mapped[MovieKey]
    position: Mapped[Position]
    country_id: Mapped[int] = _ref("countries")


class Tag(Base):
    """A keyword."""

    __tablename__ = "tags"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)


class MovieTag(Base):
    """A keyword of a film, in the provider's order."""

    __tablename__ = "movie_tags"

    movie_id: Mapped[MovieKey]
    position: Mapped[Position]
    tag_id: Mapped[int] = _ref("tags")
