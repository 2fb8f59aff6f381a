"""What may be asked of a subject now, and why not: every command is tried on a copy, over its few choices."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import uuid4

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.kernel import Check, Command, Opening, Procedure, Subject, submit
from domain.law import Law
from domain.simulation import InputError, read_command

MOST_TRIALS = 64
ENVELOPE = frozenset({"type", "case"})


@dataclass(frozen=True, slots=True)
class Trial:
    """A command that was tried, and every rule that it was put to."""

    body: Mapping[str, Any]
    checks: tuple[Check, ...]

    @property
    def violations(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.met)

    @property
    def final(self) -> bool:
        """Whether what is refused leaves nothing to fill in, wait for or sign."""
        return any(check.field is None and not waits(check) for check in self.violations)


@dataclass(frozen=True, slots=True)
class Possible:
    """A command by its public name, and the best of its trials: the one that leaves the least to do."""

    name: str
    command: type[Command]
    procedure: Procedure
    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        return min(self.trials, key=lambda trial: (trial.final, len(trial.violations)))

    @property
    def offered(self) -> bool:
        """Whether some way of asking it may be accepted, now or once something is done."""
        return not self.best.final

    @property
    def obstacles(self) -> tuple[Check, ...]:
        """What stands in the way whatever is filled in."""
        return tuple(check for check in self.best.violations if check.field is None)


def waits(check: Check) -> bool:
    """Whether a rule awaits what somebody must still do, or a day that will come."""
    return check.code.startswith("missing_") or (check.field is None and "earliest" in check.expected)


def possible(subject: Subject, procedure: Procedure, case: str | None, on: date, law: Law) -> Iterator[Possible]:
    """Every command of a procedure, on one of its cases; on a new case when none is named."""
    for command in procedure.commands:
        if procedure.standing or issubclass(command, Opening) is (case is None):
            trials = tuple(_trials(subject, command, case, on, law))
            if trials:
                yield Possible(_type(command), command, procedure, trials)


def signatories(one: Possible, by: str = "by") -> tuple[str, ...]:
    """The authorities that must all sign this command; none when it takes no joint signature."""
    for trial in one.trials:
        for check in trial.checks:
            if check.code == "missing_authority":
                required: tuple[str, ...] = tuple(check.suggestion.get(by) or trial.body[by])
                return required
    return ()


def options(annotation: Any) -> tuple[Any, ...]:
    """The codes an annotation allows, through unions, tuples and metadata."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(dict.fromkeys(one for inner in get_args(annotation) for one in options(inner)))


def name_of(name: str, info: FieldInfo) -> str:
    """The public name of a field."""
    return info.alias or name


def optional(annotation: Any) -> bool:
    return NoneType in get_args(annotation)


def _type(command: type[Command]) -> str:
    name: str = command.model_fields["type"].default
    return name


def _trials(subject: Subject, command: type[Command], case: str | None, on: date, law: Law) -> Iterator[Trial]:
    fields = {name_of(n, i): i for n, i in command.model_fields.items() if n not in ENVELOPE}
    ways = [[(name, way) for way in _ways(name, info, on)] for name, info in fields.items()]
    fixed = {"type": _type(command), **_case(command, case)}
    for chosen in itertools.islice(itertools.product(*ways), MOST_TRIALS):
        body = {**fixed, **{name: way for name, way in chosen if way is not None}}
        try:
            asked = read_command(subject.registry, body)
        except InputError:
            continue  # two fields that exclude each other
        yield Trial(body, submit(subject, asked, on, law).checks)


def _case(command: type[Command], case: str | None) -> dict[str, str]:
    if issubclass(command, Opening):
        return {"case": f"x{uuid4().hex}"}
    return {"case": case} if case is not None and command.model_fields["case"].is_required() else {}


def _ways(name: str, info: FieldInfo, on: date) -> tuple[Any, ...]:
    """The values worth trying for a field: each choice, and one value where only the person can choose."""
    annotation = info.annotation
    if name == "by" and options(annotation):
        codes = options(annotation)
        return (codes[-1],)  # whoever must sign beside it is then named by the refusal
    if options(annotation):
        return options(annotation) if info.is_required() else tuple(dict.fromkeys((info.default, *options(annotation))))
    if not info.is_required() and optional(annotation):
        return (None, _sample(annotation, on))
    if base(annotation) is bool:
        return (True, False) if info.is_required() else (None, True)
    return (_sample(annotation, on),) if info.is_required() else (None,)


def base(annotation: Any) -> Any:
    """The type under an annotation, without None and without constraints."""
    if get_origin(annotation) is Annotated:
        return base(get_args(annotation)[0])
    if NoneType in get_args(annotation):
        return base(next(one for one in get_args(annotation) if one is not NoneType))
    return annotation


def _sample(annotation: Any, on: date) -> Any:
    inner = base(annotation)
    if inner is date:
        return on.isoformat()
    if inner is int:
        return 6
    if inner is Decimal:
        return "1"
    if inner is bool:
        return True
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return {}
    return "x"
