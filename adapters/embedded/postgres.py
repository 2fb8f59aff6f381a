"""PostgreSQL as a child of Greffe: its binaries come with the wheel, its cluster, its roles and its life are ours."""

import json
import os
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from adapters.embedded import binaries, processes
from adapters.embedded.accounts import NAME, Account, server_account

DATABASE = "greffe"
PORT = "5432"
SOCKET_NAME = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 107
SHORT_PLACE = Path("/tmp")  # noqa: S108  its ownership is checked before use
RECOVERY_PATIENCE = 300.0
LOGIN_ROLES = ("greffe_migration", "greffe_app", "greffe_audit", "greffe_seal")
ROLES_SQL = Path(__file__).with_name("roles.sql")

CLUSTER = (
    "--username=postgres",
    "--auth=scram-sha-256",
    "--data-checksums",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
# What a statement carries may be personal data: the server's log keeps the error, not the row.
SERVER = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "io_workers": "1",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True)
class Databases:
    """One address per role; each works with asyncpg and with psycopg."""

    migration_dsn: str = field(repr=False)
    app_dsn: str = field(repr=False)
    audit_dsn: str = field(repr=False)
    seal_dsn: str = field(repr=False)
    superuser_dsn: str = field(repr=False)


class EmbeddedPostgres:
    """A PostgreSQL server in `root/postgres`; as root it runs under an unprivileged account."""

    name = "postgres"

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._home = self._root / "postgres"
        self._data = self._home / "data"
        self._log = self._home / "postgres.log"
        self._claim = processes.Claim(self._home / "lock")
        self._child: subprocess.Popen[bytes] | None = None

    # -- Life --------------------------------------------------------------------------------------

    def start(self) -> Databases:
        """Make the cluster if there is none, recover it if it fell, and return once the roles can connect."""
        if not (self._child and self.alive()):
            self._prepare_directories()
            self._claim.take()
            self._end()
            try:
                processes.clear(self._data, signal.SIGINT)
                self._run()
                self._create_roles()
            except BaseException:
                self.stop()
                raise
        return self.databases

    def stop(self) -> None:
        """Disconnect everyone, write the checkpoint, and let the directory go."""
        self._end()
        self._claim.release()

    def restart(self) -> Databases:
        self._end()
        return self.start()

    def exited(self) -> bool:
        return self._child is None or self._child.poll() is not None

    def alive(self) -> bool:
        """Whether a real connection is accepted; a process that exists proves nothing."""
        return not self.exited() and self._answers()

    @property
    def pid(self) -> int:
        if self._child is None:
            raise processes.ServerFailed("PostgreSQL n'est pas démarré.")
        return self._child.pid

    @property
    def databases(self) -> Databases:
        """The addresses, known from the first start on, whichever process runs the server."""
        return Databases(
            migration_dsn=self._dsn("greffe_migration"),
            app_dsn=self._dsn("greffe_app"),
            audit_dsn=self._dsn("greffe_audit"),
            seal_dsn=self._dsn("greffe_seal"),
            superuser_dsn=self._dsn("postgres"),
        )

    def _run(self) -> None:
        programs = binaries.postgres(self._home, self._account)
        if not self._data.exists():
            self._initialise(programs)
        # Nobody works in the directory and nobody else may: the file of a dead server proves nothing.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        (self._socket_directory / SOCKET_NAME).unlink(missing_ok=True)
        options = {**SERVER, "unix_socket_directories": _quoted(self._socket_directory)}
        settings = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        processes.rotate(self._log)
        self._child = processes.spawn(
            [str(programs / "postgres"), "-D", str(self._data), *settings], self._data, self._log, self._account
        )
        processes.wait_until(self._answers, self._child, self._log, RECOVERY_PATIENCE)

    def _end(self) -> None:
        if self._child is not None:
            processes.end(self._child, signal.SIGINT, signal.SIGQUIT)
            self._child = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._dsn("postgres", "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError as refusal:
            if "authentication failed" in str(refusal):
                raise processes.ServerFailed(f"{self._home}/passwords.json n'est pas celui de cette base.") from None
            return False
        return True

    @cached_property
    def _account(self) -> Account:
        return server_account()

    # -- Places ------------------------------------------------------------------------------------

    def _prepare_directories(self) -> None:
        for directory in (self._root, self._home):
            if not directory.exists():
                directory.mkdir(parents=True)
                directory.chmod(0o711 if self._account.borrowed else 0o700)
        processes.private_directory(self._socket_directory, self._account)
        if not self._account.can("test", "-x", str(self._home)):
            raise PermissionError(
                f"Le compte {NAME} ne peut pas entrer dans {self._root}. "
                "Choisir un autre répertoire avec GREFFE_DATA_DIR."
            )

    @property
    def _socket_directory(self) -> Path:
        wanted = self._home / "run"
        # The drivers read a comma as the start of a second host, and know no way to escape it.
        if len(os.fsencode(wanted / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and "," not in str(wanted):
            return wanted
        mark = sha256(os.fsencode(self._home)).hexdigest()[:12]
        return SHORT_PLACE / f"greffe-{os.geteuid()}-{mark}"

    # -- Cluster and roles -------------------------------------------------------------------------

    def _initialise(self, programs: Path) -> None:
        """An interrupted initialisation leaves nothing that looks like a cluster."""
        unfinished = self._home / "data.new"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        processes.private_directory(unfinished, self._account)
        self._write_passwords()
        password_file = self._socket_directory / "password"
        _write_secret(password_file, self._passwords()["postgres"], self._account)
        try:
            subprocess.run(  # noqa: S603  the command is ours
                [str(programs / "initdb"), "-D", str(unfinished), f"--pwfile={password_file}", *CLUSTER],
                cwd="/",
                stdin=subprocess.DEVNULL,
                check=True,
                capture_output=True,
                env=processes.ENVIRONMENT,
                user=self._account.uid,
                group=self._account.gid,
                extra_groups=self._account.groups,
            )
        except subprocess.CalledProcessError as failure:
            reason = failure.stderr.decode(errors="replace")
            raise processes.ServerFailed(f"PostgreSQL ne crée pas sa base :\n{reason}") from failure
        finally:
            password_file.unlink()
        unfinished.rename(self._data)

    def _create_roles(self) -> None:
        self._complete_passwords()
        with psycopg.connect(self._dsn("postgres", "postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
                connection.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        with psycopg.connect(self._dsn("postgres")) as connection:
            connection.execute("SET LOCAL event_triggers = off")  # the guard of the schema knows migrations only
            connection.execute(ROLES_SQL.read_bytes())
            without = connection.execute(
                "SELECT rolname FROM pg_authid WHERE rolname = ANY(%s) AND rolpassword IS NULL", [list(LOGIN_ROLES)]
            ).fetchall()
            for (role,) in without:
                password = sql.Literal(self._passwords()[role])
                connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), password))

    def _write_passwords(self) -> None:
        words = {role: secrets.token_urlsafe(32) for role in ("postgres", *LOGIN_ROLES)}
        _write_secret(self._home / "passwords.json", json.dumps(words))

    def _complete_passwords(self) -> None:
        """A role that came after the installation has its password too."""
        known = self._passwords()
        if missing := [role for role in LOGIN_ROLES if role not in known]:
            words = {**known, **{role: secrets.token_urlsafe(32) for role in missing}}
            completed = self._home / "passwords.new"
            _write_secret(completed, json.dumps(words))
            completed.replace(self._home / "passwords.json")

    def _passwords(self) -> dict[str, str]:
        file = self._home / "passwords.json"
        if not file.exists():
            raise processes.ServerFailed(f"{file} manque : démarrer Greffe, ou le reprendre d'une sauvegarde.")
        words: dict[str, str] = json.loads(file.read_text())
        return words

    def _dsn(self, role: str, database: str = DATABASE) -> str:
        password = quote(self._passwords()[role], safe="")
        place = quote(str(self._socket_directory), safe="")
        return f"postgresql://{role}:{password}@/{database}?host={place}&port={PORT}"


def _write_secret(file: Path, text: str, owner: Account | None = None) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as secret:
        secret.write(text)
    if owner is not None:
        os.chown(file, owner.uid, owner.gid)


def _quoted(directory: Path) -> str:
    """A list of one: a space in the path is no separator."""
    return '"' + str(directory).replace('"', '""') + '"'
