"""E-mail addresses: host, domain that somebody registered, top-level domain.

The registered domain is taken to be the last two labels, or three where the last but one is a usual kind of
registration below a country (`co.uk`, `com.cn`): no list of public suffixes is asked.
"""

import re
from collections.abc import Mapping

from lockgate.protect.hierarchies.paths import Parameters, Paths, of_each

_ADDRESS = re.compile(r"[^@\s]+@((?:[^@\s.]{1,63}\.)+[^@\s.]{2,63})")
_KINDS = frozenset({"ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "mil", "ne", "net", "or", "org", "re"})
_COUNTRY = 2


def email_paths(values: Mapping[str, int], _parameters: Parameters) -> Paths:
    """Return the paths of addresses: as written, host, registered domain, top-level domain, `*`."""
    return of_each(values, _path)


def _path(value: str) -> tuple[str, ...] | None:
    found = _ADDRESS.fullmatch(value)
    if not found:
        return None
    labels = found[1].lower().split(".")
    kept = 3 if len(labels[-1]) == _COUNTRY and labels[-2] in _KINDS else 2
    return (value, f"@{'.'.join(labels)}", f"@…{'.'.join(labels[-kept:])}", f"@….{labels[-1]}", "*")
