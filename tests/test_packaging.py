"""The three packages stand side by side, and the domain stays pure."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import adapters
import domain
import workflows

DOMAIN = Path(domain.__file__).parent
SOURCES = sorted(DOMAIN.rglob("*.py"))

IMPURE_MODULES = frozenset(
    {
        "asyncio", "concurrent", "contextvars", "ctypes", "fcntl", "ftplib", "glob", "http", "io", "logging",
        "mmap", "multiprocessing", "os", "pathlib", "pickle", "platform", "random", "secrets", "select",
        "selectors", "shelve", "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl",
        "subprocess", "sys", "tempfile", "threading", "time", "urllib", "warnings", "webbrowser",
    }
)  # fmt: skip
ALLOWED_MODULES = (sys.stdlib_module_names | {"pydantic", "domain"}) - IMPURE_MODULES
IMPURE_METHODS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "uuid6", "uuid7", "getnode"})
IMPURE_BUILTINS = frozenset({"open", "print", "input", "exec", "eval", "compile", "breakpoint", "__import__"})


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "" if node.level == 0 else "domain"


def _impure_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in IMPURE_METHODS:
            yield node.attr
        elif isinstance(node, ast.Name) and node.id in IMPURE_BUILTINS:
            yield node.id
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if alias.name in IMPURE_METHODS)


def faults(source: str) -> list[str]:
    tree = ast.parse(source)
    foreign = [name for name in _imports(tree) if name.partition(".")[0] not in ALLOWED_MODULES]
    return foreign + list(_impure_names(tree))


def test_the_three_packages_stand_under_one_parent() -> None:
    parents = {Path(str(package.__file__)).parent.parent for package in (domain, workflows, adapters)}

    assert len(parents) == 1


@pytest.mark.parametrize("package", [domain, workflows, adapters])
def test_each_package_declares_its_types(package: object) -> None:
    assert (Path(str(package.__file__)).parent / "py.typed").exists()  # type: ignore[attr-defined]


@pytest.mark.parametrize("source", SOURCES, ids=[str(path.relative_to(DOMAIN)) for path in SOURCES])
def test_the_domain_has_no_clock_no_chance_no_input_and_no_output(source: Path) -> None:
    assert faults(source.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import os.path",
        "from asyncio import sleep",
        "import orjson",
        "from adapters import settings",
        "from workflows.case import Case",
        "from datetime import date\ndate.today()",
        "from datetime import datetime\nnow = datetime.now",
        "from uuid import uuid4",
        "print('x')",
        "f = open",
        "def f():\n    import random",
    ],
)
def test_an_impure_module_would_be_seen(source: str) -> None:
    assert faults(source) != []


@pytest.mark.parametrize(
    "source", ["from datetime import date\ndate(2025, 9, 1)", "from . import money", "from pydantic import BaseModel"]
)
def test_a_pure_module_is_left_alone(source: str) -> None:
    assert faults(source) == []
