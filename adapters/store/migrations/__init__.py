"""The schema, as plain SQL scripts that Alembic runs in order."""

import io
from hashlib import sha256
from pathlib import Path

import psycopg
from alembic import command, op
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

HERE = Path(__file__).parent
FIRST_DECLARED = "v0004"  # the chain of migrations begins there, and tells the earlier ones


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
    script = (HERE.parent / "guard.sql").read_bytes()
    digest = sha256(script).digest()
    with psycopg.connect(superuser_dsn) as connection:
        connection.execute("SET LOCAL event_triggers = off")
        connection.execute(script)
        last = connection.execute(
            "SELECT sha256 FROM migrations_applied WHERE revision = 'guard' ORDER BY n DESC LIMIT 1"
        ).fetchone()
        if last is None or last[0] != digest:
            connection.execute("INSERT INTO migrations_applied (revision, sha256) VALUES ('guard', %s)", [digest])


def run_script(script: Path, *, declared: bool = True) -> None:
    """Run one SQL script as it is written, or print it; it is declared first, which the guard demands."""
    if declared and script.stem > FIRST_DECLARED:
        declare(script)
    _execute(script.read_text())


def declare(script: Path) -> None:
    """Enter a script into the chain of migrations, with the hash of what it is."""
    digest = sha256(script.read_bytes()).hexdigest()
    _execute(
        f"INSERT INTO public.migrations_applied (revision, sha256) VALUES ('{script.stem}', '\\x{digest}');"  # noqa: S608  a file of ours
    )


def _execute(text: str) -> None:
    context = op.get_context()
    if context.as_sql:
        context.impl.static_output(text)
        return
    driver = op.get_bind().connection.cursor()  # the driver: a `:` or `%` of the script is no parameter
    driver.execute(text.encode())
    driver.close()


def _config(output: io.StringIO | None = None) -> Config:
    config = Config() if output is None else Config(output_buffer=output)
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    return config
