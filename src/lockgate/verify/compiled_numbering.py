"""The loop that numbers keys, compiled."""

import numba

from lockgate.verify import numbering_loops

number_keys = numba.njit(cache=True, nogil=True)(numbering_loops.number_keys)
