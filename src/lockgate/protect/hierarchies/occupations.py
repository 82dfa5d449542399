"""Occupations by the codes of ISCO-08: unit group, minor group, sub-major group, major group.

Each group's code is the beginning of the codes of its parts. Codes have four digits; `0110` begins with a nought.

Source: International Standard Classification of Occupations 2008, structure of groups.
"""

import re
from collections.abc import Mapping

from lockgate.protect.hierarchies.paths import Parameters, Paths, of_each

MAJOR_GROUPS: Mapping[str, str] = {
    "0": "armed forces occupations",
    "1": "managers",
    "2": "professionals",
    "3": "technicians and associate professionals",
    "4": "clerical support workers",
    "5": "service and sales workers",
    "6": "skilled agricultural, forestry and fishery workers",
    "7": "craft and related trades workers",
    "8": "plant and machine operators, and assemblers",
    "9": "elementary occupations",
}
"""Titles of the major groups by their digit."""


def isco_paths(values: Mapping[str, int], _parameters: Parameters) -> Paths:
    """Return the paths of unit groups: the code, minor and sub-major group, title of the major group, `*`."""
    return of_each(values, _path)


def _path(value: str) -> tuple[str, ...] | None:
    if not re.fullmatch(r"[0-9]{4}", value):
        return None
    return (value, f"{value[:3]}*", f"{value[:2]}**", f"{value[0]} {MAJOR_GROUPS[value[0]]}", "*")
