"""Players, playback and what players are to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "media_player_groups",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("library", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("library IN ('own', 'shared')", name=op.f("ck_media_player_groups_library_known")),
        sa.CheckConstraint("type IN ('kodi')", name=op.f("ck_media_player_groups_type_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_player_groups")),
        sa.UniqueConstraint("name", name=op.f("uq_media_player_groups_name")),
    )
    op.create_table(
        "media_players",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("media_player_group_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["media_player_group_id"],
            ["media_player_groups.id"],
            name=op.f("fk_media_players_media_player_group_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_players")),
        sa.UniqueConstraint("name", name=op.f("uq_media_players_name")),
    )
    op.create_index(op.f("ix_media_players_media_player_group_id"), "media_players", ["media_player_group_id"], unique=False)
    op.create_table(
        "path_mappings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("media_player_group_id", sa.BigInteger(), nullable=False),
        sa.Column("metarr_path", sa.Text(), nullable=False),
        sa.Column("player_path", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_player_group_id"],
            ["media_player_groups.id"],
            name=op.f("fk_path_mappings_media_player_group_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_mappings")),
    )
    op.create_index(op.f("ix_path_mappings_media_player_group_id"), "path_mappings", ["media_player_group_id"], unique=False)
    op.create_table(
        "playback_state",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("media_player_id", sa.BigInteger(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("file_path", sa.Text(), nullable=False),
        sa.Column("position_seconds", sa.Double(), nullable=False),
        sa.Column("total_seconds", sa.Double(), nullable=True),
        sa.Column("position_percentage", sa.Double(), nullable=True),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("entity_type IN ('movie')", name=op.f("ck_playback_state_entity_type_known")),
        sa.ForeignKeyConstraint(
            ["media_player_id"],
            ["media_players.id"],
            name=op.f("fk_playback_state_media_player_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playback_state")),
    )
    op.create_index("ix_playback_state_entity", "playback_state", ["entity_type", "entity_id"], unique=False)
    op.create_index(op.f("ix_playback_state_media_player_id"), "playback_state", ["media_player_id"], unique=False)
    op.create_table(
        "player_updates",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("media_player_id", sa.BigInteger(), nullable=False),
        sa.Column("movie_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('publish')", name=op.f("ck_player_updates_kind_known")),
        sa.CheckConstraint("status IN ('pending', 'done', 'failed')", name=op.f("ck_player_updates_status_known")),
        sa.ForeignKeyConstraint(
            ["media_player_id"],
            ["media_players.id"],
            name=op.f("fk_player_updates_media_player_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_player_updates_movie_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_player_updates")),
    )
    op.create_index(
        "ix_player_updates_due",
        "player_updates",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(op.f("ix_player_updates_media_player_id"), "player_updates", ["media_player_id"], unique=False)
    op.create_index(op.f("ix_player_updates_movie_id"), "player_updates", ["movie_id"], unique=False)
    op.create_index(
        "uq_player_updates_waiting",
        "player_updates",
        ["media_player_id", "movie_id", "kind"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )


def downgrade() -> None:
    op.drop_table("player_updates")
    op.drop_table("playback_state")
    op.drop_table("path_mappings")
    op.drop_table("media_players")
    op.drop_table("media_player_groups")
