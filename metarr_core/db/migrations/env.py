"""Alembic's entry: runs the migrations over the connection that `metarr_core.db.schema` hands in."""

from alembic import context

from metarr_core.db.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
