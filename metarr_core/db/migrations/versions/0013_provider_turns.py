"""When somebody may ask a provider again: its limit holds for all processes together."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("provider_states", sa.Column("next_turn_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("provider_states", "next_turn_at")
