"""Shapes of JSON values: small strict checks that name the place where a statement is not what it should be.

Not a schema language for others: just what statements need, so that whatever reads one later may rely on its form.
"""

import math
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from lockgate.terms.errors import EvidenceError

Shape = Callable[[object, str], None]
"""A check of one value; takes the value and its path, raises `EvidenceError`."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def anything(value: object, path: str) -> None:
    """Accept every value."""


def text(value: object, path: str) -> None:
    """Accept a text."""
    _require(path, "a text", holds=isinstance(value, str))


def flag(value: object, path: str) -> None:
    """Accept true or false."""
    _require(path, "true or false", holds=isinstance(value, bool))


def count(value: object, path: str) -> None:
    """Accept a whole number, 0 or more."""
    _require(path, "a whole number", holds=isinstance(value, int) and not isinstance(value, bool) and value >= 0)


def number(value: object, path: str) -> None:
    """Accept a finite number."""
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    _require(path, "a number", holds=fits)


def day(value: object, path: str) -> None:
    """Accept a day as YYYY-MM-DD."""
    _require(path, "a day", holds=isinstance(value, str) and _DAY.fullmatch(value) is not None)


def matching(pattern: str, meaning: str) -> Shape:
    """Return the shape of texts that a pattern describes whole."""
    compiled = re.compile(pattern)

    def check(value: object, path: str) -> None:
        _require(path, meaning, holds=isinstance(value, str) and compiled.fullmatch(value) is not None)

    return check


def one_of(*words: object) -> Shape:
    """Return the shape of a closed list."""

    def check(value: object, path: str) -> None:
        fits = any(value == word and type(value) is type(word) for word in words)
        _require(path, f"one of {', '.join(map(str, words))}", holds=fits)

    return check


def nullable(shape: Shape) -> Shape:
    """Return the shape of values that may be null."""

    def check(value: object, path: str) -> None:
        if value is not None:
            shape(value, path)

    return check


def list_of(item: Shape) -> Shape:
    """Return the shape of arrays whose items all have one shape."""

    def check(value: object, path: str) -> None:
        if not isinstance(value, list):
            raise _mismatch(path, "an array")
        for at, element in enumerate(value):
            item(element, f"{path}[{at}]")

    return check


def mapping_of(item: Shape) -> Shape:
    """Return the shape of objects with any keys, whose values all have one shape."""

    def check(value: object, path: str) -> None:
        for key, element in _object(value, path).items():
            item(element, f"{path}.{key}")

    return check


def record(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """Return the shape of objects with these members and no others.

    Args:
        required: Members that must be there.
        optional: Members that may be there.
    """
    known = {**required, **(optional or {})}

    def check(value: object, path: str) -> None:
        for name in _object(value, path):
            if name not in known:
                near = get_close_matches(name, known, n=1)
                meant = f", nearest is `{near[0]}`" if near else ""
                raise EvidenceError(f"the statement has an unknown member `{_join(path, name)}`{meant}")
        open_record(known, set(required))(value, path)

    return check


def open_record(known: Mapping[str, Shape], required: set[str] | None = None) -> Shape:
    """Return the shape of objects with these members and perhaps others.

    Args:
        known: Shapes of members by name.
        required: Members that must be there; None means all of them.
    """
    needed = set(known) if required is None else required

    def check(value: object, path: str) -> None:
        members = _object(value, path)
        for name in sorted(needed - set(members)):
            raise EvidenceError(f"the statement lacks the member `{_join(path, name)}`")
        for name, shape in known.items():
            if name in members:
                shape(members[name], _join(path, name))

    return check


def _object(value: object, path: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _mismatch(path, "an object")
    return value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _require(path: str, meaning: str, *, holds: bool) -> None:
    if not holds:
        raise _mismatch(path, meaning)


def _mismatch(path: str, meaning: str) -> EvidenceError:
    return EvidenceError(f"expected {meaning} at `{path or 'statement'}`")
