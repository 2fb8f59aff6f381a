"""The register only grows: what each role may try against it, and what a declared migration leaves behind."""

from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from service.store_acts import appended
from service.store_procedure import opened

from adapters.embedded.postgres import Databases
from adapters.store import migrations
from adapters.store.migrations import migrate, protect
from adapters.store.register import Register
from adapters.store.verify import verify

pytestmark = pytest.mark.service

SUBJECT = uuid4()
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)

BYPASSES = {
    "an update": "UPDATE dossier_events SET state = '{}'",
    "a deletion": "DELETE FROM dossier_events",
    "a truncation": "TRUNCATE dossier_events CASCADE",
    "an insertion beside the door": "INSERT INTO dossier_events (originator_id, originator_version, topic, state, command_id) SELECT originator_id, 2, topic, state, command_id FROM dossier_events",
    "a merge": "MERGE INTO dossier_events e USING commands c ON e.command_id = c.command_id WHEN MATCHED THEN DELETE",
    "a copy": "COPY dossier_events FROM STDIN",
    "a lock": "LOCK TABLE dossier_events IN ACCESS EXCLUSIVE MODE",
    "a disabled trigger": "ALTER TABLE dossier_events DISABLE TRIGGER ALL",
    "a rule": "CREATE RULE hide AS ON INSERT TO dossier_events DO INSTEAD NOTHING",
    "a replaced function": "CREATE OR REPLACE FUNCTION enchain() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "a dropped table": "DROP TABLE outcomes",
    "the owner's role": "SET ROLE greffe_owner",
    "replication": "SET session_replication_role = replica",
    "no event trigger": "SET event_triggers = off",
}
OWNER_BYPASSES = {
    "an update": "UPDATE dossier_events SET state = '{}'",
    "a deletion": "DELETE FROM checkpoints",
    "a truncation": "TRUNCATE migrations_applied",
    "a drop": "DROP TABLE dossier_events CASCADE",
    "a dropped trigger": "DROP TRIGGER refuse_change ON dossier_events",
    "a disabled trigger": "ALTER TABLE dossier_events DISABLE TRIGGER refuse_change",
    "a trigger left to replication": "ALTER TABLE checkpoints ENABLE REPLICA TRIGGER refuse_change",
    "another trigger": "CREATE TRIGGER zz BEFORE INSERT ON dossier_events FOR EACH ROW EXECUTE FUNCTION refuse()",
    "a rule": "CREATE RULE hide AS ON INSERT TO dossier_events DO INSTEAD NOTHING",
    "a replaced function": "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "an altered function": "ALTER FUNCTION append SECURITY INVOKER",
    "a column": "ALTER TABLE dossier_events ALTER COLUMN state DROP NOT NULL",
    "a dropped constraint": "ALTER TABLE outcomes DROP CONSTRAINT outcomes_pkey",
    "another name": "ALTER TABLE dossier_events RENAME TO former_events",
    "another name for a function": "ALTER FUNCTION enchain RENAME TO former",
    "another schema": "CREATE SCHEMA aside; ALTER TABLE outcomes SET SCHEMA aside",
    "another name for the schema": "ALTER SCHEMA public RENAME TO former",
    "rows from elsewhere": "CREATE TABLE more () INHERITS (dossier_events)",
    "rows hidden": "ALTER TABLE dossier_events ENABLE ROW LEVEL SECURITY",
    "a grant": "GRANT INSERT ON dossier_events TO greffe_app",
    "a revocation": "REVOKE SELECT ON checkpoints FROM greffe_audit",
    "rights to come": "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO greffe_app",
    "what belongs to a role": "DROP OWNED BY greffe_app",
    "replication": "SET session_replication_role = replica",
    "no event trigger": "SET event_triggers = off",
    "no guard": "DROP EVENT TRIGGER greffe_guard_drop",
    "a guard asleep": "ALTER EVENT TRIGGER greffe_guard_change DISABLE",
}


@pytest.mark.parametrize("role", ["app_dsn", "audit_dsn", "seal_dsn"])
async def test_fourteen_ways_round_are_closed_to_every_role_that_logs_in(
    register: Register, store: Databases, role: str
) -> None:
    await appended(register, SUBJECT, 0, opened(1))
    for name, statement in BYPASSES.items():
        with psycopg.connect(getattr(store, role)) as connection:
            if role == "audit_dsn":
                connection.execute("SET default_transaction_read_only = off")
                connection.commit()
            assert _refused(connection, statement), name
    assert (await verify(register.pool)).intact
    assert await register.head() == 1


async def test_the_owner_too_is_refused(register: Register, store: Databases) -> None:
    await appended(register, SUBJECT, 0, opened(1))
    with psycopg.connect(store.superuser_dsn) as superuser:
        superuser.execute("INSERT INTO checkpoints (size, note) VALUES (1, 'x')")
    for name, statement in OWNER_BYPASSES.items():
        with psycopg.connect(store.migration_dsn) as owner:
            owner.execute("SET ROLE greffe_owner")
            owner.execute("SET greffe.migration = 'declared'")  # what used to be enough
            assert _refused(owner, statement), name
    assert (await verify(register.pool)).intact


