"""Postcodes: those of digits lose digits from the end; those of Britain, Canada and the Netherlands their local part.

A postcode of digits has three to ten of them, all codes of a column alike; a hyphen or a space may stand between them.
Only `02139` and `02139-4307` go together: the four digits behind are the first to go.
"""

import re
from collections.abc import Mapping

from lockgate.protect.hierarchies.paths import Parameters, Paths, in_order

_DIGITS = re.compile(r"[0-9]{3,10}|[0-9]{3,5}[- ][0-9]{3,4}")
_BRITISH = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?) ?[0-9][A-Z]{2}")
_CANADIAN = re.compile(r"([A-Z])([0-9][A-Z]) ?[0-9][A-Z][0-9]")
_DUTCH = re.compile(r"([0-9]{2})([0-9]{2}) ?[A-Z]{2}")
_SHORT_ZIP, _LONG_ZIP = 5, 9


def postcode_paths(values: Mapping[str, int], _parameters: Parameters) -> Paths:
    """Return the paths of postcodes: as written, ever shorter, `*`."""
    digits = [re.sub("[- ]", "", value) for value in values if _DIGITS.fullmatch(value)]
    if not digits:
        return in_order({value: _local_path(value) for value in values})
    length = max(map(len, digits))
    return in_order({value: _digits_path(value, length) for value in values})


def _digits_path(value: str, length: int) -> tuple[str, ...] | None:
    digits = re.sub("[- ]", "", value)
    if not _DIGITS.fullmatch(value) or len(digits) not in (length, _SHORT_ZIP if length == _LONG_ZIP else length):
        return None
    return (value, *(digits[:cut].ljust(length, "*") for cut in range(length - 1, 0, -1)), "*")


def _local_path(value: str) -> tuple[str, ...] | None:
    for form in (_BRITISH, _CANADIAN, _DUTCH):
        found = form.fullmatch(value.upper())
        if found:
            return (value, f"{found[1]}{found[2]} *", f"{found[1]}*", "*")
    return None
