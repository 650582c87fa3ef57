"""Libraries: which of them were mount points, so that a disk that is away is not taken for an empty one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("libraries", sa.Column("was_mount", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("libraries", "was_mount")
