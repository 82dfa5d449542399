"""The kinds of hierarchies that need no file, by name.

A person names one for a column, with numbers behind a colon where the kind takes some: `date`, `number:5,10,20`. Every
value of the column has to be of the kind; one that is not is an error, which says how many there are and never which.
Null is outside every hierarchy.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from lockgate.protect.hierarchies.dates import date_paths
from lockgate.protect.hierarchies.emails import email_paths
from lockgate.protect.hierarchies.frequencies import frequency_paths
from lockgate.protect.hierarchies.networks import ip_paths
from lockgate.protect.hierarchies.numbers import number_paths
from lockgate.protect.hierarchies.occupations import isco_paths
from lockgate.protect.hierarchies.paths import Kind, Parameters, Paths
from lockgate.protect.hierarchies.postcodes import postcode_paths
from lockgate.protect.hierarchies.prefixes import prefix_paths
from lockgate.protect.hierarchies.regions import address_paths, code_paths
from lockgate.protect.readings import number_of
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy, make_hierarchy


def derived_paths(values: Mapping[str, int], parameters: Parameters) -> Paths:
    """Return the paths of values of which nobody said what they are.

    The first of days, IP addresses, e-mail addresses and numbers that all values are; else, where values have one
    length and a digit each, their beginnings; else how often they occur.
    """
    for kind in (date_paths, ip_paths, email_paths, number_paths):
        paths = kind(values, ())
        if None not in paths.values():
            return paths
    is_code = len(set(map(len, values))) == 1 and all(re.search("[0-9]", value) for value in values)
    return (prefix_paths if is_code else frequency_paths)(values, parameters)


HIERARCHIES: Mapping[str, Kind] = MappingProxyType(
    {
        "date": date_paths,
        "number": number_paths,
        "cn-region": code_paths,
        "cn-address": address_paths,
        "postcode": postcode_paths,
        "ip": ip_paths,
        "isco": isco_paths,
        "email": email_paths,
        "prefix": prefix_paths,
        "frequency": frequency_paths,
        "derived": derived_paths,
    }
)
"""Every kind by its name."""

TAKE_NUMBERS = frozenset({"number", "prefix", "frequency"})
"""Kinds that take numbers."""


def parse_hierarchy(name: str) -> tuple[str, Parameters]:
    """Return the kind and the numbers that a name asks for.

    Args:
        name: Such as `date` or `number:5,10,20`.

    Raises:
        InputError: If there is no such kind, or what follows the colon is no list of numbers that it takes.

    >>> parse_hierarchy("prefix:3,1")
    ('prefix', (Decimal('3'), Decimal('1')))
    """
    kind, colon, rest = name.partition(":")
    if kind not in HIERARCHIES:
        raise InputError(f"no hierarchy is called `{kind}`", f"Choose one of {', '.join(HIERARCHIES)}.")
    if not colon:
        return kind, ()
    numbers: list[Decimal] = []
    for text in rest.split(","):
        number = number_of(text.strip())
        if number is None or kind not in TAKE_NUMBERS:
            raise InputError(
                f"the hierarchy `{kind}` does not take `{rest}`",
                "Write numbers with commas between them." if kind in TAKE_NUMBERS else "Leave it out.",
            )
        numbers.append(number)
    return kind, tuple(numbers)


def build_hierarchy(name: str, column: str, values: Mapping[str, int]) -> Hierarchy:
    """Return the hierarchy of a kind over the values of a column; the same for the same values in any order.

    Args:
        name: As `parse_hierarchy` reads it.
        column: The column that it generalises.
        values: Rows by value, nulls left out; at least one value.

    Raises:
        InputError: If the name is wrong, there is no value, or some values are not of the kind.

    >>> build_hierarchy("date", "born", {"1990-05-17": 1}).paths["1990-05-17"][2:]
    ('1990-05', '1990-Q2', '1990', '1990s', '*')
    """
    kind, parameters = parse_hierarchy(name)
    if not values:
        raise InputError(f"column `{column}` holds no value to make a hierarchy of", "Leave the hierarchy out.")
    paths = HIERARCHIES[kind](dict(sorted(values.items())), parameters)
    rows = [path for path in paths.values() if path is not None]
    missing = len(paths) - len(rows)
    if missing:
        raise InputError(
            f"column `{column}` has {missing} distinct values of {len(paths)} that hierarchy `{kind}` does not cover",
            "Name another hierarchy, mend the values, or leave the hierarchy out.",
        )
    return make_hierarchy(column, rows)
