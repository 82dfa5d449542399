"""The loop that finds stays, compiled."""

import numba

from lockgate.protect import stay_loops

mark_stays = numba.njit(cache=True, nogil=True)(stay_loops.mark_stays)
