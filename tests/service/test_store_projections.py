import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore
from service.store_acts import DAY, act, lapse
from service.store_procedure import REGISTRY, CloseErrand, NoteCorps, OpenErrand, summary

from adapters.embedded.postgres import Databases
from adapters.store import projections
from adapters.store.ids import case_id
from adapters.store.mapper import EventMapper
from adapters.store.projections import Gap, Projections, SeenAlready, ViewsRecorder
from adapters.store.rebuild import Difference, rebuild
from adapters.store.register import Register
from adapters.store.views import DOSSIERS, VIEWS, CaseRow, DossierRow, Views
from domain.kernel import UnknownEvent

pytestmark = pytest.mark.service

TERM = date(2026, 9, 1)


@contextmanager
def running(store: Databases, mapper: EventMapper) -> Iterator[Projections]:
    runner = Projections(store.app_dsn, mapper, summary)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


async def _lived(register: Register, subject: UUID) -> None:
    """A career noted, two errands: one overdue and then closed, one still open."""
    await act(register, subject, NoteCorps(corps="PU-PH", quotite=80))
    await act(register, subject, OpenErrand(case="E1", term=TERM))
    await act(register, subject, OpenErrand(case="E2", term=TERM + timedelta(days=30)))
    await lapse(register, subject, TERM)
    await act(register, subject, CloseErrand(case="E1"), TERM + timedelta(days=3))


async def _same(register: Register, mapper: EventMapper) -> bool:
    differences = await rebuild(register.pool, mapper, summary, check=True)
    assert [difference.view for difference in differences] == list(VIEWS)
    return all(difference.same for difference in differences)


