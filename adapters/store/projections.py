"""Keeps the views up to date while events come: the eventsourcing library's runner, in its own threads.

Each event changes the views and the tracking row in one transaction, which takes only the next position: an
event that comes twice, or too early, is refused. When the server falls the runner begins again from the
tracking row; when an event cannot be folded it stops, says so, and the views stay where they are.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from time import monotonic
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog
from eventsourcing.application import Application
from eventsourcing.persistence import InterfaceError, Mapper, OperationalError, Subscription, Tracking
from eventsourcing.postgres import (
    PostgresApplicationRecorder,
    PostgresDatastore,
    PostgresFactory,
    PostgresSubscription,
    PostgresTrackingRecorder,
)
from eventsourcing.projection import BaseProjectionRunner, Projection
from psycopg import Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier, Placeholder

from adapters.store.mapper import EventMapper, LibraryMapper, StreamEvent
from adapters.store.views import (
    AGENDA,
    DOSSIERS,
    OPEN_CASES,
    TRACKED,
    Folded,
    Row,
    Summary,
    View,
    begun,
    case_row,
    dossier_row,
)

log = structlog.get_logger(__name__)

MOST_FOLDED = 1000  # subjects kept in memory, the last ones written to
LISTEN_STEP = 0.1  # seconds
LOOK_AGAIN = 1.0  # seconds without a notification before looking whether one was lost
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds before beginning again


ONE_RUNNER = 0x67726570  # of all the processes that could, one keeps the views; the others wait for its place


class SeenAlready(Exception):
    """An event that the views already show: they were computed again up to here."""


class Gap(Exception):
    """Events are missing before this one: the views must not go on."""


_TRANSIENT: Final = (InterfaceError, OperationalError, psycopg.OperationalError, SeenAlready)


class ViewsRecorder(PostgresTrackingRecorder):
    """The tables of the views, and the tracking row that moves with them."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore, tracking_table_name="views_tracking")

    def _insert_tracking(self, curs: Cursor[DictRow], tracking: Tracking) -> None:
        curs.execute(
            """UPDATE views_tracking SET notification_id = %(pos)s
               WHERE application_name = %(name)s AND notification_id = %(pos)s - 1""",
            {"pos": tracking.notification_id, "name": tracking.application_name},
        )
        if curs.rowcount != 1:
            at = self._max_tracking_id(tracking.application_name, curs)
            problem = SeenAlready if at is not None and at >= tracking.notification_id else Gap
            raise problem(f"event {tracking.notification_id} after {at}")

    def recorded_at(self, curs: Cursor[DictRow], pos: int) -> Any:
        row = curs.execute("SELECT recorded_at FROM dossier_events WHERE pos = %s", [pos]).fetchone()
        assert row is not None
        return row["recorded_at"]

    def put(self, curs: Cursor[DictRow], view: View, row: Row) -> None:
        """Write a row in the place of the one that has its key."""
        curs.execute(_put(view), view.values(row))

    def remove(self, curs: Cursor[DictRow], view: View, key: tuple[Any, ...]) -> None:
        matches = SQL(" AND ").join(SQL("{} = %s").format(Identifier(name)) for name in view.key)
        curs.execute(SQL("DELETE FROM {} WHERE {}").format(Identifier(view.name), matches), key)


class ViewsProjection(Projection[ViewsRecorder]):
    """Folds each event into its subject and writes what it changes."""

    name = "views"

    def __init__(self, view: ViewsRecorder, mapper: EventMapper, summary: Summary) -> None:
        super().__init__(view)
        self._mapper = mapper
        self._summary = summary
        self._streams = PostgresApplicationRecorder(view.datastore, events_table_name="dossier_events")
        self._folded: OrderedDict[UUID, Folded] = OrderedDict()

    def process_event(self, domain_event: StreamEvent, tracking: Tracking) -> None:
        folded = self._up_to(domain_event)
        pos = tracking.notification_id
        key, cases = folded.take(domain_event.event, pos)
        with self.view.datastore.transaction(commit=True) as curs:
            self.view._insert_tracking(curs, tracking)  # noqa: SLF001  # the library's own way to track in one's transaction
            if key is not None:
                self._write_agenda(curs, folded, key)
            for case in begun(cases):
                self.view.put(curs, OPEN_CASES, case_row(folded, case))
            recorded_at = self.view.recorded_at(curs, pos)
            self.view.put(curs, DOSSIERS, dossier_row(folded, pos, recorded_at, self._summary))

    def _write_agenda(self, curs: Cursor[DictRow], folded: Folded, key: Any) -> None:
        assert folded.agenda is not None
        row = folded.agenda.get(key)
        if row is None:
            self.view.remove(curs, AGENDA, (folded.subject_id, *key))
        else:
            self.view.put(curs, AGENDA, row)

    def _up_to(self, event: StreamEvent) -> Folded:
        """The subject before this event: the one in memory if it stands there, or read again."""
        folded = self._folded.pop(event.originator_id, None)
        if folded is None or folded.version != event.originator_version - 1:
            folded = self._read(event.originator_id, event.originator_version - 1)
        self._folded[event.originator_id] = folded
        if len(self._folded) > MOST_FOLDED:
            self._folded.popitem(last=False)
        return folded

    def _read(self, subject_id: UUID, version: int) -> Folded:
        folded = Folded(subject_id, self._mapper.registry)
        with self.view.datastore.cursor() as curs:
            curs.execute(
                """SELECT topic, state, pos FROM dossier_events
                   WHERE originator_id = %s AND originator_version <= %s ORDER BY originator_version""",
                [subject_id, version],
            )
            for row in curs:
                folded.take(self._mapper.decode(row["topic"], bytes(row["state"])), row["pos"])
        return folded


