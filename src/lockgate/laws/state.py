"""The state of the law data under which a decision was made, so that a later reader can say what has changed since.

Not the law data themselves: versions by day stand in them already. Here is what of them a statement keeps: a hash of
each instrument's text and readings, and the numbers and lists of the articles in force on the day.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lockgate.laws.body import Laws
from lockgate.laws.instrument import Version

_DIGITS = 16


def describe_laws(laws: Laws, day: date) -> dict[str, Any]:
    """Return the state of the law data on a day, JSON values only.

    Args:
        laws: The coded instruments.
        day: The day whose law decides.
    """
    in_force = list(_in_force(laws, day))
    return {
        "stamp": laws.stamp,
        "instruments": dict(laws.digests),
        "numbers": {
            citation: {name: f"{item.boundary} {item.value} {item.unit}" for name, item in version.numbers.items()}
            for citation, version in in_force
            if version.numbers
        },
        "lists": {citation: _digest(version.lists) for citation, version in in_force if version.lists},
    }


def differing_laws(recorded: Mapping[str, Any], laws: Laws, day: date) -> tuple[str, ...]:
    """Return what is not as it was in the law data for a day, one phrase each: numbers, lists, texts and readings.

    Args:
        recorded: As `describe_laws` gave it.
        laws: The coded instruments now.
        day: The day whose law decided.
    """
    now = describe_laws(laws, day)
    found = []
    for citation in sorted(recorded["numbers"].keys() | now["numbers"].keys()):
        before, after = recorded["numbers"].get(citation, {}), now["numbers"].get(citation, {})
        found += [
            f"{citation}: {name} was `{before.get(name, 'not there')}`, is `{after.get(name, 'not there')}`"
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        ]
    lists = recorded["lists"].keys() | now["lists"].keys()
    found += [
        f"{citation}: its lists are others"
        for citation in sorted(lists)
        if recorded["lists"].get(citation) != now["lists"].get(citation)
    ]
    texts = recorded["instruments"].keys() | now["instruments"].keys()
    changed = [name for name in sorted(texts) if recorded["instruments"].get(name) != now["instruments"].get(name)]
    return (*found, f"text or reading changed: {', '.join(changed)}") if changed else tuple(found)


def _in_force(laws: Laws, day: date) -> Iterator[tuple[str, Version]]:
    for instrument in laws.instruments:
        for article in instrument.articles:
            version = article.version_on(day)
            if version is not None:
                yield f"{instrument.id} {article.number}", version


def _digest(lists: Mapping[str, tuple[str, ...]]) -> str:
    lines = (f"{name}={','.join(words)}\n" for name, words in sorted(lists.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:_DIGITS]
