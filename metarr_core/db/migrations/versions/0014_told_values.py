"""What we told in each NFO, and what we wrote before at each path."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("library_files", sa.Column("told", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("library_files", sa.Column("former", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("library_files", "former")
    op.drop_column("library_files", "told")
