"""Values of which nothing is known but how often they occur: rare ones become one, from level to level more of them.

A value keeps its name while its share of the rows is at least a thousandth, then a hundredth, a twentieth and a fifth;
`frequency:0.01,0.1` names other shares. The label of the rest says how rare it is. What the shares say of the data is
released with the labels.
"""

from collections.abc import Mapping
from decimal import Decimal

from lockgate.protect.hierarchies.paths import Parameters, Paths
from lockgate.protect.readings import write_number
from lockgate.terms.errors import InputError

_SHARES = (Decimal("0.001"), Decimal("0.01"), Decimal("0.05"), Decimal("0.2"))


def frequency_paths(values: Mapping[str, int], parameters: Parameters) -> Paths:
    """Return the paths of values: the value, itself or `rarer than …` for each share, `*`.

    Args:
        values: Rows by value.
        parameters: Shares of rows, rising, between 0 and 1; none takes the usual ones.

    Raises:
        InputError: If the shares do not rise.
    """
    shares = parameters or _SHARES
    if list(shares) != sorted(set(shares)) or not 0 < shares[0] <= shares[-1] <= 1:
        raise InputError(
            "the shares of a hierarchy by frequency have to rise, between 0 and 1",
            "Write shares such as `frequency:0.01,0.1`.",
        )
    total = sum(values.values())
    common = sorted(values, key=lambda value: (values[value], value))
    return {value: (value, *(_label(value, values[value], total, share) for share in shares), "*") for value in common}


def _label(value: str, rows: int, total: int, share: Decimal) -> str:
    return value if rows >= share * total else f"rarer than {write_number(share * 100)} %"
