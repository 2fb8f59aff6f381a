"""The proof as a person meets it: sealed from the first start, exported, verified elsewhere, refused once altered."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adapters.embedded.postgres import EmbeddedPostgres
from adapters.proof import keys
from adapters.proof.witness import kept

pytestmark = [pytest.mark.service, pytest.mark.slow]

PATIENCE = 60.0
AGENT = "VAL-0013"


def greffe(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "adapters", *words]
    given = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, env=given)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="greffe-proof-"))
    root.chmod(0o711)
    yield root / "data"
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def environment(data: Path) -> dict[str, str]:
    return {"GREFFE_WITNESS_FILE": str(data.parent / "temoin")}


def started(data: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "adapters", "up", "--demo", "--port", "0", "--data", str(data)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )


@pytest.fixture(scope="module")
def up(data: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = started(data, environment)
    assert process.stdout is not None
    assert "http://" in process.stdout.readline()
    yield process
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=PATIENCE)


def verb(data: Path, environment: dict[str, str], *words: str) -> Any:
    done = greffe(*words, "--data", str(data), "--json", **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def sealed(data: Path) -> int:
    """The last number, once it has been sealed and handed to the witness."""
    give_up = time.monotonic() + PATIENCE
    with psycopg.connect(EmbeddedPostgres(data).databases.app_dsn, autocommit=True) as connection:
        while time.monotonic() < give_up:
            head = len(connection.execute("SELECT pos FROM dossier_events").fetchall())
            points = kept(data.parent / "temoin", keys.verifiers(data / "sceau"))
            if points and points[-1].size == head:
                return head
            time.sleep(0.2)
    raise AssertionError(points)


def vkey(data: Path) -> str:
    return (data / "sceau" / "cle.vkey").read_text().strip()


def test_it_is_sealed_and_witnessed_from_the_first_start(
    up: subprocess.Popen[str], data: Path, environment: dict[str, str]
) -> None:
    head = sealed(data)
    assert head > 100
    assert vkey(data).startswith("demo.greffe/")
    plain = greffe("seal", "state", "--data", str(data), **environment)
    assert plain.stdout == f"preuve opposable jusqu'au n° {head}\n"


def test_a_second_sealing_process_and_a_second_key_are_refused(
    up: subprocess.Popen[str], data: Path, environment: dict[str, str]
) -> None:
    for words, said in ((("seal",), "un autre « greffe seal »"), (("seal", "key"), "existe déjà")):
        done = greffe(*words, "--data", str(data), GREFFE_DEMO="true")
        assert (done.returncode, said in done.stderr) == (5, True), done.stderr


def test_everything_verifies_inside_and_outside(
    up: subprocess.Popen[str], data: Path, environment: dict[str, str]
) -> None:
    sealed(data)
    for words in (("--all",), (AGENT,)):
        found = verb(data, environment, "verify", *words)
        assert found["intact"]
        assert [one["check"] for one in found["checks"]] == ["chain", "signatures", "tree", "migrations", "replay"]
    for words in (("--all",), (AGENT,)):
        out = data.parent / f"{words[0].strip('-')}.zip"
        made = verb(data, environment, "export", *words, "-o", str(out))
        assert made["events"] == made["sealed"] > 0
        done = greffe("verify", str(out), "--cle", vkey(data))
        assert done.returncode == 0, done.stdout
        assert "intact" in done.stdout
        stranger = [sys.executable, "-I", "adapters/proof/verifier.py", str(out), "--cle", vkey(data)]
        assert subprocess.run(stranger, check=False, capture_output=True).returncode == 0
    altered = data.parent / "altered.zip"
    altered.write_bytes(out.read_bytes().replace(b"LISEZMOI", b"LISEZTOI"))
    assert greffe("verify", str(altered), "--cle", vkey(data)).returncode == 6
    assert greffe("verify", str(out), "--data", str(data / "ailleurs")).returncode == 2  # no key to compare with


def test_what_a_superuser_changes_is_found_then_the_register_no_longer_opens(
    up: subprocess.Popen[str], data: Path, environment: dict[str, str]
) -> None:
    head = sealed(data)
    with psycopg.connect(EmbeddedPostgres(data).databases.superuser_dsn, autocommit=True) as superuser:
        superuser.execute("SET event_triggers = off")
        superuser.execute("ALTER TABLE dossier_events DISABLE TRIGGER USER")
        superuser.execute("DELETE FROM dossier_events WHERE pos = %s", [head])
    done = greffe("verify", "--all", "--data", str(data), "--json", **environment)
    assert done.returncode == 6
    (tree,) = [one for one in json.loads(done.stdout)["checks"] if one["check"] == "tree"]
    assert (tree["well"], tree["position"]) == (False, head)
    up.send_signal(signal.SIGTERM)
    up.wait(PATIENCE)

    again = started(data, environment)
    out, err = again.communicate(timeout=PATIENCE)
    assert again.returncode == 6, err
    assert re.search(rf"le registre s'arrête au n° {head - 1} ; les n° {head} à {head} ont été scellés", err)
    assert "ne plus rien écrire" in err
    assert "http" not in out
