"""Candidates that the settings do not want, and why: a person may still choose them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("asset_candidates", sa.Column("passed_over", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("asset_candidates", "passed_over")
