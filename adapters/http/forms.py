"""A form for any command: its fields drawn from the model, its entries read back into a command."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import NoneType
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from adapters import words
from adapters.http.possible import ENVELOPE, name_of, optional, options
from domain.kernel import Command

Kind = Literal["text", "number", "date", "amount", "choice", "box"]
RADIOS = 4  # beyond, a list is easier to read


@dataclass(frozen=True, slots=True)
class Field:
    """An entry of a form; `name` is dotted when it belongs to a group."""

    name: str
    kind: Kind
    label: str
    hint: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()
    group: str = ""
    default: str = ""

    @property
    def radios(self) -> bool:
        return self.kind == "choice" and self.required and len(self.options) <= RADIOS

    @property
    def id(self) -> str:
        return "champ-" + self.name.replace(".", "-")


def fields(command: type[Command], skipped: frozenset[str] = frozenset()) -> tuple[Field, ...]:
    """The entries of a command, in the order of its model; the day of the act comes last."""
    type_ = command.model_fields["type"].default
    return (*_fields(type_, command, "", skipped | ENVELOPE), _day_of_act(type_))


def _day_of_act(type_: str) -> Field:
    word = words.field(type_, "on")
    return Field("on", "date", word.label, word.hint, required=True)


def _fields(type_: str, model: type[BaseModel], path: str, skipped: frozenset[str]) -> Iterator[Field]:
    for attribute, info in model.model_fields.items():
        name = name_of(attribute, info)
        if name in skipped:
            continue
        dotted = f"{path}.{name}" if path else name
        inner = _model(info.annotation)
        if inner is not None:
            yield from _fields(type_, inner, dotted, frozenset())
            continue
        word = words.field(type_, dotted)
        group = words.field(type_, path).label if path else ""
        kind, choices = _kind(name, info)
        default = info.default if isinstance(info.default, str) and not path else ""
        yield Field(dotted, kind, word.label, word.hint, info.is_required() and not path, choices, group, default)


def _kind(name: str, info: FieldInfo) -> tuple[Kind, tuple[tuple[str, str], ...]]:
    codes = options(info.annotation)
    if codes:
        return "choice", tuple((code, words.capital(words.value(name, code))) for code in codes)
    inner = {one for one in (info.annotation, *get_args(info.annotation)) if isinstance(one, type)} - {NoneType}
    if bool in inner and (info.is_required() or optional(info.annotation)):
        return "choice", (
            ("true", words.capital(words.value(name, True))),
            ("false", words.capital(words.value(name, False))),
        )
    if bool in inner:
        return "box", ()
    if date in inner:
        return "date", ()
    if Decimal in inner or _within(info.annotation, Decimal):
        return "amount", ()
    if int in inner or _within(info.annotation, int):
        return "number", ()
    return ("date", ()) if _within(info.annotation, date) else ("text", ())


def _within(annotation: Any, kind: type) -> bool:
    return annotation is kind or any(_within(one, kind) for one in get_args(annotation))


def _model(annotation: Any) -> type[BaseModel] | None:
    for one in (annotation, *get_args(annotation)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
    return None


# -- Reading back --------------------------------------------------------------------------------------


def read(command: type[Command], shown: tuple[Field, ...], entries: Mapping[str, str]) -> dict[str, Any]:
    """What was entered, as the body of a command; an empty entry is left out."""
    body: dict[str, Any] = {
        name_of(attribute, info): {}
        for attribute, info in command.model_fields.items()
        if info.is_required() and _model(info.annotation)
    }
    for field in shown:
        entered = entries.get(field.name, "").strip()
        if entered:
            *groups, last = field.name.split(".")
            place = body
            for group in groups:
                place = place.setdefault(group, {})
            place[last] = _value(field, entered)
    return body


def _value(field: Field, entered: str) -> Any:
    match field.kind:
        case "number":
            plain = entered.removesuffix("%").strip()
            return int(plain) if plain.removeprefix("-").isdecimal() and len(plain) < 10 else entered
        case "date":
            return iso(entered)
        case "amount":
            return (
                entered.replace("\N{NO-BREAK SPACE}", "")
                .replace("\N{NARROW NO-BREAK SPACE}", "")
                .replace(" ", "")
                .replace(",", ".")
            )
        case "box":
            return True
        case "choice" if entered in ("true", "false"):
            return entered == "true"
        case _:
            return entered


def iso(entered: str) -> str:
    """12/03/2026 as 2026-03-12; anything else as it is, for the command to refuse."""
    parts = entered.replace(".", "/").split("/")
    if len(parts) == 3 and all(part.isdecimal() for part in parts) and len(parts[2]) == 4:
        return f"{parts[2]}-{parts[1]:0>2}-{parts[0]:0>2}"
    return entered


def shown_value(field: Field, value: Any) -> str:
    """A value of a command as the form shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.kind == "date" and isinstance(value, str) and words.ISO_DAY.fullmatch(value):
        return words.value(field.name, value)
    return "" if value is None else str(value)


def summary(shown: tuple[Field, ...], body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a command says, as lines to confirm."""
    for field in shown:
        value: Any = body
        for part in field.name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is not None:
            yield field.label, words.capital(words.value(field.name.rpartition(".")[2], value))
