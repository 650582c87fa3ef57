"""What providers answered and how they are doing; keywords, other titles and ids of films."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "provider_answers",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_answers")),
        sa.UniqueConstraint("request", name=op.f("uq_provider_answers_request")),
    )
    op.create_index(op.f("ix_provider_answers_fetched_at"), "provider_answers", ["fetched_at"], unique=False)
    op.create_table(
        "provider_states",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("key_fingerprint", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_provider_states")),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_tags_name")),
    )
    op.create_table(
        "movie_tags",
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tag_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_movie_tags_movie_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_movie_tags_tag_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("movie_id", "position", name=op.f("pk_movie_tags")),
    )
    op.create_index(op.f("ix_movie_tags_tag_id"), "movie_tags", ["tag_id"], unique=False)
    op.add_column("collections", sa.Column("poster_url", sa.Text(), nullable=True))
    op.add_column("collections", sa.Column("fanart_url", sa.Text(), nullable=True))
    op.add_column(
        "movies", sa.Column("alternative_titles", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    )
    op.add_column("movies", sa.Column("external_ids", postgresql.JSONB(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("movies", "external_ids")
    op.drop_column("movies", "alternative_titles")
    op.drop_column("collections", "fanart_url")
    op.drop_column("collections", "poster_url")
    op.drop_index(op.f("ix_movie_tags_tag_id"), table_name="movie_tags")
    op.drop_table("movie_tags")
    op.drop_table("tags")
    op.drop_table("provider_states")
    op.drop_index(op.f("ix_provider_answers_fetched_at"), table_name="provider_answers")
    op.drop_table("provider_answers")
