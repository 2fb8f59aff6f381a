"""What a page shows, computed before the template: nothing here knows a procedure by its name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters import words
from adapters.http.forecast import Coming
from adapters.http.possible import Possible, waits
from adapters.store.drafts import Draft
from adapters.store.ids import case_id
from adapters.store.register import Recorded
from domain.calendar import add_months
from domain.kernel import Armed, Case, Check, Context, Deadline, Period, Subject
from domain.law import Article, Law

# -- Deadlines -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as a line: when, what, who, under which article."""

    due: date
    count: str
    tone: str
    title: str
    nature: str
    basis: tuple[Article, ...]
    consequence: str
    authority: str
    case: str | None
    case_id: str
    agent_id: str = ""
    agent: str = ""


def due_of(armed: Armed, subject_id: UUID, today: date) -> Due:
    return _due(armed.deadline, str(case_id(subject_id, armed.deadline.case or "")), today, late=armed.fallen)


def due_of_row(row: Any, today: date) -> Due:
    """A line of the agenda."""
    deadline = Deadline(
        kind=row["kind"],
        due=row["due"],
        basis=tuple(Article.parse(ref) for ref in row["basis"]),
        nature=row["nature"],
        consequence=row["consequence"],
        awaits=tuple(row["awaits"]),
        case=row["case_ref"] or None,
    )
    shown = _due(deadline, str(row["case_id"]), today, late=row["fallen_on"] is not None)
    return replace(shown, agent_id=str(row["subject_id"]), agent=name_of(row))


def _due(deadline: Deadline, case: str, today: date, *, late: bool) -> Due:
    left = (deadline.due - today).days
    return Due(
        due=deadline.due,
        count=words.countdown(deadline.due, today),
        tone="late" if late or left < 0 else "soon" if left < 31 else "",
        title=words.DEADLINES[deadline.kind],
        nature=words.NATURES[deadline.nature],
        basis=deadline.basis if deadline.nature == "statutory" else (),
        consequence=words.CONSEQUENCES[deadline.consequence],
        authority=words.awaited(deadline),
        case=deadline.case,
        case_id=case,
    )


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the agenda."""

    title: str
    tone: str
    lines: list[Due]


def grouped(lines: Iterable[Due], today: date) -> list[Group]:
    """En retard, Cette semaine, D'ici un mois, then one group by month."""
    groups: dict[str, Group] = {}
    for line in lines:
        title, tone = _group(line, today)
        groups.setdefault(title, Group(title, tone, [])).lines.append(line)
    return sorted(groups.values(), key=lambda group: (group.tone != "late", group.lines[0].due))


def _group(line: Due, today: date) -> tuple[str, str]:
    if line.tone == "late":
        return "En retard", "late"
    if line.due < today + timedelta(days=7):
        return "Cette semaine", "soon"
    if line.due <= add_months(today, 1):
        return "D'ici un mois", ""
    return words.month(line.due), ""


# -- Events --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a line of history."""

    sentence: str
    on: date
    acted_on: date
    recorded: str
    seq: int
    hash: str
    basis: tuple[Article, ...]
    icon: str
    tone: str
    who: str
    automatic: bool
    quiet: bool
    case: str | None
    warnings: tuple[str, ...]


def told(one: Recorded, authors: Mapping[UUID, Any], zone: ZoneInfo) -> Told:
    author = authors.get(one.command_id)
    automatic = author is not None and author["type"] == "deadline"
    unfavourable = getattr(one.event, "favourable", None) is False
    tone, icon = "ok", "✓"
    if automatic or one.event.bookkeeping:
        tone, icon = "sys", "◷"
    elif unfavourable:
        tone, icon = "no", "✕"
    return Told(
        sentence=words.event(one.event),
        on=one.event.on,
        acted_on=one.event.acted_on,
        recorded=words.moment(one.recorded_at, zone),
        seq=one.seq,
        hash=f"{one.hash.hex()[:4]}…{one.hash.hex()[-4:]}",
        basis=one.event.basis,
        icon=icon,
        tone=tone,
        who="automatique" if automatic else f"saisi par {author['actor']}" if author else "",
        automatic=automatic,
        quiet=one.event.bookkeeping,
        case=one.event.case,
        warnings=tuple(words.warning(code) for code in one.event.warnings),
    )


