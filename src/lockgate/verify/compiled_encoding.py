"""The loops of `encoding_loops`, compiled."""

import numba

from lockgate.verify import encoding_loops

encode_texts = numba.njit(cache=True, nogil=True)(encoding_loops.encode_texts)
encode_numbers = numba.njit(cache=True, nogil=True)(encoding_loops.encode_numbers)
number_keys = numba.njit(cache=True, nogil=True)(encoding_loops.number_keys)
count_pairs = numba.njit(cache=True, nogil=True)(encoding_loops.count_pairs)
