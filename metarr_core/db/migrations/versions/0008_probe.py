"""All that a probe tells: chapters, container, dynamic range in full, roles of sound and subtitles."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def _no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def _added() -> dict[str, tuple[sa.Column[Any], ...]]:
    return {
        "movie_files": (
            sa.Column("container", sa.Text(), nullable=True),
            sa.Column("bit_rate", sa.BigInteger(), nullable=True),
        ),
        "video_streams": (
            sa.Column("language", sa.Text(), nullable=True),
            sa.Column("dolby_vision_compatibility", sa.BigInteger(), nullable=True),
            sa.Column("hdr_fallback", sa.Text(), nullable=True),
            sa.Column("max_cll", sa.BigInteger(), nullable=True),
            sa.Column("max_fall", sa.BigInteger(), nullable=True),
            sa.Column("mastering_luminance", sa.Double(), nullable=True),
            sa.Column("field_order", sa.Text(), nullable=True),
            sa.Column("rotation", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
            sa.Column("stereo_mode", sa.Text(), nullable=True),
        ),
        "audio_streams": (
            sa.Column("object_audio", sa.Text(), nullable=True),
            _no("is_commentary"),
            _no("is_dub"),
            _no("is_original"),
            _no("is_visual_impaired"),
        ),
        "subtitle_streams": (
            sa.Column("region", sa.Text(), nullable=True),
            _no("is_commentary"),
        ),
    }


def upgrade() -> None:
    op.create_table(
        "chapters",
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("start_seconds", sa.Double(), nullable=False),
        sa.Column("end_seconds", sa.Double(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["movie_files.id"], name=op.f("fk_chapters_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", "position", name=op.f("pk_chapters")),
    )
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column)


def downgrade() -> None:
    for table, columns in _added().items():
        for column in columns:
            op.drop_column(table, column.name)
    op.drop_table("chapters")