class Projections:
    """The runner of the views, from `start` to `stop`, whatever becomes of the server in between."""

    def __init__(self, dsn: str, mapper: EventMapper, summary: Summary) -> None:
        self._dsn = dsn
        self._mapper = mapper
        self._summary = summary
        self._application = _application(mapper)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    @property
    def error(self) -> Exception | None:
        """Why the views no longer move: an event that could not be folded; None as long as they do."""
        return self._error

    def start(self) -> None:
        self._stopping.clear()
        self._error = None
        self._thread = threading.Thread(target=self._run, name="projections")
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            begun_at = monotonic()
            try:
                self._follow()
            except _TRANSIENT as error:
                log.warning("projections_begin_again", error=str(error))
                pause = FIRST_PAUSE if monotonic() - begun_at > LONGEST_PAUSE else pause
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception as error:
                self._error = error
                log.exception("projections_stopped")
                return

    def _follow(self) -> None:
        """Project events until told to stop or until something fails."""
        with psycopg.connect(self._dsn, connect_timeout=2, autocommit=True) as place:
            while not _alone(place):
                if self._stopping.wait(LOOK_AGAIN):
                    return
            self._project()

    def _project(self) -> None:
        environment = _environment(self._dsn)
        datastore = _datastore(environment)
        try:
            projection = ViewsProjection(ViewsRecorder(datastore), self._mapper, self._summary)
            with BaseProjectionRunner(
                projection=projection,
                application_class=self._application,
                tracking_recorder=projection.view,
                topics=(),
                env=environment,
            ) as runner:
                while not self._stopping.is_set() and not runner.is_interrupted.is_set():
                    runner.is_interrupted.wait(LISTEN_STEP)
        finally:
            datastore.close()


class _Subscription(PostgresSubscription):
    """The library's subscription, which also looks once it listens and from time to time.

    The library reads what is there, then begins to listen: an event between the two waits for the next one.
    """

    def _listen(self) -> None:
        try:
            with self._recorder.datastore.get_connection() as connection:
                connection.execute(SQL("LISTEN {}").format(Identifier(self._recorder.channel_name)))
                looked_at = 0.0
                while not self._has_been_stopped and not self._thread_error:
                    heard = any(True for _ in connection.notifies(timeout=LISTEN_STEP, stop_after=1))
                    if heard or monotonic() - looked_at > LOOK_AGAIN:
                        looked_at = monotonic()
                        self._has_been_notified.set()
        except BaseException as error:  # noqa: BLE001  # handed to the thread that reads
            self._thread_error = self._thread_error or error
            self.stop()


class _Recorder(PostgresApplicationRecorder):
    def subscribe(self, gt: int | None = None, topics: Any = ()) -> Subscription[Any]:
        return _Subscription(recorder=self, gt=gt, topics=topics)


def _alone(place: psycopg.Connection[Any]) -> bool:
    """Whether this process is the one that keeps the views, as long as this connection lives."""
    row = place.execute("SELECT pg_try_advisory_lock(%s)", [ONE_RUNNER]).fetchone()
    return bool(row and row[0])


def _application(mapper: EventMapper) -> type[Application[UUID]]:
    """The register as the library sees it: its table is `<name>_events`."""

    class Dossier(Application[UUID]):
        name = TRACKED

        def construct_mapper(self) -> Mapper[UUID]:
            return LibraryMapper(mapper)

        def construct_recorder(self) -> PostgresApplicationRecorder:
            assert isinstance(self.factory, PostgresFactory)
            return _Recorder(self.factory.datastore, events_table_name=f"{TRACKED}_events")

    return Dossier


def _environment(dsn: str) -> Mapping[str, str]:
    place = conninfo_to_dict(dsn)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "CREATE_TABLE": "no",
        "POSTGRES_DBNAME": str(place["dbname"]),
        "POSTGRES_HOST": str(place["host"]),
        "POSTGRES_PORT": str(place.get("port", 5432)),
        "POSTGRES_USER": str(place["user"]),
        "POSTGRES_PASSWORD": str(place.get("password", "")),
        "POSTGRES_CONNECT_TIMEOUT": "2",
        "POSTGRES_POOL_SIZE": "2",  # one listens, one reads
        "POSTGRES_MAX_OVERFLOW": "0",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "no",  # without the lock a reader misses events
    }


def _datastore(environment: Mapping[str, str]) -> PostgresDatastore:
    return PostgresDatastore(
        dbname=environment["POSTGRES_DBNAME"],
        host=environment["POSTGRES_HOST"],
        port=environment["POSTGRES_PORT"],
        user=environment["POSTGRES_USER"],
        password=environment["POSTGRES_PASSWORD"],
        connect_timeout=2.0,
    )


def _put(view: View) -> Any:
    changed = [name for name in view.columns if name not in view.key]
    return SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}").format(
        Identifier(view.name),
        SQL(", ").join(map(Identifier, view.columns)),
        SQL(", ").join([Placeholder()] * len(view.columns)),
        SQL(", ").join(map(Identifier, view.key)),
        SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(name)) for name in changed),
    )
