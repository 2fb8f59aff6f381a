import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import psycopg
import pytest
from service.store_acts import ACCEPTED, DAY, REFUSED, act, appended, command_row, lapse, received
from service.store_procedure import OpenErrand, opened

from adapters.embedded.postgres import Databases
from adapters.store.connection import KeyReused, StoreError, StoreUnavailable, UnknownCommand
from adapters.store.mapper import EventMapper
from adapters.store.migrations import migrate, sql
from adapters.store.register import Appended, CommandRow, Conflict, Register
from adapters.store.verify import verify

pytestmark = pytest.mark.service

SUBJECT = UUID("11111111-1111-4111-8111-111111111111")


async def test_what_is_appended_is_read_again_with_its_place(register: Register) -> None:
    command = await received(register, SUBJECT)
    done = await register.append(command, SUBJECT, 0, [opened(1), opened(2, "é")], ACCEPTED)
    assert isinstance(done, Appended)
    assert (done.version, done.pos, done.replayed) == (2, 2, False)
    assert (done.outcome.first_version, done.outcome.last_version) == (1, 2)
    first, second = await register.load(SUBJECT)
    assert (first.event, second.event) == (opened(1), opened(2, "é"))
    assert [(r.seq, r.pos, r.k, r.command_id) for r in (first, second)] == [(1, 1, 1, command), (2, 2, 2, command)]
    assert (first.prev, second.prev) == (bytes(32), first.hash)
    assert first.recorded_at <= second.recorded_at
    assert await register.events_since(SUBJECT, 1) == [second]
    assert await register.stream_version(SUBJECT) == 2
    assert await register.head() == 2


async def test_the_chain_is_what_the_architecture_says(register: Register) -> None:
    await appended(register, SUBJECT, 0, opened(1), opened(2, "é"))
    for recorded in await register.load(SUBJECT):
        at = recorded.recorded_at.astimezone(UTC)
        header = (
            f"{SUBJECT}\n{recorded.seq}\n{recorded.pos}\ngreffe.ErrandOpened/1\n{recorded.command_id}\n"
            f"{recorded.k}\n{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}Z\n"
        )
        note = "é" if recorded.seq == 2 else "sans objet"
        state = (
            f'{{"acted_on":"2026-03-01","basis":["TEST:1"],"case":"E{recorded.seq}","law":"test-1",'
            f'"note":"{note}","on":"2026-03-01","term":"2026-09-01","warnings":[]}}'
        )
        hashed = b"greffe/event/v1\n" + recorded.prev + header.encode() + state.encode()
        assert recorded.hash == hashlib.sha256(hashed).digest()


async def test_a_repeated_command_returns_its_first_outcome_for_ever(register: Register) -> None:
    command = await received(register, SUBJECT)
    first = await register.append(command, SUBJECT, 0, [opened(1)], ACCEPTED)
    await appended(register, SUBJECT, 1, opened(2))
    again = await register.append(command, SUBJECT, 0, [opened(3)], REFUSED)
    assert isinstance(first, Appended)
    assert isinstance(again, Appended)
    assert again.outcome == first.outcome
    assert (again.replayed, again.pos, again.version) == (True, 1, 2)
    assert await register.outcome(command) == first.outcome
    assert await register.stream_version(SUBJECT) == 2


async def test_a_version_that_has_moved_is_a_conflict_and_leaves_nothing(register: Register) -> None:
    await appended(register, SUBJECT, 0, opened(1))
    command = await received(register, SUBJECT)
    for expected in (0, 2):
        assert await register.append(command, SUBJECT, expected, [opened(2)], ACCEPTED) == Conflict(1)
    assert await register.append(command, SUBJECT, 0, [], REFUSED) == Conflict(1)
    assert await register.outcome(command) is None
    assert await register.head() == 1


async def test_a_refusal_is_recorded_without_events(register: Register) -> None:
    command = await received(register, SUBJECT)
    refused = await register.append(command, SUBJECT, 0, [], REFUSED)
    assert isinstance(refused, Appended)
    assert (refused.outcome.result, refused.outcome.body, refused.pos, refused.version) == (
        "rejected",
        REFUSED.body,
        0,
        0,
    )
    assert refused.outcome.first_version is None
    again = await register.append(command, SUBJECT, 0, [opened(1)], ACCEPTED)
    assert isinstance(again, Appended)
    assert again.replayed
    assert await register.head() == 0


