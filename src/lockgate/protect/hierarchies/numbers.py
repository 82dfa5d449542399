"""Numbers in bands of rising widths, each of which holds whole bands of the width before.

Without widths the ladder is 1, 5, 10, 20, 100, 500, 1000, 2000, ... (and 0.2, 0.1, 0.05, 0.01 below), from the first
width that is at least a hundredth of the range up to the first that holds all of it in few bands. Bands start at
multiples of their width, so they tell no extreme value.
"""

from collections.abc import Iterator, Mapping
from decimal import Context, Decimal

from lockgate.protect.hierarchies.paths import Parameters, Paths
from lockgate.protect.readings import number_of, write_number
from lockgate.terms.errors import InputError

_STEPS = (Decimal(5), Decimal(2), Decimal(2), Decimal(5))
_HUNDREDTH, _FEW = 100, 2
_EXACT = Context(prec=400)  # wider than any two numbers that are read are apart


def number_paths(values: Mapping[str, int], parameters: Parameters) -> Paths:
    """Return the paths of numbers: the number, its band of each width, `*`.

    Args:
        values: Rows by value.
        parameters: Widths, rising, each a multiple of the one before; none derives them from the range.

    Raises:
        InputError: If the widths do not nest.
    """
    read = {value: number_of(value) for value in values}
    numbers = {value: number for value, number in read.items() if number is not None}
    missing: dict[str, tuple[str, ...] | None] = {value: None for value, number in read.items() if number is None}
    if not numbers:
        return missing
    whole = all(number == number.to_integral_value() for number in (*numbers.values(), *parameters))
    least = Decimal(2 if whole else 0)
    widths = _checked(parameters) if parameters else _ladder(min(numbers.values()), max(numbers.values()), least)
    dash = "-" if min(numbers.values()) >= 0 else ".."
    rising = sorted(numbers, key=lambda value: (numbers[value], value))
    paths = {
        value: (value, *(_band(numbers[value], width, dash if whole else "") for width in widths), "*")
        for value in rising
    }
    return {**missing, **paths}


def _band(number: Decimal, width: Decimal, dash: str) -> str:
    """Return the band of a number: `20-24` of whole numbers, `20..24` where some are negative, else `20..<25`."""
    low = _EXACT.multiply(_floor(_EXACT.divide(number, width)), width)
    high = _EXACT.add(low, width)
    if not dash:
        return f"{write_number(low)}..<{write_number(high)}"
    last = _EXACT.subtract(high, Decimal(1))
    return write_number(low) if low == last else f"{write_number(low)}{dash}{write_number(last)}"


def _floor(number: Decimal) -> Decimal:
    return number.to_integral_value(rounding="ROUND_FLOOR", context=_EXACT)


def _checked(widths: Parameters) -> Parameters:
    before = Decimal(0)
    for width in widths:
        if width <= before or (before and width % before):
            raise InputError(
                "the widths of bands do not nest: each has to be a multiple of the one before",
                "Write widths such as `number:5,10,20`.",
            )
        before = width
    return widths


def _ladder(low: Decimal, high: Decimal, least: Decimal) -> Parameters:
    span = max(_EXACT.subtract(high, low), Decimal("1e-30"))
    widths = []
    for width in _rungs(span):
        if width < least:
            continue
        bands = _floor(_EXACT.divide(high, width)) - _floor(_EXACT.divide(low, width)) + 1
        if bands == 1:
            break
        widths.append(width)
        if bands <= _FEW:
            break
    return tuple(widths)


def _rungs(span: Decimal) -> Iterator[Decimal]:
    """Yield the widths of the ladder from a hundredth of a span on."""
    width = Decimal(1).scaleb(2 * (span.adjusted() // 2) - 4)
    step = 0
    while True:
        if width * _HUNDREDTH >= span:
            yield width
        width, step = width * _STEPS[step % 4], step + 1
