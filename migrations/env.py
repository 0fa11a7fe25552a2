"""Alembic's environment script: runs the migrations on the connection from `migrations.runner`."""

from alembic import context

from adapters.postgres.schema.tables import metadata

connection = context.config.attributes.get("connection")

if connection is None:
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
else:
    context.configure(connection=connection, target_metadata=metadata)

with context.begin_transaction():
    context.run_migrations()