def _refused(connection: "psycopg.Connection[Any]", statement: str) -> bool:
    try:
        if statement.startswith("COPY"):
            with connection.cursor().copy(statement):
                return False
        connection.execute(statement)
    except REFUSED:
        return True
    return False


async def test_a_table_of_the_session_does_not_stand_for_the_register(register: Register, store: Databases) -> None:
    await appended(register, SUBJECT, 0, opened(1))
    with psycopg.connect(store.app_dsn) as app:
        for table in ("dossier_events", "outcomes", "commands"):
            app.execute(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table})")
        app.execute("SET search_path = pg_temp, public")
        app.execute(
            "SELECT * FROM receive(%s, %s, NULL, 't', '2026-03-01', 'a', 'r', NULL, NULL, '{}')", [uuid4(), SUBJECT]
        )
        assert app.execute("SELECT count(*) FROM pg_temp.commands").fetchone() == (0,)
        assert app.execute("SELECT count(*) FROM public.commands").fetchone() == (2,)


async def test_the_sealing_role_reads_hashes_and_no_content(register: Register, store: Databases) -> None:
    await appended(register, SUBJECT, 0, opened(1))
    with psycopg.connect(store.seal_dsn, autocommit=True) as seal:
        assert seal.execute("SELECT pos, octet_length(hash) FROM dossier_events").fetchall() == [(1, 32)]
        for hidden in ("state", "originator_id", "topic", "command_id", "recorded_at"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                seal.execute(f"SELECT {hidden} FROM dossier_events")
        for table in ("commands", "outcomes", "person", "dossiers", "agenda", "drafts", "case_faults"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                seal.execute(f"SELECT * FROM {table}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            seal.execute("INSERT INTO checkpoints (size, note, sealed_at) VALUES (1, 'x', '1999-01-01')")
        seal.execute("INSERT INTO checkpoints (size, note) VALUES (1, 'x')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            seal.execute("UPDATE checkpoints SET note = 'y'")


async def test_checkpoints_only_grow_and_never_beyond_the_register(register: Register, store: Databases) -> None:
    await appended(register, SUBJECT, 0, opened(1), opened(2), opened(3))
    with psycopg.connect(store.seal_dsn, autocommit=True) as seal:
        seal.execute("INSERT INTO checkpoints (size, note) VALUES (2, 'a')")
        for size in (1, 4):
            with pytest.raises(psycopg.errors.CheckViolation):
                seal.execute("INSERT INTO checkpoints (size, note) VALUES (%s, 'b')", [size])
        seal.execute("INSERT INTO checkpoints (size, note) VALUES (2, 'both keys of a rotation')")


def test_every_migration_is_declared_with_the_hash_of_its_script(store: Databases) -> None:
    scripts = sorted((Path(migrations.__file__).parent / "versions").glob("v*.sql"))
    guard = Path(migrations.__file__).parent.parent / "guard.sql"
    with psycopg.connect(store.audit_dsn) as auditor:
        rows = auditor.execute(
            "SELECT revision, sha256, applied_by, prev, hash FROM migrations_applied ORDER BY n"
        ).fetchall()
    assert [row[:2] for row in rows] == [
        *((script.stem, sha256(script.read_bytes()).digest()) for script in scripts),
        ("guard", sha256(guard.read_bytes()).digest()),
    ]
    assert {row[2] for row in rows} == {"greffe_migration", "postgres"}
    assert [row[3] for row in rows] == [bytes(32), *(row[4] for row in rows[:-1])]


def test_migrating_and_protecting_again_declare_nothing(store: Databases) -> None:
    with psycopg.connect(store.audit_dsn, autocommit=True) as auditor:
        before = auditor.execute("SELECT count(*) FROM migrations_applied").fetchone()
        migrate(store.migration_dsn)
        protect(store.superuser_dsn)
        assert auditor.execute("SELECT count(*) FROM migrations_applied").fetchone() == before


def test_a_declared_migration_may_change_the_schema_and_leaves_its_trace(store: Databases) -> None:
    with psycopg.connect(store.migration_dsn) as owner:
        owner.execute("SET ROLE greffe_owner")
        owner.execute(
            "INSERT INTO migrations_applied (revision, sha256, applied_by) VALUES ('v9999', sha256('x'), 'nobody')"
        )
        owner.execute("COMMENT ON TABLE dossier_events IS 'x'")
        owner.commit()
        owner.execute("SET ROLE greffe_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="déclarez une migration"):
            owner.execute("COMMENT ON TABLE dossier_events IS 'y'")
    with psycopg.connect(store.audit_dsn) as auditor:
        last = auditor.execute("SELECT revision, applied_by FROM migrations_applied ORDER BY n DESC LIMIT 1").fetchone()
    assert last == ("v9999", "greffe_migration")