async def test_eight_writers_on_two_streams_leave_no_hole_and_no_double(register: Register) -> None:
    streams = [uuid4(), uuid4()]
    conflicts = 0

    async def write(stream: UUID) -> None:
        nonlocal conflicts
        command = await received(register, stream)
        version = 0
        while isinstance(done := await register.append(command, stream, version, [opened(1)], ACCEPTED), Conflict):
            assert done.version > version
            version = done.version
            conflicts += 1

    async def writer(stream: UUID) -> None:
        for _ in range(15):
            await write(stream)

    await asyncio.gather(*(writer(streams[number % 2]) for number in range(8)))
    assert conflicts > 0
    for stream in streams:
        assert [recorded.seq for recorded in await register.load(stream)] == list(range(1, 61))
    batches = [batch async for batch in register.read_all(limit=7)]
    assert [recorded.pos for batch in batches for recorded in batch] == list(range(1, 121))
    assert {len(batch) for batch in batches} == {7, 1}
    assert len({recorded.command_id for batch in batches for recorded in batch}) == 120
    assert await register.subjects() == [r.subject_id for b in batches for r in b if r.seq == 1]
    assert (await verify(register.pool)).intact


async def test_the_same_command_sent_eight_times_at_once_has_one_effect(register: Register) -> None:
    command = await received(register, SUBJECT)
    done = await asyncio.gather(*(register.append(command, SUBJECT, 0, [opened(n)], ACCEPTED) for n in range(8)))
    assert sorted(isinstance(one, Appended) and one.replayed for one in done) == [False] + [True] * 7
    assert await register.head() == 1


async def test_a_command_is_kept_once_and_its_key_serves_for_it_alone(register: Register) -> None:
    row = CommandRow(uuid4(), SUBJECT, "toy.open", DAY, "u1", "hr", b'{"a":1}', "CHU", "key-1", "r1")
    kept = await register.put_command(row)
    assert kept.received_at is not None
    assert kept.body_sha256 == hashlib.sha256(row.body).digest()
    assert await register.command(row.command_id) == kept

    def other(**changes: object) -> CommandRow:
        return CommandRow(**{**{name: getattr(row, name) for name in row.__slots__}, **changes})

    assert await register.put_command(other(command_id=uuid4(), request_id="r2")) == kept
    assert await register.put_command(other(idempotency_key=None)) == kept
    for changed in ({"body": b'{"a":2}'}, {"subject_id": uuid4()}, {"type": "toy.close"}, {"actor": "u2"}):
        with pytest.raises(KeyReused):
            await register.put_command(other(command_id=uuid4(), **changed))
    second = await register.put_command(command_row(SUBJECT))
    with pytest.raises(KeyReused):
        await register.put_command(other(command_id=second.command_id))
    assert [c.command_id for c in await register.undecided(datetime.now(UTC) + timedelta(hours=1))] == [
        kept.command_id,
        second.command_id,
    ]


async def test_a_command_unknown_or_of_another_subject_makes_no_event(register: Register) -> None:
    with pytest.raises(UnknownCommand):
        await register.append(uuid4(), SUBJECT, 0, [opened(1)], ACCEPTED)
    with pytest.raises(UnknownCommand):
        await register.append(uuid4(), SUBJECT, 0, [], REFUSED)
    with pytest.raises(UnknownCommand):
        await register.append(await received(register, uuid4()), SUBJECT, 0, [opened(1)], ACCEPTED)
    assert await register.head() == 0


async def test_a_deadline_brings_its_own_command_and_falls_once(register: Register) -> None:
    await act(register, SUBJECT, OpenErrand(case="E1", term=DAY + timedelta(days=30)))
    fell = await lapse(register, SUBJECT, DAY + timedelta(days=40))
    assert isinstance(fell, Appended)
    row = await register.command(fell.outcome.command_id)
    assert row is not None
    assert (row.type, row.actor, row.acted_on, row.body) == (
        "deadline",
        "greffe",
        DAY + timedelta(days=30),
        b'{"kind":"term"}',
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="ne se reçoit pas"):
        await register.put_command(CommandRow(uuid4(), SUBJECT, "deadline", DAY, "greffe", "greffe", b"{}"))


async def test_what_was_known_at_an_instant_is_read_again(register: Register) -> None:
    await appended(register, SUBJECT, 0, opened(1))
    first = (await register.load(SUBJECT))[0].recorded_at
    await appended(register, SUBJECT, 1, opened(2))
    assert [r.seq for r in await register.load(SUBJECT, first)] == [1]
    assert await register.load(SUBJECT, first - timedelta(microseconds=1)) == []


