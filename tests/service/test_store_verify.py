from typing import Any
from uuid import UUID, uuid4

import pytest
from service.store_acts import appended
from service.store_procedure import opened

from adapters.store.register import Register
from adapters.store.verify import Divergence, verify

pytestmark = pytest.mark.service

FIRST, SECOND = uuid4(), uuid4()


async def _filled(register: Register) -> None:
    """Twelve events: positions 1 to 6 and 10 to 12 are the first subject's, 7 to 9 the second's."""
    await appended(register, FIRST, 0, *(opened(n) for n in range(6)))
    await appended(register, SECOND, 0, *(opened(n) for n in range(3)))
    await appended(register, FIRST, 6, *(opened(n) for n in range(3)))


async def test_an_untouched_register_is_intact(register: Register) -> None:
    assert (await verify(register.pool)).checked == 0
    await _filled(register)
    heard: list[int] = []
    report = await verify(register.pool, progress=heard.append)
    assert (report.intact, report.checked, report.head, report.first_bad) == (True, 12, 12, None)
    assert heard == [12]
    one = await verify(register.pool, SECOND)
    assert (one.intact, one.checked, one.head) == (True, 3, 9)


SWAP = """UPDATE dossier_events e SET state = o.state FROM dossier_events o
          WHERE (e.pos, o.pos) IN ((4, 5), (5, 4))"""
REHASHED = """UPDATE dossier_events SET state = '{}', hash = sha256(
    convert_to(E'greffe/event/v1\\n', 'UTF8') || prev || convert_to(concat(originator_id, E'\\n', originator_version,
    E'\\n', pos, E'\\n', topic, E'\\n', command_id, E'\\n', k, E'\\n',
    to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), E'\\n'), 'UTF8') || '{}'::bytea)
    WHERE pos = 4"""


@pytest.mark.parametrize(
    ("tampering", "subject", "seq", "pos", "what"),
    [
        ("UPDATE dossier_events SET state = set_byte(state, 20, 65) WHERE pos = 4", FIRST, 4, 4, "hash"),
        ("UPDATE dossier_events SET topic = 'greffe.ErrandClosed/1' WHERE pos = 8", SECOND, 2, 8, "hash"),
        ("UPDATE dossier_events SET k = 99 WHERE pos = 4", FIRST, 4, 4, "hash"),
        ("UPDATE dossier_events SET recorded_at = recorded_at + '1 us' WHERE pos = 12", FIRST, 9, 12, "hash"),
        (
            "UPDATE dossier_events SET recorded_at = recorded_at - '1 day'::interval WHERE pos = 4",
            FIRST, 4, 4, "recorded_at_decreases",
        ),
        ("UPDATE dossier_events SET prev = sha256('') WHERE pos = 4", FIRST, 4, 4, "prev"),
        ("UPDATE dossier_events SET prev = sha256('') WHERE pos = 7", SECOND, 1, 7, "prev"),
        ("UPDATE dossier_events SET hash = sha256('') WHERE pos = 4", FIRST, 4, 4, "hash"),
        ("DELETE FROM dossier_events WHERE pos = 4", FIRST, 5, 5, "pos_gap"),
        ("DELETE FROM dossier_events WHERE pos = 1", FIRST, 2, 2, "pos_gap"),
        ("UPDATE dossier_events SET pos = 40 WHERE pos = 12", FIRST, 9, 40, "pos_gap"),
        ("UPDATE dossier_events SET originator_version = 20 WHERE pos = 12", FIRST, 20, 12, "previous_event_missing"),
        (SWAP, FIRST, 4, 4, "hash"),
        (REHASHED, FIRST, 5, 5, "prev"),
    ],
)  # fmt: skip
async def test_what_a_superuser_alters_is_found_and_named(
    register: Register, superuser: Any, tampering: str, subject: UUID, seq: int, pos: int, what: str
) -> None:
    await _filled(register)
    await superuser.execute("SET event_triggers = off")
    await superuser.execute("ALTER TABLE dossier_events DISABLE TRIGGER USER")
    await superuser.execute(tampering)
    report = await verify(register.pool)
    assert report.first_bad == Divergence(pos, subject, seq, what)
    assert not report.intact
    alone = await verify(register.pool, subject)
    assert alone.first_bad is not None
    assert (alone.first_bad.pos, alone.first_bad.subject_id) == (pos, subject)


async def test_an_event_removed_from_one_stream_shows_in_that_stream_alone(register: Register, superuser: Any) -> None:
    await _filled(register)
    await superuser.execute("SET event_triggers = off")
    await superuser.execute("ALTER TABLE dossier_events DISABLE TRIGGER USER")
    await superuser.execute("DELETE FROM dossier_events WHERE pos = 8")
    report = await verify(register.pool)
    assert {(one.pos, one.what) for one in report.divergences} == {
        (9, "pos_gap"),
        (9, "previous_event_missing"),
        (9, "prev"),
    }
    assert (await verify(register.pool, FIRST)).intact
    assert (await verify(register.pool, SECOND)).first_bad == Divergence(9, SECOND, 3, "seq_gap")


async def test_a_register_altered_everywhere_names_the_first_places_and_counts_all(
    register: Register, superuser: Any
) -> None:
    await appended(register, FIRST, 0, *(opened(n) for n in range(60)))
    await superuser.execute("SET event_triggers = off")
    await superuser.execute("ALTER TABLE dossier_events DISABLE TRIGGER USER")
    await superuser.execute("UPDATE dossier_events SET state = '{}'")
    report = await verify(register.pool)
    assert (report.diverging, len(report.divergences), report.divergences[-1].pos) == (60, 20, 20)
