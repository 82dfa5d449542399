"""The loops of the kernel as compiled code; loaded by `engine` only, when there is much to do.

Every function takes NumPy arrays, releases the interpreter while it runs, and is kept compiled on disk. Cells are given
by offsets (n + 1) into one block of bytes, as Arrow keeps them. Tables have 256 entries a state.
"""
# Loops over bytes are written out, because a call or a list inside them would cost more than the work itself.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917, PLW3301
# Plain numbers are bytes, digits, lengths and ranges of the standards that the docstrings name.
# ruff: noqa: PLR2004

from typing import Any

import numpy as np

from lockgate.classify.kernel.checks import check_cells  # noqa: F401 - asked for here
from lockgate.classify.kernel.claiming import group_start, tell_ends, write_hits  # noqa: F401 - `tell_ends` is asked for
from lockgate.classify.kernel.codes import LOOSE
from lockgate.classify.kernel.compiling import compiled, inlined
from lockgate.classify.kernel.growing import fill_slots, grow_product, start_product  # noqa: F401 - asked for here
from lockgate.classify.kernel.growing_search import grow_search, start_search  # noqa: F401 - asked for here
from lockgate.classify.kernel.walking import walk_cells  # noqa: F401 - asked for here
from lockgate.classify.kernel.words import borrow, count_bits, load_half, load_word


@compiled
def step_cells(cells: Any, starts: Any, ends: Any, automaton: Any, found: Any) -> Any:
    """Write what the last state of some cells says; return how many it says 0 of.

    Eight cells go at a time, because a step waits for the one before it.

    Args:
        cells: Their numbers.
        starts: First byte of each cell of the block.
        ends: Byte after the last.
        automaton: The bytes, `table`, and what each state says; the first state is 1.
        found: By cell.
    """
    own_data, own_table, said = automaton
    data, table = borrow(own_data), borrow(own_table)
    first = np.uint64(1 << 8)
    count = len(cells)
    full = count - count % 8
    missing = 0
    for turn in range(0, full, 8):
        c0, c1, c2, c3 = cells[turn], cells[turn + 1], cells[turn + 2], cells[turn + 3]
        c4, c5, c6, c7 = cells[turn + 4], cells[turn + 5], cells[turn + 6], cells[turn + 7]
        i0, i1, i2, i3 = _edge(starts, c0), _edge(starts, c1), _edge(starts, c2), _edge(starts, c3)
        i4, i5, i6, i7 = _edge(starts, c4), _edge(starts, c5), _edge(starts, c6), _edge(starts, c7)
        e0, e1, e2, e3 = _edge(ends, c0), _edge(ends, c1), _edge(ends, c2), _edge(ends, c3)
        e4, e5, e6, e7 = _edge(ends, c4), _edge(ends, c5), _edge(ends, c6), _edge(ends, c7)
        p0 = p1 = p2 = p3 = p4 = p5 = p6 = p7 = first
        common = min(
            min(min(e0 - i0, e1 - i1), min(e2 - i2, e3 - i3)), min(min(e4 - i4, e5 - i5), min(e6 - i6, e7 - i7))
        )
        for step in range(common):
            p0 = np.uint64(table[p0 | np.uint64(data[i0 + step])]) << np.uint64(8)
            p1 = np.uint64(table[p1 | np.uint64(data[i1 + step])]) << np.uint64(8)
            p2 = np.uint64(table[p2 | np.uint64(data[i2 + step])]) << np.uint64(8)
            p3 = np.uint64(table[p3 | np.uint64(data[i3 + step])]) << np.uint64(8)
            p4 = np.uint64(table[p4 | np.uint64(data[i4 + step])]) << np.uint64(8)
            p5 = np.uint64(table[p5 | np.uint64(data[i5 + step])]) << np.uint64(8)
            p6 = np.uint64(table[p6 | np.uint64(data[i6 + step])]) << np.uint64(8)
            p7 = np.uint64(table[p7 | np.uint64(data[i7 + step])]) << np.uint64(8)
        p0, p1, p2, p3 = _step_four(
            data, table, p0, p1, p2, p3, i0 + common, i1 + common, i2 + common, i3 + common, e0, e1, e2, e3
        )
        p4, p5, p6, p7 = _step_four(
            data, table, p4, p5, p6, p7, i4 + common, i5 + common, i6 + common, i7 + common, e4, e5, e6, e7
        )
        s0, s1, s2, s3 = (
            said[p0 >> np.uint64(8)],
            said[p1 >> np.uint64(8)],
            said[p2 >> np.uint64(8)],
            said[p3 >> np.uint64(8)],
        )
        s4, s5, s6, s7 = (
            said[p4 >> np.uint64(8)],
            said[p5 >> np.uint64(8)],
            said[p6 >> np.uint64(8)],
            said[p7 >> np.uint64(8)],
        )
        found[c0], found[c1], found[c2], found[c3] = s0, s1, s2, s3
        found[c4], found[c5], found[c6], found[c7] = s4, s5, s6, s7
        missing += (s0 == 0) + (s1 == 0) + (s2 == 0) + (s3 == 0) + (s4 == 0) + (s5 == 0) + (s6 == 0) + (s7 == 0)
    for turn in range(full, count):
        cell = cells[turn]
        p0 = first
        for place in range(starts[cell], ends[cell]):
            p0 = np.uint64(table[p0 | np.uint64(data[place])]) << np.uint64(8)
        found[cell] = said[p0 >> np.uint64(8)]
        missing += found[cell] == 0
    return missing


