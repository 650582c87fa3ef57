"""What was guessed about films that no id names, and what was found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "identifications",
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("guess", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("candidates", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("searched_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_identifications_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("movie_id", name=op.f("pk_identifications")),
    )


def downgrade() -> None:
    op.drop_table("identifications")
