"""Links: keyed hashes by which a record is found again in another release, or in another version of the data.

A link of kind `person` is the hash of the person's key; of kind `row` that of everything the row says; of kind
`record` of both. A row without a person's key counts as a person of its own and is found again by what it says. Columns
are taken by their names, so their order does not matter; a column more or less makes other rows of them.
"""

from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.kernel.block import block_of
from lockgate.classify.normal import is_missing
from lockgate.classify.siphash import KEY_BYTES, hash_cells, hash_numbers
from lockgate.classify.tidy import tidy_cells
from lockgate.store.partitions import LinkKind

Links = npt.NDArray[np.uint64]
Persons = npt.NDArray[np.uint64]

_USE = b"lockgate-link"
_NULL = "\x00"
_FEW, _MOST_KEPT = 4_096, 1 << 14
"""Texts of a batch of a column up to which their hashes are kept for the next batch, and texts of a column kept."""


def links_of(kind: LinkKind, batch: pa.RecordBatch, persons: Persons, subject_key: str, key: bytes) -> Links:
    """Return the link of each row.

    Args:
        kind: Not `none`; `row` where there is no subject key.
        batch: Rows of the source.
        persons: Keyed hashes of their persons, shape (rows, 2).
        subject_key: Column that tells persons apart; empty if none does.
        key: Secret of the links.
    """
    content = _content(batch, key) if kind is not LinkKind.PERSON else None
    if content is not None and (kind is LinkKind.ROW or not subject_key):
        return content
    links = persons_of(batch, persons, subject_key, key)
    return links if content is None else _mixed(links ^ _mixed(content, key), key)


def persons_of(batch: pa.RecordBatch, persons: Persons, subject_key: str, key: bytes) -> Links:
    """Return a hash of 64 bits of the person of each row, the same in every version of the data."""
    links: Links = persons[:, 0].copy()
    cells = tidy_cells(batch.column(subject_key))
    missing = np.append(is_missing(cells.values).to_numpy(zero_copy_only=False), True)[cells.codes]
    if missing.any():
        links[missing] = _content(batch.filter(pa.array(missing)), key)
    return links


def _content(batch: pa.RecordBatch, key: bytes) -> Links:
    """Return a hash of what each row says: the sum of the hashes of its cells, each column under a key of its own."""
    total = np.zeros(batch.num_rows, dtype=np.uint64)
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        cells = _as_text(column)
        if cells is None:
            continue
        encoded: Any = cells.dictionary_encode()
        texts, indices = encoded.dictionary.cast(pa.string()).fill_null(_NULL), encoded.indices
        if indices.null_count:
            texts = pa.concat_arrays([texts, pa.array([_NULL])])
            indices = indices.fill_null(len(texts) - 1)
        of_column = blake2b(name.encode(), digest_size=KEY_BYTES, key=key, person=_USE).digest()
        hashes = _few_hashes(texts, of_column) if len(texts) <= _FEW else _hashes(texts, of_column)
        total += np.take(hashes, np.asarray(indices))
    return _mixed(total, key)


def _hashes(texts: Any, key: bytes) -> Links:
    return hash_cells(block_of(texts), key)[:, 0]


def _few_hashes(texts: Any, key: bytes) -> Links:
    """Return the hashes of a few texts, most of which came by in earlier batches."""
    known, listed = _known_hashes(key), texts.to_pylist()
    fresh = [text for text in dict.fromkeys(listed) if text not in known]
    if fresh and len(known) + len(fresh) > _MOST_KEPT:
        return _hashes(texts, key)
    if fresh:
        known.update(zip(fresh, _hashes(pa.array(fresh, pa.string()), key).tolist(), strict=True))
    return np.array([known[text] for text in listed], dtype=np.uint64)


@lru_cache(maxsize=64)
def _known_hashes(key: bytes) -> dict[str, int]:
    """Return where the hashes of the texts of one column are kept, under its key; it only grows, up to a limit."""
    assert key
    return {}


def _as_text(column: Any) -> Any:
    """Return a column as text, as it is encoded; None where its type has no text form: it tells no two rows apart."""
    if pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type):
        return column
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return column
    try:
        return pc.cast(column, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _mixed(links: Links, key: bytes) -> Links:
    return hash_numbers(links.view(np.int64), blake2b(digest_size=KEY_BYTES, key=key, person=_USE).digest())[:, 0]
