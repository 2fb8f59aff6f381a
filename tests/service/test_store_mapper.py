import unicodedata
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
import rfc8785
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict
from service.store_acts import appended, received
from service.store_procedure import REGISTRY, ErrandOpened, opened

from adapters.embedded.postgres import Databases
from adapters.store import canonical
from adapters.store.canonical import NotCanonical
from adapters.store.event_names import EventNames
from adapters.store.ids import case_id, deadline_command_id
from adapters.store.mapper import EventMapper, LibraryMapper, StreamEvent, UnreadableEvent, encode
from adapters.store.register import Register
from adapters.store.verify import verify
from domain.kernel import DeadlineMet, Event, UnknownEvent
from domain.procedures import REGISTRY as PRODUCT

texts = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: unicodedata.normalize("NFC", text))
keys = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,12}", fullmatch=True)
numbers = st.integers(-canonical.LARGEST, canonical.LARGEST)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    written = canonical.dumps(value)
    assert written == rfc8785.dumps(value)
    assert canonical.loads(written) == value


@pytest.mark.parametrize(
    "value", [1.0, {"a": [0.5]}, 2**53, -(2**53), "e\u0301", {"é": 1}, {1: 1}, "\ud800", object(), b"x", float("nan")]
)
def test_what_could_be_written_in_two_ways_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical.dumps(value)


def test_the_largest_integers_and_booleans_are_written() -> None:
    assert canonical.dumps([2**53 - 1, -(2**53) + 1, True]) == b"[9007199254740991,-9007199254740991,true]"


def test_what_people_type_is_put_in_nfc_before_it_is_kept() -> None:
    typed = {"note": ["Re\u0301gnier", 1, None]}
    assert canonical.dumps(canonical.normalised(typed)) == '{"note":["Régnier",1,null]}'.encode()


def test_an_event_is_read_as_it_was_written(mapper: EventMapper) -> None:
    event = opened(3, "é")
    assert mapper.topic(event) == "greffe.ErrandOpened/1"
    assert mapper.decode(mapper.topic(event), encode(event)) == event


def test_every_event_of_the_product_has_a_stored_name() -> None:
    names = EventNames(PRODUCT)
    for name, event in PRODUCT.events.items():
        assert names.resolve(f"greffe.{name}/1")[0] is event


@pytest.mark.parametrize(
    "topic", ["greffe.Nothing/1", "greffe.ErrandOpened/2", "greffe.ErrandOpened/0", "ErrandOpened"]
)
def test_an_unknown_name_is_never_skipped(mapper: EventMapper, topic: str) -> None:
    with pytest.raises(UnknownEvent):
        mapper.decode(topic, encode(opened()))


def test_fields_that_do_not_fit_are_a_fault(mapper: EventMapper) -> None:
    with pytest.raises(UnreadableEvent):
        mapper.decode("greffe.ErrandOpened/1", b'{"on":"2026-03-01"}')


def test_an_event_that_no_procedure_lists_is_not_written(mapper: EventMapper) -> None:
    class Stranger(Event):
        pass

    with pytest.raises(UnknownEvent):
        mapper.topic(Stranger(basis="TEST:1"))


def _in_the_singular(body: dict[str, Any]) -> dict[str, Any]:
    notes = body.pop("notes")
    return body | {"comment": notes[0]}


def _renamed(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"note": body.pop("comment")} if "comment" in body else body


UPCASTERS = {"greffe.ErrandOpened/1": _in_the_singular, "greffe.ErrandOpened/2": _renamed}


def test_upcasters_lead_from_each_old_number_to_the_present_one() -> None:
    mapper = EventMapper(REGISTRY, UPCASTERS)
    present = opened(1, "x")
    body = canonical.loads(encode(present))
    body.pop("note")
    assert mapper.topic(present) == "greffe.ErrandOpened/3"
    assert mapper.decode("greffe.ErrandOpened/3", encode(present)) == present
    assert mapper.decode("greffe.ErrandOpened/2", canonical.dumps(body | {"comment": "x"})) == present
    assert mapper.decode("greffe.ErrandOpened/1", canonical.dumps(body | {"notes": ["x"]})) == present


