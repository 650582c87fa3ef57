"""Artwork: bytes in the cache, who uses them, what else could be used, and what stands in the library.

`reference_count`, `orphaned_at` and `is_original` belong to the database: triggers on `asset_references` keep them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from metarr_core.db.base import Base, Id, Json, MovieRef, Now, Texts, one_of

OwnedByMovie = Annotated[int | None, mapped_column(ForeignKey("movies.id", ondelete="CASCADE"), index=True)]


def _exactly_one_owner() -> CheckConstraint:
    return CheckConstraint("num_nonnulls(movie_id) = 1", name="one_owner")


class CacheAsset(Base):
    """One content in the cache. `content_hash` is SHA-256 in hex, `perceptual_hash` 64 bits as 16 hex digits.

    `is_original`: it was once a user's or somebody else's, and can be had nowhere else: it is never cleaned up by itself.
    """

    __tablename__ = "cache_assets"
    __table_args__ = (CheckConstraint("reference_count >= 0", name="reference_count_counts"),)

    id: Mapped[Id]
    content_hash: Mapped[str] = mapped_column(unique=True)
    file_path: Mapped[str]
    file_size: Mapped[int]
    mime: Mapped[str]
    width: Mapped[int | None]
    height: Mapped[int | None]
    perceptual_hash: Mapped[str | None]
    reference_count: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[Now]
    orphaned_at: Mapped[datetime | None]
    is_original: Mapped[bool] = mapped_column(server_default=text("false"))


class CacheDeparture(Base):
    """A file whose row is gone, and which is to follow: a clean-up that was killed between the two goes on from here."""

    __tablename__ = "cache_departures"

    path: Mapped[str] = mapped_column(primary_key=True)
    left_at: Mapped[Now]


class AssetReference(Base):
    """One use of a content. Positions count from 0; 0 is the one that is mirrored on the owner."""

    __tablename__ = "asset_references"
    __table_args__ = (
        UniqueConstraint("movie_id", "type", "position"),
        one_of("source", "user", "provider", "local"),
        _exactly_one_owner(),
    )

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("cache_assets.id", ondelete="RESTRICT"), index=True)
    movie_id: Mapped[OwnedByMovie]
    type: Mapped[str]
    position: Mapped[int] = mapped_column(server_default=text("0"))
    source: Mapped[str]
    provider: Mapped[str | None]
    url: Mapped[str | None]
    language: Mapped[str | None]
    score: Mapped[float | None]
    created_at: Mapped[Now]


class AssetCandidate(Base):
    """A picture that a provider offers, with its score and the reasons for it. Widths and heights are claims."""

    __tablename__ = "asset_candidates"
    __table_args__ = (UniqueConstraint("movie_id", "type", "url"), _exactly_one_owner())

    id: Mapped[Id]
    movie_id: Mapped[OwnedByMovie]
    type: Mapped[str]
    provider: Mapped[str]
    url: Mapped[str]
    language: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    vote_average: Mapped[float | None]
    vote_count: Mapped[int | None]
    score: Mapped[float]
    reasons: Mapped[Texts]
    passed_over: Mapped[str | None]
    """Why the settings do not want it; a person may choose it all the same."""
    failed_reason: Mapped[str | None]
    twin_hash: Mapped[str | None]
    """Its perceptual hash, where all that failed is that the film had nearly the same picture."""
    blocked: Mapped[bool] = mapped_column(server_default=text("false"))


class LibraryFile(Base):
    """A file that we wrote into a library, as it was when we wrote it: what is not here is not ours.

    `told`: of an NFO, a hash of each value in it. `former`: the hashes of what we wrote there before, the newest first.
    """

    __tablename__ = "library_files"
    __table_args__ = (one_of("kind", "nfo", "artwork"),)

    id: Mapped[Id]
    movie_id: Mapped[MovieRef]
    kind: Mapped[str]
    artwork_type: Mapped[str | None]
    path: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str]
    size: Mapped[int]
    mtime_ns: Mapped[int]
    told: Mapped[Json]
    former: Mapped[Texts]
    published_at: Mapped[Now]
