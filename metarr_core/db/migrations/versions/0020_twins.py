"""What a picture looks like that was passed over for being nearly the same as another, to try it when that has gone."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("asset_candidates", sa.Column("twin_hash", sa.Text(), nullable=True))
    twins = "failed_reason LIKE 'nearly the same as the better one%'"
    op.execute(f"UPDATE asset_candidates SET failed_reason = NULL WHERE {twins}")  # noqa: S608 - looked at once more


def downgrade() -> None:
    op.drop_column("asset_candidates", "twin_hash")