HISTORIES: Mapping[str, str] = {"actes": "Actes", "tout": "Tout", "automatiques": "Automatiques"}


def history(
    events: Sequence[Recorded], authors: Mapping[UUID, Any], zone: ZoneInfo, wanted: str, case: str | None = None
) -> list[Told]:
    """The events of a dossier or of one case, newest first."""
    shown = [told(one, authors, zone) for one in reversed(events) if case is None or one.event.case == case]
    if wanted == "automatiques":
        return [one for one in shown if one.automatic]
    return shown if wanted == "tout" else [one for one in shown if not one.quiet or not one.case]


# -- Opinions and signatures ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opinion:
    """A line of the table of opinions."""

    authority: str
    tone: str
    said: str
    given_on: date | None
    seq: int | None


def opinions(events: Sequence[Recorded], case: str, found: Sequence[Possible]) -> list[Opinion]:
    """The opinions given in the present round, then those still missing."""
    given: dict[str, Opinion] = {}
    missing: list[str] = []
    for one in found:
        for check in one.best.violations:
            if check.code == "missing_opinion":
                missing += [code for code in check.expected["missing"] if code not in missing]
    for recorded in events:
        by = getattr(recorded.event, "by", None)
        if recorded.event.case == case and isinstance(by, str):
            given[by] = _opinion(recorded, by)
    awaited = [Opinion(words.capital(words.AUTHORITIES[code]), "soon", "◔ Attendu", None, None) for code in missing]
    return [one for code, one in given.items() if code not in missing] + awaited


def _opinion(recorded: Recorded, by: str) -> Opinion:
    favourable = getattr(recorded.event, "favourable", None)
    tone, said = {True: ("ok", "✓ Favorable"), False: ("late", "✕ Défavorable"), None: ("", "Réputé rendu")}[favourable]
    return Opinion(words.capital(words.AUTHORITIES[by]), tone, said, recorded.event.acted_on, recorded.seq)


@dataclass(frozen=True, slots=True)
class Signature:
    """A box of the decision: an authority, and whether it has signed."""

    code: str
    authority: str
    signed: bool
    by: str
    mine: bool


def signatures(required: Sequence[str], draft: Draft | None, who: Any, zone: ZoneInfo) -> list[Signature]:
    signed = draft.signed if draft else {}
    return [
        Signature(
            code,
            words.capital(words.AUTHORITIES[code]),
            code in signed,
            signed_by(signed[code], zone) if code in signed else "",
            who.signs_for(code),
        )
        for code in required
    ]


def signed_by(signature: Mapping[str, str], zone: ZoneInfo) -> str:
    return f"{signature['name']}, le {words.moment(datetime.fromisoformat(signature['at']), zone)}"


# -- Rules ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the control of rules."""

    code: str
    mark: str
    tone: str
    label: str
    detail: str
    basis: tuple[Article, ...]


def rule(check: Check) -> Rule:
    if check.met:
        return Rule(check.code, "✓", "ok", words.rule(check), "", check.basis)
    said = words.refusal(check)
    mark, tone = ("◔", "soon") if waits(check) else ("✕", "late")
    return Rule(check.code, mark, tone, said.title, said.detail, check.basis)


def rules(checks: Iterable[Check]) -> list[Rule]:
    """Each rule once: what is not met first among the same codes."""
    kept: dict[str, Check] = {}
    for check in checks:
        if check.code not in kept or not check.met:
            kept[check.code] = check
    return [rule(check) for check in kept.values()]