async def _until(reached: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await reached():  # noqa: ASYNC110  # another process moves it
            await asyncio.sleep(0.02)


async def test_the_views_say_what_the_events_made(register: Register, store: Databases, mapper: EventMapper) -> None:
    subject, views = uuid4(), Views(register.pool)
    with running(store, mapper) as runner:
        await _lived(register, subject)
        assert await views.caught_up(await register.head())
        assert runner.error is None
    (due,) = await views.agenda()
    assert (due.case_ref, due.kind, due.due, due.nature) == ("E2", "term", date(2026, 10, 1), "statutory")
    assert (due.basis, due.awaits, due.consequence) == (["TEST:1"], ["agent"], "errand_overdue")
    assert (due.armed_on, due.fallen_on, due.case_id) == (DAY, None, case_id(subject, "E2"))
    assert await views.due(date(2026, 10, 1)) == [subject]
    assert await views.due(date(2026, 9, 30)) == []
    dossier = await views.dossier(subject)
    assert dossier is not None
    assert (dossier.kind, dossier.version, dossier.last_pos) == (
        "agent",
        await register.stream_version(subject),
        await register.head(),
    )
    assert dossier.last_recorded_at == (await register.load(subject))[-1].recorded_at
    assert (dossier.open_cases, dossier.next_due) == (1, date(2026, 10, 1))
    row = await register.pool.fetchrow("SELECT corps, statut, quotite FROM dossiers")
    assert tuple(row or ()) == ("PU-PH", "titulaire", "80")
    assert [dossier] == await views.dossiers()
    career = CaseRow(case_id(subject, "career"), subject, "career", "career", "known", True, None, False, None)
    first = CaseRow(case_id(subject, "E1"), subject, "E1", "errand", "closed", False, DAY, True, None)
    second = CaseRow(case_id(subject, "E2"), subject, "E2", "errand", "open", False, DAY, False, date(2026, 10, 1))
    assert await views.cases(subject) == [career, first, second]
    assert await views.open_cases() == [second, career]
    assert await _same(register, mapper)


async def test_a_fallen_deadline_stays_on_the_agenda_until_the_act_it_awaits(
    register: Register, store: Databases, mapper: EventMapper
) -> None:
    subject, views = uuid4(), Views(register.pool)
    with running(store, mapper):
        await act(register, subject, OpenErrand(case="E1", term=TERM))
        await lapse(register, subject, TERM + timedelta(days=20))
        assert await views.caught_up(await register.head())
        (fallen,) = await views.agenda(subject_id=subject)
        assert (fallen.fallen_on, fallen.due) == (TERM, TERM)
        assert await views.due(date(2027, 1, 1)) == []
        dossier = await views.dossier(subject)
        assert dossier is not None
        assert dossier.next_due is None
        await act(register, subject, CloseErrand(case="E1"), TERM + timedelta(days=30))
        assert await views.caught_up(await register.head())
    assert await views.agenda() == []
    assert await _same(register, mapper)


async def test_an_event_is_seen_at_once_and_what_is_not_there_yet_is_said(
    register: Register, store: Databases, mapper: EventMapper
) -> None:
    views = Views(register.pool)
    assert not await views.caught_up(1, timeout=0.05)
    with running(store, mapper):
        for _ in range(3):
            done = await act(register, uuid4(), OpenErrand(case="E1", term=TERM))
            assert await views.caught_up(done.pos)


async def test_a_position_seen_already_or_too_far_is_refused_with_what_came_with_it(
    register: Register, store: Databases
) -> None:
    with projections._datastore(projections._environment(store.app_dsn)) as datastore:
        recorder = ViewsRecorder(datastore)
        recorder.insert_tracking(Tracking("dossier", 1))
        for pos, refusal in ((1, SeenAlready), (3, Gap)):
            with pytest.raises(refusal):
                _write_a_dossier(datastore, recorder, pos)
    assert await Views(register.pool).position() == 1
    assert await register.pool.fetchval("SELECT count(*) FROM dossiers") == 0


def _write_a_dossier(datastore: PostgresDatastore, recorder: ViewsRecorder, pos: int) -> None:
    with datastore.transaction(commit=True) as cursor:
        row = DossierRow(uuid4(), "agent", 1, pos, datetime.now(UTC), "{}", 0, None)
        recorder.put(cursor, DOSSIERS, row)
        recorder._insert_tracking(cursor, Tracking("dossier", pos))


def _start_a_runner(store: Databases) -> "subprocess.Popen[bytes]":
    tests = Path(__file__).parents[1]
    path = {"PYTHONPATH": f"{tests.parent}:{tests}"}
    return subprocess.Popen([sys.executable, __file__, store.app_dsn], env=os.environ | path)


async def test_a_runner_that_is_killed_begins_again_where_the_views_stand(
    register: Register, store: Databases, mapper: EventMapper
) -> None:
    views = Views(register.pool)
    for _ in range(12):
        await _lived(register, uuid4())
    head = await register.head()
    seen = [0]
    for _ in range(3):
        with _start_a_runner(store) as child:
            try:
                await _until(partial(_reached, views, seen[-1] + head // 5))
            finally:
                child.kill()
        seen.append(await views.position())
    assert 0 < seen[1] < seen[2] < seen[3]
    assert await _same(register, mapper)
    with running(store, mapper):
        assert await views.caught_up(head, timeout=20)
    assert await _same(register, mapper)


async def _reached(views: Views, aim: int) -> bool:
    return await views.position() >= aim


async def test_only_one_of_two_runners_writes_and_the_other_takes_its_place(
    register: Register, store: Databases, mapper: EventMapper
) -> None:
    views = Views(register.pool)
    with running(store, mapper) as first:
        await _lived(register, uuid4())
        assert await views.caught_up(await register.head())
        with running(store, mapper) as second:
            await _lived(register, uuid4())
            assert await views.caught_up(await register.head())
            first.stop()
            await _lived(register, uuid4())
            assert await views.caught_up(await register.head(), timeout=10)
            assert (first.error, second.error) == (None, None)
    assert await _same(register, mapper)


async def test_an_event_that_no_rule_knows_stops_the_views_and_is_said(
    register: Register, store: Databases, mapper: EventMapper, superuser: Any
) -> None:
    subject, views = uuid4(), Views(register.pool)
    with running(store, mapper) as runner:
        done = await act(register, subject, OpenErrand(case="E1", term=TERM))
        await superuser.execute(
            """INSERT INTO dossier_events (originator_id, originator_version, topic, state, command_id)
               VALUES ($1, $2, 'greffe.Stranger/1', '{}', $3)""",
            subject,
            done.version + 1,
            done.outcome.command_id,
        )
        await _until(lambda: _stopped(runner))
        assert isinstance(runner.error, UnknownEvent)
    assert await views.position() == done.pos


async def _stopped(runner: Projections) -> bool:
    return runner.error is not None


async def test_views_are_computed_again_from_the_events_alone(
    register: Register, store: Databases, mapper: EventMapper, superuser: Any
) -> None:
    views, subjects = Views(register.pool), [uuid4() for _ in range(5)]
    for subject in subjects:
        await _lived(register, subject)
    heard: list[int] = []
    differences = await rebuild(register.pool, mapper, summary, progress=heard.append)
    assert differences == [
        Difference("agenda", 5, 0, differences[0].subjects),
        Difference("dossiers", 5, 0, differences[1].subjects),
        Difference("open_cases", 15, 0, differences[2].subjects),
    ]
    assert set(differences[1].subjects) == set(subjects)
    assert heard[-1] == await register.head() == await views.position()
    assert await _same(register, mapper)

    await superuser.execute("UPDATE dossiers SET version = 99 WHERE subject_id = $1", subjects[0])
    await superuser.execute("DELETE FROM agenda WHERE subject_id = $1", subjects[1])
    checked = await rebuild(register.pool, mapper, summary, check=True)
    assert checked[0] == Difference("agenda", 1, 0, (subjects[1],))
    assert checked[1] == Difference("dossiers", 1, 1, (subjects[0],))
    assert checked[2].same
    assert not await _same(register, mapper)
    await rebuild(register.pool, mapper, summary, ["agenda"])
    assert [d.same for d in await rebuild(register.pool, mapper, summary, check=True)] == [True, False, True]
    await rebuild(register.pool, mapper, summary)
    assert await _same(register, mapper)


async def test_views_are_replaced_while_events_come_and_the_runner_goes_on(
    register: Register, store: Databases, mapper: EventMapper
) -> None:
    views = Views(register.pool)

    async def live() -> None:
        for _ in range(8):
            await _lived(register, uuid4())

    with running(store, mapper) as runner:
        living = asyncio.create_task(live())
        while not living.done():
            await rebuild(register.pool, mapper, summary)
            await rebuild(register.pool, mapper, summary, ["dossiers"])
        await living
        assert await views.caught_up(await register.head(), timeout=20)
        assert runner.error is None
    assert await _same(register, mapper)
    assert len(await views.dossiers()) == 8


if __name__ == "__main__":
    Projections(sys.argv[1], EventMapper(REGISTRY), summary).start()
