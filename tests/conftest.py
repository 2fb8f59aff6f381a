"""Fixtures for every test: real servers, one set per worker, started when first asked for."""

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from adapters.embedded.postgres import Databases, EmbeddedPostgres
from adapters.embedded.temporal import EmbeddedTemporal

settings.register_profile("suite", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("fuzz", deadline=None, max_examples=5000)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def server_root() -> Iterator[Path]:
    # Not tmp_path: as root, PostgreSQL runs under an account that cannot enter pytest's own directory.
    root = Path(tempfile.mkdtemp(prefix="greffe-tests-"))
    root.chmod(0o711)
    yield root
    shutil.rmtree(root)


@pytest.fixture(scope="session")
def databases(server_root: Path) -> Iterator[Databases]:
    server = EmbeddedPostgres(server_root)
    yield server.start()
    server.stop()


@pytest.fixture(scope="session")
def temporal_address(server_root: Path) -> Iterator[str]:
    server = EmbeddedTemporal(server_root)
    yield server.start()
    server.stop()


@pytest.fixture(autouse=True)
def _no_setting_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GREFFE_")]:
        monkeypatch.delenv(name)


def pytest_unconfigure() -> None:
    """Temporal's native threads may still hold Python objects: let them go before the interpreter does."""
    gc.collect()
    time.sleep(0.5)
