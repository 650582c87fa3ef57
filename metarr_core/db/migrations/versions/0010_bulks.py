"""Many films to be enriched at once, and which of them are done."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "bulks",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("is_forced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("artifact_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulks")),
    )
    op.create_table(
        "bulk_movies",
        sa.Column("bulk_id", sa.BigInteger(), nullable=False),
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('enriched', 'not_enriched', 'passed_over')", name=op.f("ck_bulk_movies_outcome_known")
        ),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulks.id"], name=op.f("fk_bulk_movies_bulk_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_bulk_movies_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bulk_id", "movie_id", name=op.f("pk_bulk_movies")),
    )
    op.create_index(op.f("ix_bulk_movies_movie_id"), "bulk_movies", ["movie_id"], unique=False)


def downgrade() -> None:
    op.drop_table("bulk_movies")
    op.drop_table("bulks")
