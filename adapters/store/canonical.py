"""The one way a value is written as bytes: RFC 8785 restricted to what has a single writing everywhere.

No floats, integers below 2^53, NFC strings, ASCII keys: within these bounds sorted orjson writes the same
bytes as RFC 8785.
"""

from collections.abc import Mapping
from typing import Any
from unicodedata import is_normalized, normalize

import orjson

LARGEST = 2**53 - 1


class NotCanonical(ValueError):
    """A value that could be written in two ways."""


def dumps(value: Any) -> bytes:
    """The canonical bytes of a JSON value; NotCanonical when it has none."""
    _check(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise NotCanonical(str(error)) from error


def loads(written: bytes) -> Any:
    """The value written in these bytes."""
    return orjson.loads(written)


def normalised(value: Any) -> Any:
    """The same JSON value with its strings in NFC: what to do with what people type, before it is kept."""
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, Mapping):
        return {key: normalised(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [normalised(item) for item in value]
    return value


def _check(value: Any) -> None:
    kind = type(value)
    if kind is str:
        if not value.isascii() and not is_normalized("NFC", value):
            raise NotCanonical("a string is not in NFC")
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise NotCanonical(f"{key!r} is not an ASCII key")
            _check(item)
    elif kind is list or kind is tuple:
        for item in value:
            _check(item)
    elif kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise NotCanonical(f"{value} is beyond 2^53")
    elif kind is not bool and value is not None:
        raise NotCanonical(f"{kind.__name__} has no canonical form")
