"""The system account under which a server runs: PostgreSQL refuses root, and is right."""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass

ROOT = 0
NAME = "greffe"


@dataclass(frozen=True)
class Account:
    """An account by its numbers, as the kernel knows it."""

    uid: int
    gid: int

    @property
    def groups(self) -> list[int] | None:
        """No other group than its own when root lends its place; its present groups otherwise."""
        return [] if os.geteuid() == ROOT else None

    @property
    def borrowed(self) -> bool:
        return self.uid != os.geteuid()

    def can(self, *command: str) -> bool:
        """Whether the account is able to run the command."""
        try:
            done = subprocess.run(  # noqa: S603  the command is ours
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                user=self.uid,
                group=self.gid,
                extra_groups=self.groups,
            )
        except PermissionError:
            return False
        return done.returncode == 0


def own_account() -> Account:
    return Account(os.geteuid(), os.getegid())


def server_account() -> Account:
    """Our own account, or the unprivileged one when we are root; it is created when root first needs it."""
    if os.geteuid() != ROOT:
        return own_account()
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _create()
        entry = pwd.getpwnam(NAME)
    return Account(entry.pw_uid, entry.pw_gid)


def _create() -> None:
    useradd = shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin")
    if useradd is None:
        raise PermissionError(f"Créer le compte système {NAME}, ou lancer Greffe sans être root.")
    subprocess.run(  # noqa: S603  the command is ours
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
        check=True,
        stdout=sys.stderr,
    )
