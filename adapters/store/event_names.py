"""Stored name to class: `greffe.<EventName>/<n>`, whatever the modules are called today.

An event whose fields change takes the next number, and the number it leaves gets an upcaster in
`UPCASTERS`: what was stored under `greffe.X/1`, as a dict, to what `greffe.X/2` would hold.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from domain.kernel import Event, Registry, UnknownEvent

Upcaster: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: Mapping[str, Upcaster] = {}


class EventNames:
    """The stored names of a registry's events, and the upcasters that lead to the present ones."""

    def __init__(self, registry: Registry, upcasters: Mapping[str, Upcaster] = UPCASTERS) -> None:
        self._classes: dict[str, type[Event]] = {}
        self._topics: dict[type[Event], str] = {}
        self._paths: dict[str, tuple[Upcaster, ...]] = {}
        unused = set(upcasters)
        for name, event in registry.events.items():
            older = _older(name, upcasters)
            unused -= set(older)
            topics = [*older, _topic(name, len(older) + 1)]
            self._topics[event] = topics[-1]
            for position, topic in enumerate(topics):
                self._classes[topic] = event
                self._paths[topic] = tuple(upcasters[older_topic] for older_topic in older[position:])
        if unused:
            raise ValueError(f"upcasters that lead to no event: {sorted(unused)}")

    def topic(self, event: Event) -> str:
        """The name under which an event is stored today."""
        try:
            return self._topics[type(event)]
        except KeyError:
            raise UnknownEvent(f"no procedure lists {type(event).__name__}") from None

    def resolve(self, topic: str) -> tuple[type[Event], tuple[Upcaster, ...]]:
        """The class of a stored name, and the upcasters to run first, oldest first."""
        try:
            return self._classes[topic], self._paths[topic]
        except KeyError:
            raise UnknownEvent(f"no procedure knows {topic}") from None


def _topic(name: str, number: int) -> str:
    return f"greffe.{name}/{number}"


def _older(name: str, upcasters: Mapping[str, Upcaster]) -> list[str]:
    """The numbers an event has left, one after the other from 1."""
    topics: list[str] = []
    while (topic := _topic(name, len(topics) + 1)) in upcasters:
        topics.append(topic)
    return topics
