"""What was watched, kept while players' entries are renewed."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "watched_states",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("media_player_id", sa.BigInteger(), nullable=False),
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("playcount", sa.BigInteger(), nullable=False),
        sa.Column("lastplayed", sa.Text(), nullable=False),
        sa.Column("userrating", sa.BigInteger(), nullable=False),
        sa.Column("dateadded", sa.Text(), nullable=False),
        sa.Column("position_seconds", sa.Double(), nullable=False),
        sa.Column("total_seconds", sa.Double(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_player_id"],
            ["media_players.id"],
            name=op.f("fk_watched_states_media_player_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_watched_states_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched_states")),
        sa.UniqueConstraint("media_player_id", "movie_id", "file", name=op.f("uq_watched_states_file")),
    )
    op.create_index(op.f("ix_watched_states_movie_id"), "watched_states", ["movie_id"], unique=False)


def downgrade() -> None:
    op.drop_table("watched_states")
