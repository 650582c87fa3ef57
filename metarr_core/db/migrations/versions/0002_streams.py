"""What files are made of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "audio_streams",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("stream_index", sa.BigInteger(), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("channels", sa.BigInteger(), nullable=True),
        sa.Column("layout", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_forced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["movie_files.id"], name=op.f("fk_audio_streams_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audio_streams")),
    )
    op.create_index(op.f("ix_audio_streams_file_id"), "audio_streams", ["file_id"], unique=False)
    op.create_table(
        "subtitle_streams",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("stream_index", sa.BigInteger(), nullable=True),
        sa.Column("external_path", sa.Text(), nullable=True),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_forced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_hearing_impaired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["movie_files.id"], name=op.f("fk_subtitle_streams_file_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subtitle_streams")),
    )
    op.create_index(op.f("ix_subtitle_streams_file_id"), "subtitle_streams", ["file_id"], unique=False)
    op.create_table(
        "video_streams",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("stream_index", sa.BigInteger(), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("aspect", sa.Double(), nullable=True),
        sa.Column("frame_rate", sa.Double(), nullable=True),
        sa.Column("bit_depth", sa.BigInteger(), nullable=True),
        sa.Column("hdr", sa.Text(), nullable=True),
        sa.Column("dolby_vision_profile", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["movie_files.id"], name=op.f("fk_video_streams_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_streams")),
    )
    op.create_index(op.f("ix_video_streams_file_id"), "video_streams", ["file_id"], unique=False)


def downgrade() -> None:
    op.drop_table("video_streams")
    op.drop_table("subtitle_streams")
    op.drop_table("audio_streams")
