"""Persons told apart: keyed hashes of their key, by which others count them exactly."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.cells import encode
from lockgate.classify.normal import is_missing, normalise
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import Verdict

Hashes = npt.NDArray[np.uint64]

_KEY_TYPES = ("cn-resident-id", "kr-resident-number", "passport", "account-id")
"""Types that tell persons apart, the surer first. Not phones or e-mail addresses: a family shares them, and a law that
counts persons must not be told too few."""

_HARDLY_A_GAP = 0.99
"""Share of rows that a key must be filled in to go before a surer type."""

_BY_KEY, _BY_ROW = b"lockgate-person", b"lockgate-row"


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

    Source: RFC 7693 (BLAKE2b, keyed).
    """
    if subject_key is None:
        return _row_hashes(np.arange(first_row, first_row + batch.num_rows), key)
    distinct, codes = encode(batch.column(subject_key))
    values = normalise(distinct)
    hashes = _hash_all([_plain(value) for value in values.to_pylist()], key, _BY_KEY)
    missing = np.append(is_missing(values).to_numpy(zero_copy_only=False), True)
    persons: Hashes = np.vstack([hashes, np.zeros((1, 2), np.uint64)])[codes]
    unknown = missing[codes]
    persons[unknown] = _row_hashes(np.flatnonzero(unknown) + first_row, key)
    return persons


def _row_hashes(rows: npt.NDArray[np.int64], key: bytes) -> Hashes:
    return _hash_all([str(row) for row in rows.tolist()], key, _BY_ROW)


def _hash_all(values: list[str], key: bytes, use: bytes) -> Hashes:
    joined = b"".join(blake2b(value.encode(), digest_size=16, key=key, person=use).digest() for value in values)
    hashes: Hashes = np.frombuffer(joined, dtype="<u8").astype(np.uint64).reshape(-1, 2)
    return hashes


def _plain(value: str | None) -> str:
    folded = (value or "").upper()
    bare = folded.replace("-", "").replace(" ", "")
    return bare if bare.removesuffix("X").isdigit() else folded
