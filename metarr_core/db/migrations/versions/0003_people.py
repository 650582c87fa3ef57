"""Cast, crew, genres, studios and countries."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "actors",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("tmdb_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("thumb_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actors")),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_actors_tmdb_id")),
    )
    op.create_index(
        "uq_actors_name_without_id", "actors", ["name"], unique=True, postgresql_where=sa.text("tmdb_id IS NULL")
    )
    op.create_table(
        "countries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countries")),
        sa.UniqueConstraint("name", name=op.f("uq_countries_name")),
    )
    op.create_table(
        "crew",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("tmdb_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew")),
        sa.UniqueConstraint("tmdb_id", name=op.f("uq_crew_tmdb_id")),
    )
    op.create_index("uq_crew_name_without_id", "crew", ["name"], unique=True, postgresql_where=sa.text("tmdb_id IS NULL"))
    op.create_table(
        "genres",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_genres")),
        sa.UniqueConstraint("name", name=op.f("uq_genres_name")),
    )
    op.create_table(
        "studios",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studios")),
        sa.UniqueConstraint("name", name=op.f("uq_studios_name")),
    )
    op.create_table(
        "movie_actors",
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_movie_actors_actor_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_movie_actors_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("movie_id", "position", name=op.f("pk_movie_actors")),
    )
    op.create_index(op.f("ix_movie_actors_actor_id"), "movie_actors", ["actor_id"], unique=False)
    op.create_table(
        "movie_countries",
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("country_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["country_id"], ["countries.id"], name=op.f("fk_movie_countries_country_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_movie_countries_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("movie_id", "position", name=op.f("pk_movie_countries")),
    )
    op.create_index(op.f("ix_movie_countries_country_id"), "movie_countries", ["country_id"], unique=False)
    op.create_table(
        "movie_crew",
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("crew_id", sa.BigInteger(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["crew_id"], ["crew.id"], name=op.f("fk_movie_crew_crew_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_movie_crew_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("movie_id", "position", name=op.f("pk_movie_crew")),
    )
    op.create_index(op.f("ix_movie_crew_crew_id"), "movie_crew", ["crew_id"], unique=False)
    op.create_table(
        "movie_genres",
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("genre_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["genre_id"], ["genres.id"], name=op.f("fk_movie_genres_genre_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_movie_genres_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("movie_id", "position", name=op.f("pk_movie_genres")),
    )
    op.create_index(op.f("ix_movie_genres_genre_id"), "movie_genres", ["genre_id"], unique=False)
    op.create_table(
        "movie_studios",
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("studio_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_movie_studios_movie_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["studio_id"], ["studios.id"], name=op.f("fk_movie_studios_studio_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("movie_id", "position", name=op.f("pk_movie_studios")),
    )
    op.create_index(op.f("ix_movie_studios_studio_id"), "movie_studios", ["studio_id"], unique=False)


def downgrade() -> None:
    op.drop_table("movie_studios")
    op.drop_table("movie_genres")
    op.drop_table("movie_crew")
    op.drop_table("movie_countries")
    op.drop_table("movie_actors")
    op.drop_table("studios")
    op.drop_table("genres")
    op.drop_table("crew")
    op.drop_table("countries")
    op.drop_table("actors")