@dataclass(frozen=True, slots=True)
class Error:
    """An error of a form: its field, its sentence, where the rule is written, what would be accepted."""

    field: str | None
    title: str
    detail: str
    basis: tuple[Article, ...] = ()
    code: str = ""
    suggestion: tuple[tuple[str, str], ...] = ()


def error(check: Check) -> Error:
    said = words.refusal(check)
    suggested = tuple((words.FIELDS[name].label, words.value(name, value)) for name, value in check.suggestion.items())
    return Error(check.field, said.title, said.detail, check.basis, check.code, suggested)


# -- The future ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """A line of the foreseeable calendar."""

    due: date
    title: str
    who: str
    events: tuple[str, ...]
    basis: tuple[Article, ...]


def calendar(coming: Iterable[Coming]) -> list[Day]:
    return [
        Day(
            one.deadline.due,
            words.DEADLINES[one.deadline.kind],
            words.awaited(one.deadline),
            tuple(words.event(event) for event in one.events),
            one.deadline.basis,
        )
        for one in coming
    ]


# -- The dossier ---------------------------------------------------------------------------------------


def name_of(row: Any) -> str:
    """Surname first, or the beginning of the identifier when nobody gave a name."""
    if row is None or not row["family_name"]:
        return "Sans nom" if row is None else f"Dossier {str(row['subject_id'])[:8]}"
    return f"{row['family_name'].upper()} {row['given_name']}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A period of a lane, in words."""

    lane: str
    value: str
    first: str
    last: str
    case: str | None
    granted: bool
    current: bool


def bar(one: Period, today: date) -> Bar:
    current = one.first <= today and (one.last is None or today <= one.last)
    return Bar(
        words.LANES[one.lane],
        words.lane_value(one.lane, one.value),
        "—" if one.first == date.min else words.day(one.first),
        words.day(one.last) if one.last else "—",
        one.case,
        one.granted,
        current,
    )


def lanes(subject: Subject, today: date, law: Law) -> list[Bar]:
    """What the cases put on the timeline, lane by lane."""
    context = Context(today, subject, law)
    order = {name: index for index, name in enumerate(words.LANES)}
    found = sorted(context.timeline, key=lambda one: (order[one.lane], one.first))
    return [bar(one, today) for one in found]


@dataclass(frozen=True, slots=True)
class Section:
    """A card of entitlements."""

    title: str
    lines: list[tuple[str, str]]


def entitlements(values: Mapping[str, Any]) -> list[Section]:
    return [
        Section(words.SECTIONS[name], [line for key, value in part.items() for line in _lines(f"{name}.{key}", value)])
        for name, part in values.items()
    ]


def _lines(name: str, value: Any) -> list[tuple[str, str]]:
    label = words.ENTITLEMENTS[name]
    if isinstance(value, Mapping):
        return [(f"{label} {key}", str(one)) for key, one in value.items()]
    return [(label, figure(name, value))]


def figure(name: str, value: Any) -> str:
    """80 %, 4 843,80 €."""
    if name.startswith("pay."):
        whole, _, cents = str(value).partition(".")
        return f"{int(whole):,}".replace(",", "\N{NARROW NO-BREAK SPACE}") + f",{cents}\N{NARROW NO-BREAK SPACE}€"
    if name.endswith("quotite"):
        return f"{value}\N{NARROW NO-BREAK SPACE}%"
    return words.value(name, value).replace(".", ",")


@dataclass(frozen=True, slots=True)
class CaseCard:
    """A procedure in a list."""

    id: str
    ref: str
    title: str
    status: str
    tone: str
    opened_on: date
    closed: bool


def case_card(subject_id: UUID, case: Case) -> CaseCard:
    return CaseCard(
        str(case_id(subject_id, case.ref)),
        case.ref,
        words.PROCEDURES[case.procedure.name].title,
        status(case),
        "" if case.closed else "soon",
        case.opened_on,
        case.closed,
    )


def status(case: Case) -> str:
    return words.STATUSES[f"{case.procedure.name}.{case.status}"]
