"""Codes by their beginnings: `prefix:5,3,1` keeps five characters, then three, then one.

Without lengths those are taken at which fewer groups are left than one character further on, at most eight of them,
evenly spread. A value that is no longer than a length stays whole there.
"""

from collections.abc import Mapping

from lockgate.protect.hierarchies.paths import Parameters, Paths, of_each
from lockgate.terms.errors import InputError

_MOST_LEVELS, _LONGEST = 8, 64


def prefix_paths(values: Mapping[str, int], parameters: Parameters) -> Paths:
    """Return the paths of texts: the text, ever shorter beginnings, `*`.

    Args:
        values: Rows by value.
        parameters: Numbers of characters, falling; none derives them.

    Raises:
        InputError: If the lengths do not fall.
    """
    lengths = _checked(parameters) if parameters else _derived(values)
    return of_each(values, lambda value: (value, *(_beginning(value, length) for length in lengths), "*"))


def _beginning(value: str, length: int) -> str:
    return value if len(value) <= length else f"{value[:length]}*"


def _checked(parameters: Parameters) -> tuple[int, ...]:
    lengths = tuple(int(number) for number in parameters)
    if lengths != parameters or lengths != tuple(sorted(set(lengths), reverse=True)) or lengths[-1] < 1:
        raise InputError(
            "the lengths of beginnings have to be whole numbers that fall", "Write lengths such as `prefix:5,3,1`."
        )
    return lengths


def _derived(values: Mapping[str, int]) -> tuple[int, ...]:
    longest = min(max(map(len, values), default=0), _LONGEST)
    groups = [len({_beginning(value, length) for value in values}) for length in range(longest + 1)]
    useful = [length for length in range(longest, 0, -1) if 1 < groups[length] < len(values)]
    fewer = [length for length in useful if groups[length] < groups[min(length + 1, longest)]]
    if len(fewer) <= _MOST_LEVELS:
        return tuple(fewer)
    step = (len(fewer) - 1) / (_MOST_LEVELS - 1)
    return tuple(fewer[round(number * step)] for number in range(_MOST_LEVELS))
