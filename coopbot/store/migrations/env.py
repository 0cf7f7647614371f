"""Run by Alembic, with the connection that coopbot.store.schema opened."""

from alembic import context

from coopbot.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite changes a table by writing it anew
    transaction_per_migration=False,
)
context.run_migrations()
