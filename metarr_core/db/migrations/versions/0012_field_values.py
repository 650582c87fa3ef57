"""People as each film tells of them, collections that a person made up."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("movie_actors", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("movie_actors", sa.Column("thumb_url", sa.Text(), nullable=True))
    op.add_column("movie_crew", sa.Column("name", sa.Text(), nullable=True))
    op.execute(
        "UPDATE movie_actors SET name = actors.name, thumb_url = actors.thumb_url"
        " FROM actors WHERE actors.id = movie_actors.actor_id"
    )
    op.execute("UPDATE movie_crew SET name = crew.name FROM crew WHERE crew.id = movie_crew.crew_id")
    op.alter_column("movie_actors", "name", nullable=False)
    op.alter_column("movie_crew", "name", nullable=False)
    op.alter_column("collections", "tmdb_id", nullable=True)
    op.create_index(
        "uq_collections_name_without_id",
        "collections",
        ["name"],
        unique=True,
        postgresql_where=sa.text("tmdb_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_collections_name_without_id", table_name="collections")
    op.execute("DELETE FROM collections WHERE tmdb_id IS NULL")
    op.alter_column("collections", "tmdb_id", nullable=False)
    op.drop_column("movie_crew", "name")
    op.drop_column("movie_actors", "thumb_url")
    op.drop_column("movie_actors", "name")
