"""How much a packed batch of Arrow IPC says it becomes, read from its metadata before anything is unpacked.

A few kilobytes can claim to hold a terabyte, and the reader would ask the system for it. The metadata are a flatbuffer:
a table begins with the distance back to its list of places, and a vector with its length.

Source: Arrow columnar format, Message.fbs (RecordBatch, BodyCompression); FlatBuffers binary format.
"""

import struct
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
from pyarrow import ipc

from lockgate.terms.errors import InputError

BATCH_BYTES = 1 << 30
"""No batch may become longer; writers make batches of some megabytes."""

_HEADER_TYPE, _HEADER, _LENGTH, _DICTIONARY_DATA, _BUFFERS, _COMPRESSION = 1, 2, 0, 1, 2, 3
"""Places of members in the tables Message, DictionaryBatch and RecordBatch."""

_DICTIONARY, _RECORDS = 2, 3
"""Kinds of a message's header."""


class Messages(NamedTuple):
    """What a stream of messages says of itself.

    Attributes:
        rows: Of each batch.
        bytes: Of all bodies, unpacked.
        longest: Bytes of the longest body as it lies there.
    """

    rows: tuple[int, ...]
    bytes: int
    longest: int


def read_messages(mapped: pa.MemoryMappedFile, start: int, where: str) -> Messages:
    """Return what a stream of messages says of itself, each batch held against the limit.

    Args:
        mapped: The file.
        start: Where the stream begins in it.
        where: Name of the file, for messages.

    Raises:
        InputError: If a batch becomes too long, or its metadata point outside of it.
        pa.ArrowInvalid: If the file is cut off.
    """
    mapped.seek(start)
    found: list[int] = []
    total = longest = 0
    reader = ipc.MessageReader.open_stream(mapped)
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            break
        try:
            metadata = bytes(memoryview(message.metadata))
            size = _unpacked(metadata, memoryview(message.body or b""))
            found += _rows_of(metadata)
            body = message.body.size if message.body else 0
            total, longest = total + (size or body), max(longest, body)
        except (struct.error, IndexError):
            raise InputError(f"`{where}` has metadata that point outside of it", "Write the file anew.") from None
        if size > BATCH_BYTES:
            raise InputError(
                f"a batch of `{where}` becomes longer than {BATCH_BYTES >> 30} GiB when it is unpacked",
                "Write the file anew with smaller batches, or as Parquet.",
            )
    mapped.seek(0)
    return Messages(tuple(found), total, longest)


def _rows_of(metadata: bytes) -> list[int]:
    """Return how many rows a message says it holds; none if it is no batch of rows."""
    message = _Table(metadata, struct.unpack_from("<I", metadata)[0])
    kind = message.member(_HEADER_TYPE)
    if not kind or metadata[kind] != _RECORDS:
        return []
    place = _Table(metadata, message.follow(_HEADER)).member(_LENGTH)
    return [struct.unpack_from("<q", metadata, place)[0] if place else 0]


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of a flatbuffer."""

    data: bytes
    place: int

    def member(self, number: int) -> int:
        """Return where a member lies; 0 if it is left out."""
        places = self.place - struct.unpack_from("<i", self.data, self.place)[0]
        size = struct.unpack_from("<H", self.data, places)[0]
        slot = 4 + 2 * number
        offset = struct.unpack_from("<H", self.data, places + slot)[0] if slot < size else 0
        return self.place + offset if offset else 0

    def follow(self, number: int) -> int:
        """Return where what a member points to lies; 0 if it is left out."""
        place = self.member(number)
        return place + struct.unpack_from("<I", self.data, place)[0] if place else 0


def _unpacked(metadata: bytes, body: memoryview) -> int:
    """Return the bytes that the packed buffers of a message become together; 0 if none is packed."""
    message = _Table(metadata, struct.unpack_from("<I", metadata)[0])
    kind = message.member(_HEADER_TYPE)
    batch = _Table(metadata, message.follow(_HEADER))
    if not kind or metadata[kind] not in (_DICTIONARY, _RECORDS):
        return 0
    if metadata[kind] == _DICTIONARY:
        batch = _Table(metadata, batch.follow(_DICTIONARY_DATA))
    vector = batch.follow(_BUFFERS)
    if not vector or not batch.member(_COMPRESSION):
        return 0
    total = 0
    for number in range(struct.unpack_from("<I", metadata, vector)[0]):
        offset, length = struct.unpack_from("<qq", metadata, vector + 4 + 16 * number)
        if length > 0:  # each begins with what it becomes; -1 is not packed
            total += max(0, struct.unpack_from("<q", body, offset)[0])
    return total