@inlined
def _edge(edges: Any, cell: int) -> Any:
    """Return the edge of a cell, without a sign, so that nothing is asked of it when it is a place of an array."""
    return np.uint64(edges[cell])


@inlined
def _step_four(
    data: Any,
    table: Any,
    p: Any,
    q: Any,
    r: Any,
    s: Any,
    i: Any,
    j: Any,
    k: Any,
    m: Any,
    a: Any,
    b: Any,
    c: Any,
    d: Any,
) -> Any:
    """Return the states of four cells at their ends, from states `p` to `s` and places `i` to `m` on."""
    common = min(min(a - i, b - j), min(c - k, d - m))
    for step in range(common):
        p = np.uint64(table[p | np.uint64(data[i + step])]) << np.uint64(8)
        q = np.uint64(table[q | np.uint64(data[j + step])]) << np.uint64(8)
        r = np.uint64(table[r | np.uint64(data[k + step])]) << np.uint64(8)
        s = np.uint64(table[s | np.uint64(data[m + step])]) << np.uint64(8)
    i, j, k, m = i + common, j + common, k + common, m + common
    both = min(a - i, b - j)
    for step in range(both):
        p = np.uint64(table[p | np.uint64(data[i + step])]) << np.uint64(8)
        q = np.uint64(table[q | np.uint64(data[j + step])]) << np.uint64(8)
    both_too = min(c - k, d - m)
    for step in range(both_too):
        r = np.uint64(table[r | np.uint64(data[k + step])]) << np.uint64(8)
        s = np.uint64(table[s | np.uint64(data[m + step])]) << np.uint64(8)
    for place in range(i + both, a):
        p = np.uint64(table[p | np.uint64(data[place])]) << np.uint64(8)
    for place in range(j + both, b):
        q = np.uint64(table[q | np.uint64(data[place])]) << np.uint64(8)
    for place in range(k + both_too, c):
        r = np.uint64(table[r | np.uint64(data[place])]) << np.uint64(8)
    for place in range(m + both_too, d):
        s = np.uint64(table[s | np.uint64(data[place])]) << np.uint64(8)
    return p, q, r, s


@compiled
def hash_cells(offsets: Any, data: Any, hashes: Any, characters: Any) -> None:
    """Write the hash and the number of characters of every cell (see `hashing.hash_plainly`, which is the rule)."""
    high = np.uint64(0x8080808080808080)
    for cell in range(len(offsets) - 1):
        start, end = offsets[cell], offsets[cell + 1]
        length = end - start
        state = np.uint64(length) * np.uint64(0x9E3779B97F4A7C15)
        inner = np.uint64(0)
        place = start
        while place + 8 <= end:
            word = load_word(data, place)
            inner += count_bits(word & ~(word << np.uint64(1)) & high)
            state = (state ^ word) * np.uint64(0xD6E8FEB86659FD93)
            state ^= state >> np.uint64(32)
            place += 8
        left = np.uint64(end - place)
        if left > 0:
            if length >= 8:
                word = load_word(data, end - 8)
                fresh = word >> (np.uint64(64) - left * np.uint64(8))
            else:
                word = _short_word(data, start, length)
                fresh = word
            inner += count_bits(fresh & ~(fresh << np.uint64(1)) & high)
            state = (state ^ word) * np.uint64(0xD6E8FEB86659FD93)
            state ^= state >> np.uint64(32)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        hashes[cell] = state ^ (state >> np.uint64(31))
        characters[cell] = length - np.int64(inner)


@compiled
def _short_word(data: Any, start: int, length: int) -> Any:
    """Return fewer than eight bytes as a word, zeros after them."""
    if length >= 4:
        return load_half(data, start) | (load_half(data, start + length - 4) << np.uint64(8 * (length - 4)))
    word = np.uint64(0)
    for place in range(length):
        word |= np.uint64(data[start + place]) << np.uint64(8 * place)
    return word


@compiled
def step_every_byte(data: Any, table: Any, start: int) -> Any:
    """Return the state after one table step for each byte of a block: what a search is measured against."""
    state = np.uint64(start) << np.uint64(8)
    for place in range(len(data)):
        state = np.uint64(table[state | np.uint64(data[place])]) << np.uint64(8)
    return np.int64(state >> np.uint64(8))


