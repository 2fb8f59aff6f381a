"""What Alembic runs for each migration: one transaction, as the owner, under a declared migration."""

from alembic import context
from sqlalchemy import Connection, text

LOCK = 0x67726566  # one migration at a time, whoever starts it


def _online(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    connection.execute(text("SET LOCAL ROLE greffe_owner"))
    connection.execute(text("SET LOCAL greffe.migration = 'declared'"))
    context.configure(connection=connection)
    context.run_migrations()


def _offline() -> None:
    context.configure(dialect_name="postgresql", literal_binds=True)
    with context.begin_transaction():
        context.execute("SET LOCAL ROLE greffe_owner")
        context.execute("SET LOCAL greffe.migration = 'declared'")
        context.run_migrations()


if context.is_offline_mode():
    _offline()
else:
    _online(context.config.attributes["connection"])