@pytest.mark.parametrize("topic", ["greffe.Nothing/1", "greffe.ErrandOpened/2"])
def test_an_upcaster_that_leads_nowhere_is_refused(topic: str) -> None:
    with pytest.raises(ValueError, match="lead to no event"):
        EventMapper(REGISTRY, {topic: dict})


@pytest.mark.service
async def test_an_old_event_planted_in_the_register_is_read_as_the_present_one(
    register: Register, superuser: Any
) -> None:
    subject = uuid4()
    body = canonical.loads(encode(opened(1)))
    body.pop("note")
    command = await received(register, subject)
    await superuser.execute(
        """INSERT INTO dossier_events (originator_id, originator_version, topic, state, command_id, k)
           VALUES ($1, 1, 'greffe.ErrandOpened/1', $2, $3, 1)""",
        subject,
        canonical.dumps(body | {"notes": ["planted"]}),
        command,
    )
    today = Register(register.pool, EventMapper(REGISTRY, UPCASTERS))
    (planted,) = await today.load(subject)
    assert planted.event == opened(1, "planted")
    await appended(today, subject, 1, opened(2))
    assert [type(r.event) for r in await today.load(subject)] == [ErrandOpened, ErrandOpened]
    with pytest.raises(UnreadableEvent):
        await register.load(subject)
    assert (await verify(register.pool)).intact


def _library(dsn: str) -> PostgresDatastore:
    place = conninfo_to_dict(dsn)
    return PostgresDatastore(
        dbname=str(place["dbname"]),
        host=str(place["host"]),
        port=str(place["port"]),
        user=str(place["user"]),
        password=str(place["password"]),
    )


@pytest.mark.service
async def test_the_library_reads_what_we_wrote_and_we_read_what_it_wrote(
    register: Register, store: Databases, mapper: EventMapper
) -> None:
    subject = uuid4()
    await appended(register, subject, 0, opened(1), opened(2, "é"))
    command = await received(register, subject)
    library = LibraryMapper(mapper)
    third = StreamEvent(subject, 3, opened(3))
    met = StreamEvent(subject, 4, DeadlineMet(basis="TEST:1", case="E1", kind="term", due="2026-09-01"))
    with _library(store.superuser_dsn) as datastore:
        recorder = PostgresApplicationRecorder(datastore, events_table_name="dossier_events")
        read = [library.to_domain_event(stored) for stored in recorder.select_events(subject)]
        assert read == [StreamEvent(subject, 1, opened(1)), StreamEvent(subject, 2, opened(2, "é"))]
        with datastore.get_connection() as connection:
            connection.execute(
                f"ALTER ROLE postgres IN DATABASE {_database(store)} SET greffe.command_id = '{command}'"
            )
    with _library(store.superuser_dsn) as datastore:
        recorder = PostgresApplicationRecorder(datastore, events_table_name="dossier_events")
        written = recorder.insert_events([library.to_stored_event(third), library.to_stored_event(met)])
        assert written == [3, 4]
        log = recorder.select_notifications(start=2, limit=10)
        assert [(n.id, library.to_domain_event(n)) for n in log] == [
            (2, StreamEvent(subject, 2, opened(2, "é"))),
            (3, third),
            (4, met),
        ]
        assert recorder.max_notification_id() == 4
    ours = await register.load(subject)
    assert [r.event for r in ours[2:]] == [third.event, met.event]
    assert [(r.seq, r.pos, r.command_id, r.k) for r in ours[2:]] == [(3, 3, command, 1), (4, 4, command, 2)]
    assert (await verify(register.pool)).intact


def _database(store: Databases) -> str:
    return str(conninfo_to_dict(store.superuser_dsn)["dbname"])


def test_the_ids_of_cases_and_deadlines_follow_from_the_facts() -> None:
    subject = UUID("11111111-1111-4111-8111-111111111111")
    assert case_id(subject, "TP1") == uuid5(subject, "TP1")
    assert deadline_command_id(subject, "TP1", "term", date(2026, 9, 1)) == uuid5(
        subject, "deadline\nTP1\nterm\n2026-09-01"
    )
