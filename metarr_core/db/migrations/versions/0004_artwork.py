"""Who uses the cache, and what stands in the libraries; the database counts references itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

COUNT_REFERENCES = """
CREATE FUNCTION count_asset_references() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR NEW.asset_id <> OLD.asset_id) THEN
        UPDATE cache_assets SET reference_count = reference_count - 1,
            orphaned_at = CASE WHEN reference_count = 1 THEN now() ELSE orphaned_at END
        WHERE id = OLD.asset_id;
    END IF;
    IF TG_OP <> 'DELETE' AND (TG_OP = 'INSERT' OR NEW.asset_id <> OLD.asset_id) THEN
        UPDATE cache_assets SET reference_count = reference_count + 1, orphaned_at = NULL WHERE id = NEW.asset_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_asset_references AFTER INSERT OR UPDATE OR DELETE ON asset_references
    FOR EACH ROW EXECUTE FUNCTION count_asset_references();
"""


def upgrade() -> None:
    op.create_table(
        "asset_candidates",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("movie_id", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("vote_average", sa.Double(), nullable=True),
        sa.Column("vote_count", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("failed_reason", sa.Text(), nullable=True),
        sa.Column("blocked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("num_nonnulls(movie_id) = 1", name=op.f("ck_asset_candidates_one_owner")),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_asset_candidates_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_candidates")),
        sa.UniqueConstraint("movie_id", "type", "url", name=op.f("uq_asset_candidates_movie_id_type_url")),
    )
    op.create_index(op.f("ix_asset_candidates_movie_id"), "asset_candidates", ["movie_id"], unique=False)
    op.create_table(
        "asset_references",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("movie_id", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source IN ('user', 'provider', 'local')", name=op.f("ck_asset_references_source_known")),
        sa.CheckConstraint("num_nonnulls(movie_id) = 1", name=op.f("ck_asset_references_one_owner")),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["cache_assets.id"], name=op.f("fk_asset_references_asset_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_asset_references_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_references")),
        sa.UniqueConstraint("movie_id", "type", "position", name=op.f("uq_asset_references_movie_id_type_position")),
    )
    op.create_index(op.f("ix_asset_references_asset_id"), "asset_references", ["asset_id"], unique=False)
    op.create_index(op.f("ix_asset_references_movie_id"), "asset_references", ["movie_id"], unique=False)
    op.create_table(
        "library_files",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("artwork_type", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('nfo', 'artwork')", name=op.f("ck_library_files_kind_known")),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_library_files_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_files")),
        sa.UniqueConstraint("path", name=op.f("uq_library_files_path")),
    )
    op.create_index(op.f("ix_library_files_movie_id"), "library_files", ["movie_id"], unique=False)
    op.execute(COUNT_REFERENCES)


def downgrade() -> None:
    op.drop_table("library_files")
    op.drop_table("asset_references")
    op.drop_table("asset_candidates")
    op.execute("DROP FUNCTION count_asset_references()")
