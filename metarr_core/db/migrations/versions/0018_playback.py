"""How a film was being played: which file, at what speed, with which tracks, and how it ended.

One state per player and film.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("DELETE FROM playback_state")
    op.add_column("playback_state", sa.Column("file_hash", sa.Text(), nullable=True))
    op.add_column("playback_state", sa.Column("speed", sa.BigInteger(), server_default=sa.text("1"), nullable=False))
    op.add_column("playback_state", sa.Column("audio_track", JSONB(), nullable=True))
    op.add_column("playback_state", sa.Column("subtitle_track", JSONB(), nullable=True))
    op.add_column("playback_state", sa.Column("ended", sa.Text(), nullable=True))
    op.add_column("playback_state", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_playback_state_ended_known"), "playback_state", "ended IN ('stopped', 'finished', 'lost', 'upgrade')"
    )
    op.create_unique_constraint(
        op.f("uq_playback_state_film"), "playback_state", ["media_player_id", "entity_type", "entity_id"]
    )
    op.drop_index("ix_playback_state_media_player_id", table_name="playback_state")


def downgrade() -> None:
    op.create_index("ix_playback_state_media_player_id", "playback_state", ["media_player_id"], unique=False)
    op.drop_constraint(op.f("uq_playback_state_film"), "playback_state", type_="unique")
    op.drop_constraint(op.f("ck_playback_state_ended_known"), "playback_state", type_="check")
    for name in ("ended_at", "ended", "subtitle_track", "audio_track", "speed", "file_hash"):
        op.drop_column("playback_state", name)
