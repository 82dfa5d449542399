"""Persons told apart: keyed hashes of their key, by which others count them exactly."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.kernel.block import block_of
from lockgate.classify.normal import Text, is_missing
from lockgate.classify.siphash import KEY_BYTES, hash_cells, hash_numbers
from lockgate.classify.tidy import tidy_cells
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import Verdict

Hashes = npt.NDArray[np.uint64]

_KEY_TYPES = ("cn-resident-id", "kr-resident-number", "passport", "account-id")
"""Types that tell persons apart, the surer first. Not phones or e-mail addresses: a family shares them, and a law that
counts persons must not be told too few."""

_HARDLY_A_GAP = 0.99
"""Share of rows that a key must be filled in to go before a surer type."""

_BY_KEY, _BY_ROW = b"lockgate-person", b"lockgate-row"

_ODD = np.isin(np.arange(256), [*b"- abcdefghijklmnopqrstuvwxyz", *range(128, 256)])
"""Bytes for which a key has to be looked at before it is hashed."""


def find_subject_key(verdicts: Iterable[ColumnVerdict]) -> str:
    """Return the column that tells persons apart; empty if none is confirmed.

    A column with hardly a gap goes before one with gaps, because a row without a key counts as a person of its own;
    then the surer type; of several of a type, the one with the best header, then the most distinct values, then the
    first.
    """
    columns = list(verdicts)
    found = [
        (item.evidence.get("filled", 0.0) < _HARDLY_A_GAP, _KEY_TYPES.index(item.type), *_merits(item), place)
        for place, item in enumerate(columns)
        if item.verdict is Verdict.CONFIRMED and item.type in _KEY_TYPES
    ]
    return columns[min(found)[-1]].name if found else ""


def _merits(item: ColumnVerdict) -> tuple[float, float]:
    return -item.evidence.get("header", 0.0), -item.evidence.get("distinct", 0.0)


def person_keys(batch: pa.RecordBatch, subject_key: str | None, first_row: int, key: bytes) -> Hashes:
    """Return a keyed hash of 128 bits of the person of each row, as two columns of 64 bits.

    Two rows have the same hash if their subject keys are the same in normal form (full-width digits, case, and the
    hyphens and spaces of a number set aside). A row without a subject key counts as a person of its own.

    Args:
        batch: Rows of a source.
        subject_key: Column that tells persons apart; None if there is none.
        first_row: Number of the batch's first row in the source.
        key: Secret of the hash, at most 64 bytes.

    Source: RFC 7693 (BLAKE2b, keyed), which parts the key; see `siphash` for the hash itself.
    """
    by_row = _part_of(key, _BY_ROW)
    if subject_key is None:
        return hash_numbers(np.arange(first_row, first_row + batch.num_rows), by_row)
    cells = tidy_cells(batch.column(subject_key))
    hashes = hash_cells(block_of(_plain(cells.values)), _part_of(key, _BY_KEY))
    missing = np.append(is_missing(cells.values).to_numpy(zero_copy_only=False), True)
    persons: Hashes = np.vstack([hashes, np.zeros((1, 2), np.uint64)])[cells.codes]
    unknown = np.flatnonzero(missing[cells.codes])
    if len(unknown):
        persons[unknown] = hash_numbers(unknown + first_row, by_row)
    return persons


def _part_of(key: bytes, use: bytes) -> bytes:
    return blake2b(digest_size=KEY_BYTES, key=key, person=use).digest()


def _plain(values: Text) -> Text:
    """Return keys in upper case, numbers without hyphens and spaces."""
    block = block_of(values)
    if not _ODD[block.data[block.offsets[0] : block.offsets[-1]]].any():
        return values
    upper = pc.ascii_upper(values)
    bare = pc.replace_substring(pc.replace_substring(upper, "-", ""), " ", "")
    plain = pc.if_else(pc.match_substring_regex(bare, "^[0-9]+X?$"), bare, upper)
    other: Text = pc.invert(pc.string_is_ascii(values))
    if not pc.any(other).as_py():
        return plain
    return pc.replace_with_mask(plain, other, pa.array(map(_plain_text, values.filter(other).to_pylist()), values.type))


def _plain_text(value: str) -> str:
    folded = value.upper()
    bare = folded.replace("-", "").replace(" ", "")
    return bare if bare.removesuffix("X").isdigit() else folded
