"""Run the steps on the connection that `migrate.py` holds, inside its transaction."""

from alembic import context

connection = context.config.attributes["connection"]
# SQLite can take back a change of tables; without this, a crash half-way would leave half a schema.
context.configure(connection=connection, transactional_ddl=True)
context.run_migrations()
