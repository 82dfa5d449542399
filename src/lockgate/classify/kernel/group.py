"""One pass over whole cells: its table, and which patterns a cell fits that ends in a state."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lockgate.classify.recogniser import Recogniser

UNTIDY, MISSING_LABEL = "untidy", "missing"
"""Labels of cells that have to be normalised first, and of those that say nothing."""


@dataclass(frozen=True, slots=True)
class Group:
    """One pass.

    Attributes:
        class_of: Class of each byte; (256,).
        table: State after a state and a class; (states, classes).
        start: First state.
        accept: Of each state, the number of the set of labels that a cell ending there fits.
        fits: Of each such number, which labels; (numbers, labels).
        labels: Patterns that the group tells.
        exact_up_to: Characters up to which each is exact.
        least_bytes: Of the shortest cell that any fits.
    """

    class_of: npt.NDArray[np.uint8]
    table: npt.NDArray[np.uint16]
    start: int
    accept: npt.NDArray[np.uint16]
    fits: npt.NDArray[np.bool_]
    labels: tuple[str, ...]
    exact_up_to: tuple[int, ...]
    least_bytes: int


def label_of(recogniser: Recogniser, *, strong: bool) -> str:
    """Return what a pattern of a recogniser is called: the pattern itself, or its words."""
    if strong:
        return recogniser.strong
    return recogniser.form or "\n".join(sorted(recogniser.words))
