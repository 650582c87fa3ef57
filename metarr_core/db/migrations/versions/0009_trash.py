"""The trash: why a film is in it, which files stay out of the library for good, and whose bytes the cache keeps for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MIRRORED = ("poster", "fanart", "clearlogo", "clearart", "discart", "banner", "landscape", "keyart", "characterart", "thumb")

REMEMBER_ORIGINALS = """
CREATE FUNCTION remember_originals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cache_assets SET is_original = true WHERE id = NEW.asset_id AND NOT is_original;
    RETURN NULL;
END $$;
CREATE TRIGGER remember_originals AFTER INSERT OR UPDATE ON asset_references
    FOR EACH ROW WHEN (NEW.source <> 'provider') EXECUTE FUNCTION remember_originals();
"""


def upgrade() -> None:
    op.add_column("movies", sa.Column("trash_reason", sa.Text(), nullable=True))
    in_the_trash = sa.text("trashed_at IS NOT NULL")
    op.create_index("ix_movies_trash", "movies", ["deleted_at"], unique=False, postgresql_where=in_the_trash)
    for kind in MIRRORED:  # or each asset that goes would be looked for in every film, ten times
        op.create_index(op.f(f"ix_movies_{kind}_id"), "movies", [f"{kind}_id"], unique=False)
    op.add_column("cache_assets", sa.Column("is_original", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute(
        "UPDATE cache_assets SET is_original = true"
        " WHERE id IN (SELECT asset_id FROM asset_references WHERE source <> 'provider')"
    )
    op.execute(REMEMBER_ORIGINALS)
    for table, since in (("ignored_paths", "ignored_at"), ("cache_departures", "left_at")):
        op.create_table(
            table,
            sa.Column("path", sa.Text(), nullable=False),
            *((sa.Column("why", sa.Text(), nullable=False),) if table == "ignored_paths" else ()),
            sa.Column(since, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
            sa.PrimaryKeyConstraint("path", name=op.f(f"pk_{table}")),
        )


def downgrade() -> None:
    op.drop_table("cache_departures")
    op.drop_table("ignored_paths")
    op.execute("DROP TRIGGER remember_originals ON asset_references")
    op.execute("DROP FUNCTION remember_originals")
    op.drop_column("cache_assets", "is_original")
    for kind in MIRRORED:
        op.drop_index(op.f(f"ix_movies_{kind}_id"), table_name="movies")
    op.drop_index("ix_movies_trash", table_name="movies", postgresql_where=sa.text("trashed_at IS NOT NULL"))
    op.drop_column("movies", "trash_reason")
