"""Which checks are compiled, by type; the compiled code itself stands in `checks`, which small inputs do not load."""

from collections.abc import Mapping
from types import MappingProxyType

COMPILED: Mapping[str, int] = MappingProxyType(
    {"cn-resident-id": 1, "kr-resident-number": 2, "bank-card": 3, "date-of-birth": 4, "ip": 5}
)
"""Number of the compiled check of a type; types without one are asked in Python."""

UNCHECKED, UNCOMPILED = 0, -1
"""Numbers in place of a check: a type that has none, and one whose check is not compiled."""