@compiled
def search_cells(cells: Any, main: Any, small: Any, items: Any, hits: Any, room: Any) -> Any:
    """Write the identifiers inside some cells; return how many, and how many cells were done.

    Args:
        cells: Numbers of the cells, offsets, bytes.
        main: `opens` (whether a byte may start anything, with and without an at sign), `first` (context and byte to
            state), `context` of an ASCII character, `pages`, `contexts`, `table`, `out`, `out_at_end` (row of each
            state), `rows` (first entry of each row), `row_branch`, `row_delay`.
        small: `table`, `out`, `out_at_end` of the parts of branches.
        items: Recogniser, first states before the group and of the group, of each branch; check of each recogniser.
        hits: Rows of cell, start, end, recogniser; -1 for a cell that has to be searched in Python. All hits of a cell
            in which a check has to be asked come with `UNCLAIMED` added.
        room: Room for the hits of one cell (start, end, recogniser, end of what is taken), for the end of each branch,
            the branches that end, and the end of the last hit of each recogniser.
    """
    numbers, offsets, owned = cells
    opens_with, first_with, ascii_context, pages, contexts, table, out, out_at_end, rows, row_branch, row_delay = main
    item_of, before, group, own_codes = items
    own_places, own_ends, own_touched, free = room
    data, places, ends, touched = borrow(owned), borrow(own_places), borrow(own_ends), borrow(own_touched)
    rows, row_branch, row_delay = borrow(rows), borrow(row_branch), borrow(row_delay)
    small, codes, hits = (borrow(small[0]), borrow(small[1]), borrow(small[2])), borrow(own_codes), borrow(hits)
    pages, contexts = borrow(pages), borrow(contexts)
    start_context = first_with.shape[1] - 1
    written = 0
    for turn in range(len(numbers)):
        cell = numbers[turn]
        start, end = offsets[cell], offsets[cell + 1]
        if written + len(places) > len(hits):
            return written, turn
        has_at = 0
        for place in range(start, end):
            has_at |= 1 if data[place] == 64 else 0
        opens, first = opens_with[has_at], first_with[has_at]
        found = 0
        is_unsure = False
        for place in range(start, end):
            byte = data[place]
            if not opens[byte]:
                continue
            if place == start:
                context = np.int64(start_context)
            elif data[place - 1] < 128:
                context = np.int64(ascii_context[data[place - 1]])
            else:
                context = np.int64(_context_before(data, place, pages, contexts))
            state = np.uint64(first[context, byte])
            if state == 0:
                continue
            count = 0
            spot = place + 1
            while True:
                row = out[state]
                if row:
                    count = _note(row, spot, rows, row_branch, row_delay, ends, touched, count)
                if spot == end:
                    row = out_at_end[state]
                    if row:
                        count = _note(row, spot, rows, row_branch, row_delay, ends, touched, count)
                    break
                state = np.uint64(table[(state << np.uint64(8)) | np.uint64(data[spot])])
                spot += 1
                if state == 0:
                    break
            for turned in range(count):
                branch = touched[turned]
                stop = ends[branch]
                ends[branch] = -1
                item = item_of[branch]
                if place < free[item]:
                    continue
                begin = place
                if group[branch]:
                    begin = group_start(data, place, stop, end, small, before[branch], group[branch])
                if begin < 0 or found == len(places) or codes[item] == LOOSE:
                    is_unsure = True
                    continue
                free[item] = stop
                places[found, 0], places[found, 1], places[found, 2] = begin, stop, item
                found += 1
        for spot in range(found):
            free[places[spot, 2]] = 0
        if is_unsure:
            hits[written, 0], hits[written, 3] = cell, -1
            written += 1
        elif found:
            written = write_hits(cell, start, data, places, found, codes, hits, written)
    return written, len(numbers)


@compiled
def _note(row: int, spot: int, rows: Any, row_branch: Any, row_delay: Any, ends: Any, touched: Any, count: int) -> Any:
    """Note the ends of a row of branches; `touched` keeps the branches in order."""
    for entry in range(rows[row], rows[row + 1]):
        branch = row_branch[entry]
        if ends[branch] < 0:
            place = count
            while place > 0 and touched[place - 1] > branch:
                touched[place] = touched[place - 1]
                place -= 1
            touched[place] = branch
            count += 1
        ends[branch] = spot - row_delay[entry]
    return count


@compiled
def _context_before(data: Any, place: int, pages: Any, contexts: Any) -> Any:
    """Return the context of the character before a place, which is none of ASCII."""
    back = place - 1
    point, shift = np.int64(0), 0
    while data[back] & 0xC0 == 0x80:
        point |= np.int64(data[back] & 0x3F) << shift
        shift += 6
        back -= 1
    lead = np.int64(data[back])
    point |= (lead & (0x1F if shift == 6 else 0x0F if shift == 12 else 0x07)) << shift
    return np.int64(contexts[pages[point >> 8], point & 255])
