"""What time would bring if nobody acted: deadlines fall on a copy of the subject, nothing is recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.calendar import add_months
from domain.kernel import Deadline, Event, Subject, lapse_next
from domain.law import Law

YEARS = 4
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Coming:
    """A day to come: what falls due, and what then happens by itself."""

    deadline: Deadline
    events: tuple[Event, ...]

    @property
    def automatic(self) -> bool:
        return not self.deadline.awaits


def forecast(subject: Subject, on: date, law: Law, years: int = YEARS) -> Iterator[Coming]:
    """The deadlines of the next years, in the order in which they would fall."""
    until = add_months(on, 12 * years)
    for _ in range(MOST_STEPS):
        fallen = lapse_next(subject, until, law)
        if fallen is None:
            return
        deadline, outcome = fallen
        subject = outcome.subject
        yield Coming(deadline, tuple(event for event in outcome.events if not event.bookkeeping))
