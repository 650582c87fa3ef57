"""The inbox, the queue, scans and the activity log; a change of the queue wakes the dispatcher."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

WAKE_DISPATCHER = """
CREATE FUNCTION wake_dispatcher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('metarr_jobs', '');
    RETURN NULL;
END $$;
CREATE TRIGGER wake_dispatcher AFTER INSERT OR UPDATE OF status ON job_queue
    FOR EACH STATEMENT EXECUTE FUNCTION wake_dispatcher();
"""


def upgrade() -> None:
    op.create_table(
        "activity_log",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("metadata", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "severity IN ('info', 'success', 'warning', 'error')", name=op.f("ck_activity_log_severity_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_log")),
    )
    op.create_index("ix_activity_log_entity", "activity_log", ["entity_type", "entity_id"], unique=False)
    op.create_index(op.f("ix_activity_log_event_type"), "activity_log", ["event_type"], unique=False)
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("manager", sa.Text(), nullable=False),
        sa.Column("manager_type", sa.Text(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("flow_run_id", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'running', 'done', 'failed', 'ignored', 'unroutable')",
            name=op.f("ck_webhook_events_status_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
    )
    op.create_index(op.f("ix_webhook_events_status"), "webhook_events", ["status"], unique=False)
    op.create_index(
        "uq_webhook_events_open_body",
        "webhook_events",
        ["manager_type", "manager", "body_sha256"],
        unique=True,
        postgresql_where=sa.text("status IN ('pending', 'running')"),
    )
    op.create_table(
        "job_queue",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("job_type", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("retry_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_retries", sa.BigInteger(), server_default=sa.text("3"), nullable=False),
        sa.Column("next_retry_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("run_key", sa.Text(), nullable=True),
        sa.Column("flow_run_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'running', 'completed', 'failed')", name=op.f("ck_job_queue_status_known")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["webhook_events.id"], name=op.f("fk_job_queue_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_queue")),
    )
    op.create_index(op.f("ix_job_queue_event_id"), "job_queue", ["event_id"], unique=False)
    op.create_index(
        "ix_job_queue_open",
        "job_queue",
        ["title_key"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'running')"),
    )
    op.create_index(op.f("ix_job_queue_run_key"), "job_queue", ["run_key"], unique=False)
    op.create_table(
        "scan_jobs",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("scan_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="running", nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("total_items", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("added_items", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("updated_items", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("removed_items", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("unidentified_items", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('running', 'completed', 'failed', 'refused')", name=op.f("ck_scan_jobs_status_known")
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=op.f("fk_scan_jobs_library_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_jobs")),
    )
    op.create_index(op.f("ix_scan_jobs_library_id"), "scan_jobs", ["library_id"], unique=False)
    op.execute(WAKE_DISPATCHER)


def downgrade() -> None:
    op.drop_table("scan_jobs")
    op.drop_table("job_queue")
    op.drop_table("webhook_events")
    op.drop_table("activity_log")
    op.execute("DROP FUNCTION wake_dispatcher()")
