"""The loop that counts the rows of compatible classes, compiled."""

import numba

from lockgate.verify import compatible_loops

count_rows = numba.njit(cache=True, nogil=True)(compatible_loops.count_rows)
