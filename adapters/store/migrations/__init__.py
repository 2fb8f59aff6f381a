"""The schema, as plain SQL scripts that Alembic runs in order."""

import io
from pathlib import Path

import psycopg
from alembic import command, op
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

HERE = Path(__file__).parent


def migrate(migration_dsn: str) -> None:
    """Bring the schema to its last version, as greffe_owner; nothing happens when it is there already."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(migration_dsn), poolclass=NullPool)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def sql() -> str:
    """The script that `migrate` would run on an empty database."""
    printed = io.StringIO()
    command.upgrade(_config(output=printed), "head", sql=True)
    return printed.getvalue()


def protect(superuser_dsn: str) -> None:
    """Install the guard against changes of the schema; only a superuser may, and may again at any time."""
    with psycopg.connect(superuser_dsn) as connection:
        connection.execute("SET LOCAL greffe.migration = 'declared'")
        connection.execute((HERE.parent / "guard.sql").read_bytes())


def run_script(script: Path) -> None:
    """Run one SQL script as it is written, or print it."""
    context = op.get_context()
    if context.as_sql:
        context.impl.static_output(script.read_text())
        return
    driver = op.get_bind().connection.cursor()  # the driver: a `:` or `%` of the script is no parameter
    driver.execute(script.read_bytes())
    driver.close()


def _config(output: io.StringIO | None = None) -> Config:
    config = Config() if output is None else Config(output_buffer=output)
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    return config
