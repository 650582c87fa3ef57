"""What a job waits for, and since when: how long it is waited for does not count from the job's beginning."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("job_queue", sa.Column("awaited", sa.Text(), nullable=True))
    op.add_column("job_queue", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("job_queue", "waits_since")
    op.drop_column("job_queue", "awaited")
