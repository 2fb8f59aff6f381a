"""Rights to mission temporaire over a whole career (décret 2021-1645, article mission-temporaire, I to III).

A career is cut in stretches: ordinary ones, counted from the entry in the functions, and the eight years that each
anticipation opens. `Rights` is plain arithmetic over the missions asked and granted: every balance is the sum of
entries, each with its day, its article and the act it comes from. The standing procedure credits what an
eight-year period leaves on the day after it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import accumulate, takewhile
from typing import Any, Literal

from domain.agents.career import Career
from domain.calendar import Span, add_months, eve, next_day, split
from domain.kernel import Context, Deadline, Event, Procedure, UnknownEvent, automatic
from domain.law import Article, Law
from domain.law.choices import MT_CARRY_OVER, MT_DEDUCT_CURRENT_WINDOW, MT_UNIT, MT_WINDOW
from domain.law.d2021_1645 import (
    ART_MISSION,
    IN_FORCE,
    MISSION_ANTICIPATED_MONTHS,
    MISSION_BLOCK_MONTHS,
    MISSION_MONTHS,
    MISSION_WINDOW_MONTHS,
)

NAME = "mission_rights"
MISSION = "mission_temporaire"
Right = Literal["ordinary", "anticipated", "carry_over"]
Kind = Literal["opened", "credited", "taken", "deducted", "used"]
BASIS: Mapping[Right, Article] = {
    "ordinary": ART_MISSION.par("I.2"),
    "anticipated": ART_MISSION.par("I.3"),
    "carry_over": ART_MISSION.par("II.3"),
}
MONTH, WEEK = 30, 7  # units; a day is one


def length(units: int) -> dict[str, int]:
    """A balance as the text counts it: months, weeks and days; none when it is overdrawn."""
    months, rest = divmod(max(0, units), MONTH)
    return {"months": months, "weeks": rest // WEEK, "days": rest % WEEK}


# -- The facts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """A mission, asked or granted, as the rights see it.

    `deducted` names the ordinary missions that were counted when it opened eight years in advance; None until then.
    """

    case: str
    right: Right
    first: date
    last: date
    asked_on: date
    granted: bool
    deducted: tuple[str, ...] | None = None

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)

    @property
    def source(self) -> str:
        return "MissionTemporaireGranted" if self.granted else "MissionTemporaireRequested"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a day gives to an account or takes from it, by which act or fact, under which article."""

    on: date
    right: Right
    kind: Kind
    units: int
    source: str
    case: str | None
    basis: Article


