"""What a search for identifiers inside text runs on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class SearchTables:
    """What the search runs on.

    Attributes:
        pages, contexts: Context of a character: `contexts[pages[point >> 8], point & 255]`.
        class_of, table: Class of each byte; state after a state and a class, of the product of all branches.
        starts: First state by whether the cell has an at sign, and context; the last context is the start of the cell.
        out, out_at_end: Number of the row of `delays` on entering a state, and if the cell ends there.
        delays: Bytes back at which each branch ends; -1 where it does not; (rows, branches).
        items: Recogniser of each branch.
        before, group: First states of the parts of a branch in `small`; 0 if all of the match is wanted.
        small: Tables of those parts; (states, 256).
        small_out, small_at_end: Bytes back at which a part ends; -1 for none.
    """

    pages: npt.NDArray[np.uint8]
    contexts: npt.NDArray[np.uint8]
    class_of: npt.NDArray[np.uint8]
    table: npt.NDArray[np.uint16]
    starts: npt.NDArray[np.uint16]
    out: npt.NDArray[np.uint16]
    out_at_end: npt.NDArray[np.uint16]
    delays: npt.NDArray[np.int16]
    items: npt.NDArray[np.int16]
    before: npt.NDArray[np.uint16]
    group: npt.NDArray[np.uint16]
    small: npt.NDArray[np.uint16]
    small_out: npt.NDArray[np.int16]
    small_at_end: npt.NDArray[np.int16]
