"""The post of an agent who is away: after a year it may be filled (articles 30 and 32)."""

from collections.abc import Iterator

from domain.agents.placement import Placement
from domain.calendar import add_months
from domain.kernel import Context, Deadline, Event, UnknownEvent, automatic
from domain.law import Article
from domain.law.d2021_1645 import POST_FILLED_MONTHS


class PostMayBeFilled(Event):
    """The agent has been away for a year: the post may be filled."""


def post_deadline(context: Context, placement: Placement, basis: Article) -> Iterator[Deadline]:
    """The day a year after the first, when the agent is still away on it."""
    due = add_months(placement.first, context.law.value(POST_FILLED_MONTHS, placement.first))
    if context.on < due <= placement.last:
        yield automatic("post_may_be_filled", due, basis, "post_may_be_filled")


def post_lapse(_: Context, __: Placement, deadline: Deadline) -> Iterator[Event]:
    if deadline.kind != "post_may_be_filled":
        raise UnknownEvent(deadline.kind)
    yield PostMayBeFilled(basis=deadline.basis)
