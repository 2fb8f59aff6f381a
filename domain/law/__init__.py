"""The law as values: articles, dated parameters, choices of reading, and the edition that binds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, Generic, TypeVar

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from domain.authorities import AUTHORITIES

T = TypeVar("T")

MOST_UNITS = 600  # the longest reminder or limit, in months or days, that an office may set


class LawError(Exception):
    """The law was read where it says nothing: a fault of the program, never a refusal."""


class NotCovered(LawError):
    """A parameter was read on a day that none of its versions covers."""


@dataclass(frozen=True, slots=True, order=True)
class Article:
    """A place in a text, `TEXT:article[.paragraph]`, for example `D2021-1645:28-2.2`."""

    text: str
    number: str
    paragraph: str = ""

    def __str__(self) -> str:
        return f"{self.text}:{self.number}" + (f".{self.paragraph}" if self.paragraph else "")

    def par(self, paragraph: int | str) -> "Article":
        """The same article, at one paragraph."""
        return Article(self.text, self.number, str(paragraph))

    @property
    def whole(self) -> "Article":
        """The article without its paragraph."""
        return Article(self.text, self.number) if self.paragraph else self

    def covers(self, other: "Article") -> bool:
        """Whether `other` is this place, or a finer one within it."""
        return str(other) == str(self) or str(other).startswith(f"{self}.")

    @classmethod
    def parse(cls, ref: object) -> "Article":
        """Read `TEXT:article[.paragraph]`; ValueError when it is not of that form."""
        if isinstance(ref, Article):
            return ref
        if not isinstance(ref, str):
            raise ValueError("a legal basis is a string")
        known = _ARTICLES.get(ref)
        if known is None:
            text, colon, rest = ref.partition(":")
            number, _, paragraph = rest.partition(".")
            if not (text and colon and number):
                raise ValueError(f"{ref!r} is not of the form TEXT:article[.paragraph]")
            known = _ARTICLES[ref] = cls(text, number, paragraph)
        return known


_ARTICLES: dict[str, Article] = {}

ArticleRef = Annotated[
    Article,
    PlainValidator(Article.parse),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["D2021-1645:28-2"]}),
]


@dataclass(frozen=True, slots=True)
class Provision:
    """What is known of an article: its title, a paraphrase in our words, and when it is in force."""

    article: Article
    title: str
    paraphrase: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """A reading of the law, or an office setting, with its default and the values it may take.

    `alternatives` lists the other values; None takes any value of the default's type (or of the type `of`,
    beside a default of None).
    `outside` marks a reading that rests on law which is not in the sources.
    """

    key: str
    default: T
    alternatives: tuple[T, ...] | None
    why: str
    outside: bool = False
    of: type | None = None

    def read(self, value: Any) -> T:
        """The value as this choice takes it; ValueError names what is allowed."""
        if isinstance(self.default, date) and isinstance(value, str):
            value = date.fromisoformat(value)
        if isinstance(self.default, tuple) and isinstance(value, list):
            value = tuple(value)
        if self.alternatives is not None:
            allowed = (self.default, *self.alternatives)
            if not any(value == one and type(value) is type(one) for one in allowed):
                raise ValueError(f"{self.key}: {value!r} is not one of {list(allowed)!r}")
        elif isinstance(value, tuple):
            if not value or not AUTHORITIES.issuperset(value):
                raise ValueError(f"{self.key}: a list of authority codes is expected, at least one")
        elif type(value) is int and not 0 <= value <= MOST_UNITS:
            raise ValueError(f"{self.key}: a number from 0 to {MOST_UNITS} is expected")
        elif value is not None and type(value) is not (self.of or type(self.default)):
            raise ValueError(f"{self.key}: a {(self.of or type(self.default)).__name__} is expected")
        result: T = value
        return result


@dataclass(frozen=True, slots=True)
class Version(Generic[T]):
    """A value, the first day it applies (a date, or the choice that sets it), its article.

    `value` None after a date means that the rule was repealed.
    """

    since: "date | Choice[date]"
    value: T
    source: Article


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """A figure of the law, in dated versions, oldest first."""

    name: str
    versions: tuple[Version[T], ...]
    checked_on: date


@dataclass(frozen=True)
class Law:
    """The law as encoded in this edition, with the choices of the office."""

    edition: str
    choices: Mapping[str, Any] = field(default_factory=dict)

    def choice(self, choice: Choice[T]) -> T:
        """The office's value for this choice, or its default."""
        value: T = self.choices.get(choice.key, choice.default)
        return value

    def in_force(self, parameter: Parameter[T], on: date) -> Version[T] | None:
        """The version of the parameter that applies on this day, or None before the first."""
        found: Version[T] | None = None
        for version in parameter.versions:
            since = version.since
            if (since if isinstance(since, date) else self.choice(since)) <= on:
                found = version
        return found

    def value(self, parameter: Parameter[T], on: date) -> T:
        """The parameter's value on this day; NotCovered when no version applies."""
        version = self.in_force(parameter, on)
        if version is None:
            raise NotCovered(f"{parameter.name} has no version on {on.isoformat()}")
        return version.value

    @cached_property
    def reference(self) -> str:
        """The edition, and a short digest of the choices that differ from their defaults."""
        if not self.choices:
            return self.edition
        said = "\n".join(f"{key}={self.choices[key]!r}" for key in sorted(self.choices))
        return f"{self.edition}+{sha256(said.encode()).hexdigest()[:12]}"
