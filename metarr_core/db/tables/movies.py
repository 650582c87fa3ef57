"""Films and their files. A film may have several copies; the best one is mirrored on the film itself."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import AssetRef, Base, Id, Json, MovieRef, Now, Texts, one_of
from metarr_core.domain.ids import ImdbId, TmdbId
from metarr_core.domain.metadata import Identity


class Collection(Base):
    """A series of films that belong together, by TMDB's id; one that a person made up, by its name."""

    __tablename__ = "collections"
    __table_args__ = (
        Index("uq_collections_name_without_id", "name", unique=True, postgresql_where=text("tmdb_id IS NULL")),
    )

    id: Mapped[Id]
    tmdb_id: Mapped[int | None] = mapped_column(unique=True)
    name: Mapped[str]
    overview: Mapped[str | None]
    poster_url: Mapped[str | None]
    fanart_url: Mapped[str | None]


class Movie(Base):
    """A film, whatever happens to its files. `deleted_at` is the purge date, `trashed_at` says when it went."""

    __tablename__ = "movies"
    __table_args__ = (
        one_of("identification_status", "unidentified", "identified", "enriched", "ignored", "error"),
        Index("ix_movies_trash", "deleted_at", postgresql_where=text("trashed_at IS NOT NULL")),
    )

    id: Mapped[Id]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="RESTRICT"), index=True)
    title: Mapped[str]
    original_title: Mapped[str | None]
    sort_title: Mapped[str | None]
    year: Mapped[int | None]
    tmdb_id: Mapped[int | None] = mapped_column(unique=True)
    imdb_id: Mapped[str | None] = mapped_column(index=True)
    plot: Mapped[str | None]
    tagline: Mapped[str | None]
    runtime: Mapped[int | None]
    rating: Mapped[float | None]
    votes: Mapped[int | None]
    certification: Mapped[str | None]
    release_date: Mapped[date | None]
    original_language: Mapped[str | None]
    trailer_url: Mapped[str | None]
    alternative_titles: Mapped[Texts]
    external_ids: Mapped[Json]
    collection_id: Mapped[int | None] = mapped_column(ForeignKey("collections.id", ondelete="SET NULL"), index=True)
    identification_status: Mapped[str] = mapped_column(server_default="unidentified")
    enrichment_priority: Mapped[int | None]
    enriched_at: Mapped[datetime | None]
    locked_fields: Mapped[Texts]
    poster_id: Mapped[AssetRef]
    fanart_id: Mapped[AssetRef]
    clearlogo_id: Mapped[AssetRef]
    clearart_id: Mapped[AssetRef]
    discart_id: Mapped[AssetRef]
    banner_id: Mapped[AssetRef]
    landscape_id: Mapped[AssetRef]
    keyart_id: Mapped[AssetRef]
    characterart_id: Mapped[AssetRef]
    thumb_id: Mapped[AssetRef]
    file_path: Mapped[str | None] = mapped_column(index=True)
    file_size: Mapped[int | None]
    file_hash: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    trashed_at: Mapped[datetime | None]
    trash_reason: Mapped[str | None]
    created_at: Mapped[Now]
    updated_at: Mapped[Now]

    @property
    def named(self) -> str:
        """The film as people name it: Sintel (2010)."""
        return f"{self.title} ({self.year})" if self.year else self.title

    @property
    def identity(self) -> Identity:
        """What the film is known by."""
        return Identity(
            title=self.title,
            year=self.year,
            tmdb_id=TmdbId(self.tmdb_id) if self.tmdb_id else None,
            imdb_id=ImdbId(self.imdb_id) if self.imdb_id else None,
        )


class MovieFile(Base):
    """One copy of a film on disk. `inode`, `mtime_ns` and `size` tell the scan that nothing changed.

    `kept`: it stayed on disk when its film went to the trash, and is nobody's business until somebody asks for it.
    """

    __tablename__ = "movie_files"

    id: Mapped[Id]
    movie_id: Mapped[MovieRef]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="RESTRICT"), index=True)
    manager: Mapped[str | None]
    path: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    mtime_ns: Mapped[int]
    inode: Mapped[str | None]
    file_hash: Mapped[str | None]
    duration_seconds: Mapped[float | None]
    container: Mapped[str | None]
    bit_rate: Mapped[int | None]
    probed_at: Mapped[datetime | None]
    probe_error: Mapped[str | None]
    missing_since: Mapped[datetime | None]
    kept: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[Now]


class IgnoredPath(Base):
    """A video that was left on disk when its film was purged: no scan takes it for a new film. An import ends that."""

    __tablename__ = "ignored_paths"

    path: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[str]
    ignored_at: Mapped[Now]
