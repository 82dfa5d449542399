"""What becomes of a cell that a technique cannot treat: refused, or emptied and counted; never passed on."""

from dataclasses import dataclass
from enum import StrEnum

from lockgate.protect.codes import Texts
from lockgate.terms.errors import InputError


class Unfit(StrEnum):
    """What a technique does about cells that it cannot treat."""

    REFUSE = "refuse"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, eq=False)
class Treated:
    """Cells after a technique.

    Attributes:
        cells: Treated values; null where the source is null or the cell could not be treated.
        unfit: Cells that could not be treated.
    """

    cells: Texts
    unfit: int


def settle(cells: Texts, given: Texts, unfit: Unfit, expected: str) -> Treated:
    """Return treated cells, with those counted that came out null and had not been null.

    Args:
        cells: Values after the technique, null for what it could not treat.
        given: Values before.
        unfit: What to do about them.
        expected: What the technique needs, for the message.

    Raises:
        InputError: If there are such cells and they are refused.
    """
    count = cells.null_count - given.null_count
    if count and unfit is Unfit.REFUSE:
        raise InputError(
            f"expected {expected}, found {count} of {len(given)} cells of a batch that are not",
            "Mend the cells, choose another measure for the column, or let such cells be emptied.",
        )
    return Treated(cells, count)