@dataclass(frozen=True, slots=True)
class Account:
    """The entries that make one balance, over the days to which it belongs."""

    span: Span | None
    entries: tuple[Entry, ...]

    @property
    def balance(self) -> int:
        return sum(entry.units for entry in self.entries)

    def lines(self) -> Iterator[dict[str, Any]]:
        """The entries as data, each with the balance it leaves."""
        balances = accumulate(entry.units for entry in self.entries)
        for entry, balance in zip(self.entries, balances, strict=True):
            yield {
                "right": entry.right,
                "on": entry.on.isoformat(),
                "kind": entry.kind,
                "units": entry.units,
                "balance": balance,
                "source": entry.source,
                "case": entry.case,
                "basis": str(entry.basis),
            }


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the career: an ordinary one, or the eight years in advance that a mission opens."""

    first: date
    last: date | None
    opener: Taken | None = None

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)


# -- The arithmetic ----------------------------------------------------------------------------------


def period(anchor: date, day: date, months: int) -> Span:
    """The period of so many months, counted from the anchor, that holds the day."""
    n = ((day.year - anchor.year) * 12 + day.month - anchor.month) // months
    if add_months(anchor, n * months) > day:
        n -= 1
    return Span(add_months(anchor, n * months), eve(add_months(anchor, (n + 1) * months)))


@dataclass(frozen=True)
class Rights:
    """The rights of a career: its first day, the missions by first day, and the law with the office's readings."""

    entry: date
    taken: tuple[Taken, ...]
    law: Law

    def plus(self, one: Taken) -> "Rights":
        """The same career, with one mission more."""
        return replace(self, taken=tuple(sorted((*self.taken, one), key=lambda taken: taken.first)))

    def of(self, right: Right) -> Iterator[Taken]:
        return (one for one in self.taken if one.right == right)

    def figure(self, parameter: Any, on: date) -> int:
        """A figure on a day; what came before the décret is measured by it, since the whole career counts (III)."""
        value: int = self.law.value(parameter, max(on, IN_FORCE))
        return value

    def charge(self, part: Span) -> int:
        """What a part of a mission costs: whole months, then days; or its calendar days."""
        assert part.last is not None
        if self.law.choice(MT_UNIT) == "calendar_days":
            return (next_day(part.last) - part.first).days
        months, days = split(part.first, part.last)
        return months * MONTH + days

    # -- The stretches and the periods ---------------------------------------------------------------

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The career cut by its anticipations; one that starts inside the eight years of another opens none."""
        found, start = [], self.entry
        for one in self.of("anticipated"):
            if one.first < start:
                continue
            if start < one.first:
                found.append(Stretch(start, eve(one.first)))
            start = add_months(one.first, self.figure(MISSION_BLOCK_MONTHS, one.first))
            found.append(Stretch(one.first, eve(start), one))
        return (*found, Stretch(start, None))

    def stretch(self, day: date) -> Stretch:
        """The stretch that holds a day, from the entry on."""
        return next(stretch for stretch in self.stretches if stretch.span.covers(day))

    def two_years(self, anchor: date, day: date) -> Span:
        """The two years that hold a day, before any anticipation cuts them."""
        reading = self.law.choice(MT_WINDOW)
        if reading == "civil":
            year = day.year - (day.year + 1) % 2
            return Span(date(year, 1, 1), date(year + 1, 12, 31))
        months = self.figure(MISSION_WINDOW_MONTHS, day)
        if reading == "rolling":
            return Span(add_months(day, -months), eve(day))
        return period(anchor, day, months)

    def windows(self, span: Span) -> Iterator[Span]:
        """The two-year periods that meet a span, outside the years taken in advance; rolling ones begin in it."""
        for stretch in self.stretches:
            part = span.within(stretch.span) if stretch.opener is None else None
            if part is None or part.last is None:
                continue
            day = part.first
            if self.law.choice(MT_WINDOW) == "rolling":
                months = self.figure(MISSION_WINDOW_MONTHS, day)
                every = (Span(start, eve(add_months(start, months))).within(stretch.span) for start in part.days())
                yield from (window for window in every if window is not None)
                continue
            while day <= part.last:
                window = self.two_years(stretch.first, day).within(stretch.span)
                assert window is not None
                yield window
                if window.last is None:
                    break
                day = next_day(window.last)

    def parts(self, one: Taken, outer: Span) -> Iterator[Span]:
        """The parts of a mission inside a span, cut at the borders of the two-year periods."""
        part = one.span.within(outer)
        while part is not None and part.last is not None:
            stretch = self.stretch(part.first)
            cuts = stretch.opener is None and self.law.choice(MT_WINDOW) != "rolling"
            cut = part.within(self.two_years(stretch.first, part.first)) if cuts else part
            assert cut is not None
            assert cut.last is not None
            yield cut
            part = Span(next_day(cut.last), part.last) if cut.last < part.last else None

    def eight_years(self) -> Iterator[Span]:
        """The eight-year periods that run whole, without end; one that an anticipation breaks is none."""
        for stretch in self.stretches:
            start = stretch.first
            while stretch.last is None or start <= stretch.last:
                whole = period(stretch.first, start, self.figure(MISSION_BLOCK_MONTHS, stretch.first))
                if whole.last is None or (stretch.last is not None and whole.last > stretch.last):
                    break
                yield whole
                start = next_day(whole.last)

    def over(self, on: date) -> tuple[Span, ...]:
        """The eight-year periods that are over on a day."""
        return tuple(takewhile(lambda whole: whole.last is not None and whole.last < on, self.eight_years()))

    # -- The accounts --------------------------------------------------------------------------------

    def ordinary(self, day: date) -> Account:
        """What the two years of a day open; nothing inside years taken in advance."""
        stretch = self.stretch(day)
        if stretch.opener is not None:
            return Account(stretch.span, ())
        starts = [Span(day, day)]
        if self.law.choice(MT_WINDOW) == "rolling":  # the fullest begins with the first of them, or inside a mission
            months = self.figure(MISSION_WINDOW_MONTHS, day)
            first = max(stretch.first, add_months(next_day(day), -months))
            begun = (one.span.within(Span(first, day)) for one in self.of("ordinary"))
            starts = [Span(first, next_day(first)), *(part for part in begun if part is not None)]
        windows = (window for start in starts for window in self.windows(start) if window.covers(day))
        return min(map(self.ordinary_in, windows), key=lambda account: account.balance)

    def ordinary_in(self, window: Span) -> Account:
        stretch = self.stretch(window.first)
        before = next((one for one in self.stretches if one.last == eve(stretch.first)), None)
        opener = before.opener if before else None
        source, case = ("AnticipatedBlockOpened", opener.case) if opener else ("hu_entry_on", None)
        units = self.figure(MISSION_MONTHS, window.first) * MONTH
        opened = Entry(window.first, "ordinary", "opened", units, source, case, BASIS["ordinary"])
        return Account(window, (opened, *self.charges("ordinary", "taken", "ordinary", window)))

    def charges(self, right: Right, kind: Kind, account: Right, outer: Span) -> Iterator[Entry]:
        """What missions under a right cost inside a span, as entries of an account."""
        for one in self.of(right):
            for part in self.parts(one, outer):
                yield self.cost(one, part, kind, account)

    def cost(self, one: Taken, part: Span, kind: Kind, account: Right) -> Entry:
        return Entry(part.first, account, kind, -self.charge(part), one.source, one.case, BASIS[account])

    def running(self, stretch: Stretch) -> Span | None:
        """The days before an anticipation of the two years that run on its first day."""
        before = next((one for one in self.stretches if one.last == eve(stretch.first) and one.opener is None), None)
        return self.two_years(before.first, stretch.first).within(before.span) if before else None

    def anticipated_in(self, stretch: Stretch) -> Account:
        """Twelve months for eight years, less ordinary missions of the two years they interrupt, or inside them."""
        opener, running = stretch.opener, self.running(stretch)
        assert opener is not None
        units = self.figure(MISSION_ANTICIPATED_MONTHS, stretch.first) * MONTH
        entries = [self.opened(opener, units)]
        if running is not None and self.law.choice(MT_DEDUCT_CURRENT_WINDOW):
            before = self.charges("ordinary", "deducted", "anticipated", running)
            entries += [entry for entry in before if opener.deducted is None or entry.case in opener.deducted]
        entries += self.charges("ordinary", "deducted", "anticipated", stretch.span)
        shared = (one for one in self.of("anticipated") if stretch.span.covers(one.first) and one.case)
        entries += (self.cost(one, one.span, "taken", "anticipated") for one in shared)
        return Account(stretch.span, tuple(entries))

    def opened(self, opener: Taken, units: int) -> Entry:
        """What an anticipation opens, or would open on a day without any (no case)."""
        source = "AnticipatedBlockOpened" if opener.granted else opener.source if opener.case else "hu_entry_on"
        basis = BASIS["anticipated"]
        return Entry(opener.first, "anticipated", "opened", units, source, opener.case or None, basis)

    def anticipated(self, day: date) -> Account:
        """What may be taken in advance on a day: the rest of the years in advance, or what would open that day."""
        if self.law.in_force(MISSION_ANTICIPATED_MONTHS, day) is None:
            return Account(None, ())
        if self.stretch(day).opener is not None:
            return self.anticipated_in(self.stretch(day))
        supposed = self.plus(Taken("", "anticipated", day, eve(day), day, granted=False))
        return supposed.anticipated_in(supposed.stretch(day))

    def left_by(self, whole: Span) -> Account:
        """What an eight-year period leaves once it is over."""
        assert whole.last is not None
        stretch, basis = self.stretch(whole.first), BASIS["carry_over"]
        if stretch.opener is not None:
            opened, *used = self.anticipated_in(stretch).entries
            units = opened.units
        else:
            months = self.figure(MISSION_BLOCK_MONTHS, whole.first) // self.figure(MISSION_WINDOW_MONTHS, whole.first)
            units = months * self.figure(MISSION_MONTHS, whole.first) * MONTH
            used = list(self.charges("ordinary", "used", "carry_over", whole))
        entries = [Entry(next_day(whole.last), "carry_over", "credited", units, "CarryOverCredited", NAME, basis)]
        for entry in used:  # five civil periods may touch eight years: the credit is then none, never less
            taken = max(entry.units, -units)
            units += taken
            entries.append(replace(entry, right="carry_over", kind="used", units=taken, basis=basis))
        return Account(whole, tuple(entries))

    def carry_over(self, on: date) -> Account:
        """The credit that exists on a day, less the missions asked against it."""
        every = self.law.choice(MT_CARRY_OVER) == "cumulative"
        credited = self.over(on) if every else self.over(on)[-1:]
        entries = [entry for whole in credited for entry in self.left_by(whole).entries]
        for one in self.of("carry_over"):
            against = self.over(one.asked_on)
            if len(against) <= len(credited) if every else against[-1:] == credited:
                entries.append(self.cost(one, one.span, "taken", "carry_over"))
        return Account(credited[-1] if credited else None, tuple(entries))

    def lacking(self, *rights: Right) -> int:
        """What the accounts on which these rights are charged lack in all."""
        accounts: list[Account] = []
        if "ordinary" in rights:
            windows = dict.fromkeys(window for one in self.of("ordinary") for window in self.windows(one.span))
            accounts += map(self.ordinary_in, windows)
        if "anticipated" in rights:
            accounts += (self.anticipated_in(stretch) for stretch in self.stretches if stretch.opener is not None)
        if "carry_over" in rights:
            days = {self.over(one.asked_on): one.asked_on for one in self.of("carry_over")}
            accounts += map(self.carry_over, days.values())
        return sum(max(0, -account.balance) for account in accounts)

    def ledger(self, day: date) -> Iterator[dict[str, Any]]:
        """The entries that make the balances of a day."""
        for account in (self.ordinary(day), self.anticipated(day), self.carry_over(day)):
            yield from account.lines()


def rights(context: Context, but: str = "", *, granted: bool = False) -> Rights | None:
    """The rights of the agent, pending missions counted unless only granted ones are; None without a known entry."""
    entry = Career(context).facts.hu_entry_on
    if entry is None:
        return None
    found = (one for one in _taken(context) if one.case != but and (one.granted or not granted))
    return Rights(entry, tuple(sorted(found, key=lambda one: one.first)), context.law)


def _taken(context: Context) -> Iterator[Taken]:
    """The missions that were asked or took place; one closed before its first day did not."""
    for case in context.cases(MISSION):
        one: Taken | None = case.state.taken()
        if one is not None and (case.closed_on is None or (one.granted and one.first < case.closed_on)):
            yield one


# -- What time brings --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Credits:
    """The credits recorded so far, by the day after the eight years they come from."""

    units: Mapping[date, int] = field(default_factory=dict)


class CarryOverCredited(Event):
    """What eight years leave may now be taken; said again for the same day, it replaces what was said."""

    months: int
    weeks: int
    days: int


def credited(account: Account, on: date) -> CarryOverCredited:
    return CarryOverCredited(on=on, basis=BASIS["carry_over"], **length(account.balance))


def deadlines(context: Context, credits_: Credits) -> Iterator[Deadline]:
    known = rights(context, granted=True)
    if known is None:
        return
    ends = (next_day(whole.last) for whole in known.eight_years() if whole.last is not None)
    due = next(day for day in ends if day not in credits_.units)
    yield automatic("mission_temporaire_block_end", due, BASIS["carry_over"], "carry_over_credited")


def lapse(context: Context, _: Credits, deadline: Deadline) -> Iterator[Event]:
    known = rights(context, granted=True)
    if deadline.kind != "mission_temporaire_block_end" or known is None:
        raise UnknownEvent(deadline.kind)
    yield credited(known.left_by(known.over(deadline.due)[-1]), deadline.due)


def react(context: Context, credits_: Credits, _: tuple[Event, ...]) -> Iterator[Event]:
    """An act that comes after the end of eight years may change what they leave."""
    known = rights(context, granted=True) if credits_.units else None
    for whole in known.over(context.on) if known else ():
        day = next_day(whole.last) if whole.last else context.on
        account = known.left_by(whole) if known else None
        if account is not None and credits_.units.get(day, account.balance) != account.balance:
            yield credited(account, day)


def evolve(credits_: Credits, event: Event) -> Credits:
    match event:
        case CarryOverCredited(on=on, months=months, weeks=weeks, days=days):
            return Credits({**credits_.units, on: months * MONTH + weeks * WEEK + days})
    raise UnknownEvent(event.name())


def _nothing(*_: Any) -> Iterable[Any]:
    return ()


PROCEDURE = Procedure(
    name=NAME,
    subject="agent",
    articles=(ART_MISSION,),
    commands=(),
    events=(CarryOverCredited,),
    rules=_nothing,
    decide=_nothing,
    evolve=evolve,
    status=lambda _: "open",
    statuses=("open",),
    deadlines=deadlines,
    lapse=lapse,
    react=react,
    standing=True,
    initial=Credits(),
)
