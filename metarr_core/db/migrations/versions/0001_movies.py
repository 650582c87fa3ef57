"""Libraries, films and their files, and the contents of the cache."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "cache_assets",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("file_path", sa.Text(), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("perceptual_hash", sa.Text(), nullable=True),
        sa.Column("reference_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("orphaned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reference_count >= 0", name=op.f("ck_cache_assets_reference_count_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cache_assets")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_cache_assets_content_hash")),
    )
    op.create_table(
        "collections",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("tmdb_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("overview", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_collections_tmdb_id")),
    )
    op.create_table(
        "libraries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), server_default="movie", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("media_type IN ('movie')", name=op.f("ck_libraries_media_type_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_libraries")),
        sa.UniqueConstraint("name", name=op.f("uq_libraries_name")),
    )
    op.create_table(
        "movies",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("original_title", sa.Text(), nullable=True),
        sa.Column("sort_title", sa.Text(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.Column("tmdb_id", sa.BigInteger(), nullable=True),
        sa.Column("imdb_id", sa.Text(), nullable=True),
        sa.Column("plot", sa.Text(), nullable=True),
        sa.Column("tagline", sa.Text(), nullable=True),
        sa.Column("runtime", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.Double(), nullable=True),
        sa.Column("votes", sa.BigInteger(), nullable=True),
        sa.Column("certification", sa.Text(), nullable=True),
        sa.Column("release_date", sa.Date(), nullable=True),
        sa.Column("original_language", sa.Text(), nullable=True),
        sa.Column("trailer_url", sa.Text(), nullable=True),
        sa.Column("collection_id", sa.BigInteger(), nullable=True),
        sa.Column("identification_status", sa.Text(), server_default="unidentified", nullable=False),
        sa.Column("enrichment_priority", sa.BigInteger(), nullable=True),
        sa.Column("enriched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_fields", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("poster_id", sa.BigInteger(), nullable=True),
        sa.Column("fanart_id", sa.BigInteger(), nullable=True),
        sa.Column("clearlogo_id", sa.BigInteger(), nullable=True),
        sa.Column("clearart_id", sa.BigInteger(), nullable=True),
        sa.Column("discart_id", sa.BigInteger(), nullable=True),
        sa.Column("banner_id", sa.BigInteger(), nullable=True),
        sa.Column("landscape_id", sa.BigInteger(), nullable=True),
        sa.Column("keyart_id", sa.BigInteger(), nullable=True),
        sa.Column("characterart_id", sa.BigInteger(), nullable=True),
        sa.Column("thumb_id", sa.BigInteger(), nullable=True),
        sa.Column("file_path", sa.Text(), nullable=True),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.Column("file_hash", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "identification_status IN ('unidentified', 'identified', 'enriched', 'ignored', 'error')",
            name=op.f("ck_movies_identification_status_known"),
        ),
        sa.ForeignKeyConstraint(["banner_id"], ["cache_assets.id"], name=op.f("fk_movies_banner_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["characterart_id"], ["cache_assets.id"], name=op.f("fk_movies_characterart_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["clearart_id"], ["cache_assets.id"], name=op.f("fk_movies_clearart_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["clearlogo_id"], ["cache_assets.id"], name=op.f("fk_movies_clearlogo_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collections.id"], name=op.f("fk_movies_collection_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["discart_id"], ["cache_assets.id"], name=op.f("fk_movies_discart_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["fanart_id"], ["cache_assets.id"], name=op.f("fk_movies_fanart_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["keyart_id"], ["cache_assets.id"], name=op.f("fk_movies_keyart_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["landscape_id"], ["cache_assets.id"], name=op.f("fk_movies_landscape_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_movies_library_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["poster_id"], ["cache_assets.id"], name=op.f("fk_movies_poster_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["thumb_id"], ["cache_assets.id"], name=op.f("fk_movies_thumb_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movies")),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_movies_tmdb_id")),
    )
    op.create_index(op.f("ix_movies_collection_id"), "movies", ["collection_id"], unique=False)
    op.create_index(op.f("ix_movies_file_path"), "movies", ["file_path"], unique=False)
    op.create_index(op.f("ix_movies_imdb_id"), "movies", ["imdb_id"], unique=False)
    op.create_index(op.f("ix_movies_library_id"), "movies", ["library_id"], unique=False)
    op.create_table(
        "movie_files",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("manager", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.Text(), nullable=True),
        sa.Column("file_hash", sa.Text(), nullable=True),
        sa.Column("duration_seconds", sa.Double(), nullable=True),
        sa.Column("probed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe_error", sa.Text(), nullable=True),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name=op.f("fk_movie_files_library_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_movie_files_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movie_files")),
        sa.UniqueConstraint("path", name=op.f("uq_movie_files_path")),
    )
    op.create_index(op.f("ix_movie_files_library_id"), "movie_files", ["library_id"], unique=False)
    op.create_index(op.f("ix_movie_files_movie_id"), "movie_files", ["movie_id"], unique=False)


def downgrade() -> None:
    op.drop_table("movie_files")
    op.drop_table("movies")
    op.drop_table("libraries")
    op.drop_table("collections")
    op.drop_table("cache_assets")