async def test_an_event_beyond_256_kib_is_refused(register: Register) -> None:
    too_long = opened(1, "x" * 270_000)
    with pytest.raises(asyncpg.CheckViolationError):
        await appended(register, SUBJECT, 0, too_long)
    assert await register.head() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET command_id = command_id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "DROP TABLE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER USER",
        "CREATE RULE hide AS ON INSERT TO {} DO INSTEAD NOTHING",
    ],
)
@pytest.mark.parametrize("table", ["dossier_events", "commands", "outcomes"])
async def test_nothing_is_changed_or_removed_by_the_service_nor_by_the_owner(
    register: Register, store: Databases, table: str, statement: str
) -> None:
    await appended(register, SUBJECT, 0, opened(1))
    wanted = statement.format(table)
    with psycopg.connect(store.app_dsn) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(wanted)
    with psycopg.connect(store.migration_dsn) as owner:
        owner.execute("SET ROLE greffe_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"refusé|must be owner"):
            owner.execute(wanted)


async def test_the_triggers_hold_under_replication_too(register: Register, store: Databases) -> None:
    await appended(register, SUBJECT, 0, opened(1))
    with psycopg.connect(store.superuser_dsn) as superuser:
        superuser.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            superuser.execute("DELETE FROM dossier_events")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO dossier_events (originator_id, originator_version) SELECT subject_id, 2 FROM commands",
        "INSERT INTO commands (command_id) SELECT command_id FROM commands",
        "INSERT INTO outcomes SELECT * FROM outcomes",
        "LOCK TABLE dossier_events IN EXCLUSIVE MODE",
        "UPDATE person SET source = 'x'",
        "SET ROLE greffe_owner",
    ],
)
async def test_the_service_writes_through_the_two_doors_and_the_auditor_not_at_all(
    register: Register, store: Databases, statement: str
) -> None:
    await appended(register, SUBJECT, 0, opened(1))
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
    if not statement.startswith("UPDATE person"):
        with psycopg.connect(store.app_dsn) as app, pytest.raises(refused):
            app.execute(statement)
    with psycopg.connect(store.audit_dsn) as auditor, pytest.raises(refused):
        auditor.execute(statement)
    with psycopg.connect(store.audit_dsn) as auditor:
        assert auditor.execute("SELECT count(*) FROM dossier_events").fetchone() == (1,)
        auditor.execute("SET default_transaction_read_only = off")
        auditor.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            auditor.execute(
                "SELECT append(gen_random_uuid(), gen_random_uuid(), 0, '{}', '{}', 'fault', '', NULL, NULL, NULL)"
            )


async def test_any_writer_is_numbered_and_chained(register: Register, store: Databases) -> None:
    await appended(register, SUBJECT, 0, opened(1))
    command = await received(register, SUBJECT)
    insert = "INSERT INTO dossier_events (originator_id, originator_version, topic, state, command_id, pos, recorded_at, prev, hash, k) VALUES (%s, %s, 'greffe.ErrandClosed/1', '{}', %s, 77, '1999-01-01', '', '', %s)"
    with psycopg.connect(store.migration_dsn) as owner:
        owner.execute("SET ROLE greffe_owner")
        owner.execute(insert, [SUBJECT, 2, command, None])
        owner.execute(insert, [SUBJECT, 3, command, None])
        for refused in (3, 5, None):
            with pytest.raises(psycopg.errors.UniqueViolation), owner.transaction():
                owner.execute(insert, [SUBJECT, refused, command, None])
        with pytest.raises(psycopg.errors.UniqueViolation), owner.transaction():
            owner.execute(insert, [SUBJECT, 4, command, 2])
    with psycopg.connect(store.audit_dsn) as auditor:
        rows = auditor.execute(
            "SELECT pos, notification_id, originator_version, k FROM dossier_events ORDER BY pos"
        ).fetchall()
    assert rows == [(1, 1, 1, 1), (2, 2, 2, 1), (3, 3, 3, 2)]
    assert (await verify(register.pool)).intact


async def test_a_stopped_case_is_listed_until_it_is_repaired(register: Register) -> None:
    await register.stop_case(SUBJECT, "E1", "ZeroDivisionError")
    await register.stop_case(SUBJECT, "E1", "again")
    assert [(f.subject_id, f.case_ref, f.error) for f in await register.stopped_cases()] == [
        (SUBJECT, "E1", "ZeroDivisionError")
    ]
    await register.resume_case(SUBJECT, "E1")
    assert await register.stopped_cases() == []
    await register.stop_case(SUBJECT, "E1", "later")
    assert len(await register.stopped_cases()) == 1


async def test_a_store_that_does_not_answer_says_so(store: Databases, mapper: EventMapper) -> None:
    with pytest.raises(StoreUnavailable):
        await Register.open(store.app_dsn.replace("@/store_", "@/nowhere_"), mapper)
    assert issubclass(StoreUnavailable, StoreError)


async def test_migrating_again_changes_nothing_and_the_script_can_be_printed(store: Databases) -> None:
    migrate(store.migration_dsn)
    script = sql()
    assert "CREATE TABLE public.dossier_events" in script
    assert script.index("SET LOCAL ROLE greffe_owner") < script.index("CREATE TABLE public.commands")
