"""A fresh register for each test, cloned from one that was migrated once."""

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import fields, replace

import asyncpg
import psycopg
import pytest
from service.store_procedure import REGISTRY

from adapters.embedded.postgres import Databases
from adapters.store.mapper import EventMapper
from adapters.store.migrations import migrate, protect
from adapters.store.register import Register

_numbers = itertools.count(1)


def _named(databases: Databases, name: str) -> Databases:
    moved = {
        field.name: getattr(databases, field.name).replace("@/greffe?", f"@/{name}?") for field in fields(databases)
    }
    return replace(databases, **moved)


def _create(databases: Databases, name: str, template: str) -> Databases:
    with psycopg.connect(databases.superuser_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER greffe_owner")
        connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        connection.execute(
            f"GRANT CONNECT ON DATABASE {name} TO greffe_migration, greffe_app, greffe_audit, greffe_seal"
        )
        connection.execute(f"GRANT TEMPORARY ON DATABASE {name} TO greffe_app")
    return _named(databases, name)


def _drop(databases: Databases, name: str) -> None:
    with psycopg.connect(databases.superuser_dsn, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def empty_store(databases: Databases) -> Iterator[str]:
    """The name of a migrated and protected database that nobody writes to."""
    created = _create(databases, "store_template", "template0")
    migrate(created.migration_dsn)
    protect(created.superuser_dsn)
    yield "store_template"
    _drop(databases, "store_template")


@pytest.fixture
def store(databases: Databases, empty_store: str) -> Iterator[Databases]:
    """The addresses of an empty register that belongs to one test."""
    name = f"store_{next(_numbers)}"
    yield _create(databases, name, empty_store)
    _drop(databases, name)


@pytest.fixture
def mapper() -> EventMapper:
    return EventMapper(REGISTRY)


@pytest.fixture
async def register(store: Databases, mapper: EventMapper) -> AsyncIterator[Register]:
    opened = await Register.open(store.app_dsn, mapper)
    yield opened
    await opened.close()


@pytest.fixture
async def superuser(store: Databases) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(store.superuser_dsn)
    yield connection
    await connection.close()
