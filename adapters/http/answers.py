"""What the API says of subjects, cases, deadlines and events, as JSON values."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from adapters import words
from adapters.http.forecast import Coming
from adapters.http.possible import Possible
from adapters.http.problems import basis_json, violation_json
from adapters.store.ids import case_id
from adapters.store.persons import Person
from adapters.store.register import Recorded
from domain.kernel import Armed, Case, Check, Context, Deadline, Period, Subject
from domain.law import Article, Law
from domain.simulation import event_json

PERSONAL = ("matricule", "family_name", "given_name", "birth_date", "email", "discipline", "service", "establishment")


def recorded(one: Recorded) -> dict[str, Any]:
    """An event at its place in the register."""
    return event_json(one.event) | {
        "title": words.event(one.event),
        "acted_on": one.event.acted_on.isoformat(),
        "law": one.event.law,
        "seq": one.seq,
        "pos": one.pos,
        "command_id": str(one.command_id),
        "recorded_at": instant(one.recorded_at),
        "hash": one.hash.hex(),
    }


def instant(at: Any) -> str:
    """An instant of RFC 3339, in UTC."""
    said: str = at.isoformat()
    return said.replace("+00:00", "Z")


def case(subject_id: UUID, one: Case) -> dict[str, Any]:
    return {
        "id": str(case_id(subject_id, one.ref)),
        "ref": one.ref,
        "agent": str(subject_id),
        "procedure": one.procedure.name,
        "title": words.PROCEDURES[one.procedure.name].title,
        "status": one.status if one.state is not None else None,
        "closed": one.closed,
        "opened_on": None if one.procedure.standing else one.opened_on.isoformat(),
    }


def deadline(one: Deadline) -> dict[str, Any]:
    return {
        "case": one.case,
        "kind": one.kind,
        "title": words.DEADLINES[one.kind],
        "due": one.due.isoformat(),
        "nature": one.nature,
        "basis": basis_json(one.basis),
        "consequence": one.consequence,
        "awaits": list(one.awaits),
    }


def armed(one: Armed) -> dict[str, Any]:
    """A deadline in force; late when it has fallen and an act is still awaited."""
    return deadline(one.deadline) | {"armed_on": one.armed_on.isoformat(), "late": one.fallen}


def deadlines(subject: Subject, ref: str | None = None) -> list[dict[str, Any]]:
    """The deadlines in force by date, of one case or of all."""
    found = [one for one in subject.armed.values() if ref in (None, one.deadline.case)]
    return [armed(one) for one in sorted(found, key=lambda one: one.deadline.due)]


def check(one: Check) -> dict[str, Any]:
    """A rule that was tested, met or not."""
    if not one.met:
        return violation_json(one) | {"met": False, "label": words.rule(one)}
    return {"code": one.code, "met": True, "label": words.rule(one), "field": one.field, "basis": basis_json(one.basis)}


def coming(one: Coming) -> dict[str, Any]:
    """A day of the forecast."""
    return deadline(one.deadline) | {"automatic": one.automatic, "events": [event_json(e) for e in one.events]}


def possibility(one: Possible) -> dict[str, Any]:
    """A command that may be asked now, or why it may not."""
    return {
        "type": one.name,
        "title": words.COMMANDS[one.name],
        "possible": one.offered and not one.obstacles,
        "why_not": [violation_json(check) for check in one.obstacles],
    }


def period(one: Period) -> dict[str, Any]:
    return {
        "lane": one.lane,
        "value": one.value,
        "first": None if one.first == date.min else one.first.isoformat(),
        "last": one.last and one.last.isoformat(),
        "case": one.case,
        "granted": one.granted,
    }


def person(one: Person | None) -> dict[str, Any] | None:
    if one is None:
        return None
    said = {name: getattr(one, name) for name in PERSONAL}
    return said | {"birth_date": one.birth_date and one.birth_date.isoformat()}


def agent(subject_id: UUID, subject: Subject, on: date, law: Law, who: Person | None) -> dict[str, Any]:
    """What is known of an agent on a day."""
    context = Context(on, subject, law)
    return {
        "id": str(subject_id),
        "version": subject.version,
        "effective_on": on.isoformat(),
        "person": person(who),
        "cases": [case(subject_id, one) for one in subject.cases.values()],
        "periods": [period(one) for one in context.timeline],
        "deadlines": deadlines(subject),
    }


def entitlements_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each figure that an act has changed."""
    old, new = flat(before), flat(after)
    names = sorted(old.keys() | new.keys())
    return [{"name": n, "before": old.get(n), "after": new.get(n)} for n in names if old.get(n) != new.get(n)]


def flat(values: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Nested sections as dotted names."""
    found: dict[str, Any] = {}
    for name, one in values.items():
        where = f"{path}.{name}" if path else name
        found |= flat(one, where) if isinstance(one, Mapping) else {where: one}
    return found


def fold(kind: str, subject_id: UUID, registry: Any, history: Iterable[Recorded]) -> Subject:
    """The subject after part of its history."""
    return Subject.new(str(subject_id), kind, registry).fold(one.event for one in history)


def basis_of(refs: Iterable[str]) -> list[dict[str, Any]]:
    """Where a rule is written, from the references of a view."""
    return basis_json(tuple(Article.parse(ref) for ref in refs))
