"""Thrift's compact protocol as far as footers of Parquet files are written in it, passed over in bounded steps.

Source: Apache Thrift, thrift-compact-protocol.md.
"""

BINARY, LIST, SET, MAP, STRUCT = 8, 9, 10, 11, 12
VARINTS = (5, 6, 4)
"""Types of whole numbers of a length of their own: 32, 64 and 16 bits."""

_BOOLEANS = (1, 2)
_SIZES = {1: 0, 2: 0, 3: 1, 7: 8, 13: 16}
"""Bytes of the values of the other types; the type of a field is the value of a flag."""

_MORE = 0x80
"""From this byte on, more of a number follows."""

_SHORT_HEAD = 0x10
"""From this head on, it says how far the number of the field is from the last one's."""

_LONG_LIST = 15
_DEEPEST = 32
"""Structs within structs; the schema of a footer has half a dozen."""

_MOST_SHIFTS = 63


class BrokenFooterError(ValueError):
    """The footer is none of a Parquet file."""


def field_at(data: bytes, place: int, last: int, head: int) -> tuple[int, int]:
    """Return the number of the field whose head stands at a place, and where its value begins."""
    if head >> 4:
        return last + (head >> 4), place + 1
    number, place = number_at(data, place + 1)
    return signed(number), place


def structs_at(data: bytes, place: int) -> tuple[int, int]:
    """Return how many structs are in the list that begins at a place, and where the first one does."""
    kind, count, place = list_at(data, place)
    if count and kind != STRUCT:
        raise BrokenFooterError
    return count, place


def list_at(data: bytes, place: int) -> tuple[int, int, int]:
    """Return type and number of the elements of a list, and where the first one begins."""
    head, count = data[place], data[place] >> 4
    place += 1
    if count == _LONG_LIST:
        count, place = number_at(data, place)
    if count > len(data):
        raise BrokenFooterError
    return head & 15, count, place


def skipped(data: bytes, place: int, kind: int, deep: int) -> int:
    """Return where the value of a field ends.

    Args:
        data: A footer.
        place: Where the value begins.
        kind: Its type.
        deep: Values that it is within.

    Raises:
        BrokenFooterError: If it cannot be passed over.
    """
    if kind in VARINTS:
        while data[place] >= _MORE:
            place += 1
        return place + 1
    if kind == BINARY:
        count, place = number_at(data, place)
        return place + count
    if kind in _NESTED:
        if deep == _DEEPEST:
            raise BrokenFooterError
        return _NESTED[kind](data, place, deep + 1)
    if kind in _SIZES:
        return place + _SIZES[kind]
    raise BrokenFooterError


def _skipped_struct(data: bytes, place: int, deep: int) -> int:
    while head := data[place]:
        place += 1
        if head < _SHORT_HEAD:  # the number of the field follows
            place = skipped(data, place, VARINTS[0], deep)
        place = skipped(data, place, head & 15, deep)
    return place + 1


def _skipped_list(data: bytes, place: int, deep: int) -> int:
    kind, count, place = list_at(data, place)
    if kind in _BOOLEANS:
        return place + count
    for _ in range(count):
        place = skipped(data, place, kind, deep)
    return place


def _skipped_map(data: bytes, place: int, deep: int) -> int:
    count, place = number_at(data, place)
    if count > len(data):
        raise BrokenFooterError
    if not count:
        return place
    kinds = data[place]
    place += 1
    for kind in (kinds >> 4, kinds & 15) * count:
        place = place + 1 if kind in _BOOLEANS else skipped(data, place, kind, deep)
    return place


def number_at(data: bytes, place: int) -> tuple[int, int]:
    """Return the number that begins at a place, and where it ends."""
    value = data[place] & 0x7F
    shift = 0
    while data[place] >= _MORE:
        place += 1
        shift += 7
        if shift > _MOST_SHIFTS:
            raise BrokenFooterError
        value |= (data[place] & 0x7F) << shift
    return value, place + 1


def number_bytes(value: int) -> bytes:
    """Return a whole number as it is written, in zigzag form."""
    return _plain_bytes(value << 1 if value >= 0 else (-value << 1) - 1)


def list_head(kind: int, count: int) -> bytes:
    """Return the head of a list.

    Args:
        kind: Type of its elements.
        count: Their number.
    """
    return bytes([count << 4 | kind]) if count < _LONG_LIST else bytes([_LONG_LIST << 4 | kind]) + _plain_bytes(count)


def _plain_bytes(number: int) -> bytes:
    found = bytearray()
    while number >= _MORE:
        found.append(number & 0x7F | _MORE)
        number >>= 7
    found.append(number)
    return bytes(found)


def signed(number: int) -> int:
    """Return the number that zigzag form stands for."""
    return (number >> 1) ^ -(number & 1)


_NESTED = {LIST: _skipped_list, SET: _skipped_list, MAP: _skipped_map, STRUCT: _skipped_struct}
