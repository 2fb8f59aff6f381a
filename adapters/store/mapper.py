"""Event to bytes and back; the bytes are written once and never again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from pydantic import ValidationError

from adapters.store import canonical
from adapters.store.event_names import UPCASTERS, EventNames, Upcaster
from domain.kernel import Event, Fault, Registry


class UnreadableEvent(Fault):
    """A stored event that its class does not accept: an upcaster is missing."""


def encode(event: Event) -> bytes:
    """The canonical bytes of an event, all its fields included."""
    return canonical.dumps(event.model_dump(mode="json"))


class EventMapper:
    """Reads and writes the events of one registry."""

    def __init__(self, registry: Registry, upcasters: Mapping[str, Upcaster] = UPCASTERS) -> None:
        self.registry = registry
        self._names = EventNames(registry, upcasters)
        self._readers: dict[str, Callable[[bytes], Event]] = {}

    def topic(self, event: Event) -> str:
        """The name under which an event is stored."""
        return self._names.topic(event)

    def decode(self, topic: str, state: bytes) -> Event:
        """The event; UnknownEvent on a name that no procedure knows, UnreadableEvent on fields that do not fit."""
        reader = self._readers.get(topic)
        if reader is None:
            reader = self._readers[topic] = _reader(*self._names.resolve(topic))
        try:
            return reader(state)
        except ValidationError as error:
            raise UnreadableEvent(f"{topic}: {error}") from error


def _reader(event: type[Event], upcasters: tuple[Upcaster, ...]) -> Callable[[bytes], Event]:
    if not upcasters:
        return event.__pydantic_validator__.validate_json  # the classmethod around it costs a fifth more

    def read(state: bytes) -> Event:
        body = canonical.loads(state)
        for upcaster in upcasters:
            body = upcaster(body)
        return event.model_validate_json(canonical.dumps(body))

    return read


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """An event at its place in a stream, as the eventsourcing library wants to see it."""

    originator_id: UUID
    originator_version: int
    event: Event


class LibraryMapper(Mapper[UUID]):
    """The library's mapper, around the same two functions."""

    def __init__(self, mapper: EventMapper) -> None:
        super().__init__(transcoder=JSONTranscoder())
        self._mapper = mapper

    def to_stored_event(self, domain_event: StreamEvent) -> StoredEvent:  # type: ignore[override]
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=self._mapper.topic(domain_event.event),
            state=encode(domain_event.event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> StreamEvent:
        assert isinstance(stored_event.originator_id, UUID)
        return StreamEvent(
            originator_id=stored_event.originator_id,
            originator_version=stored_event.originator_version,
            event=self._mapper.decode(stored_event.topic, stored_event.state),
        )
