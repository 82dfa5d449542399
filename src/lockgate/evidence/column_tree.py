r"""Tree over the columns of a release, salted: one column can be shown alone and proven to belong to it.

    seed(side)     = 32 secret bytes of one side (`output`, `input`) of one release
    salt(column)   = HMAC-SHA-256(seed, "lockgate column salt 1\n" || name in UTF-8)
    commitment     = SHA-256(0x00 || "lockgate salted column 1\n" || side || 0x0A || salt || length of name (uint32,
                     little-endian) || name in UTF-8 || column root)
    tree root      = RFC 6962 root over the commitments: of the output by name, then of the input by name (order of
                     code points)
    root           = SHA-256(0x02 || "lockgate column terms 1\n" || tree root || canonical JSON of {"columns": number of
                     leaves, "log": the log as the statement names it, "until": last day of the permit or null})
                     since version 3 of the statement; before, the tree root alone

The terms bind what a column is shown with: without them whoever hands one on could leave out a key of the log, put off
the day on which the permit ends, or give the tree another size. Their hash begins with a byte of its own, because as a
node of RFC 6962 it would pass for one more sibling of a path, and a root with terms for one without. The column root is
that of `lockgate.evidence.data_hash`, so that the tree costs no second look at the data. The root is a leaf of the log
beside that of the statement: who is shown a column need not be shown the statement, whose hashes of whole files would
let a small rest of the table be guessed. A salt shown with one column tells nothing of another, because it is derived
from a seed that stays with the data (output) or with the holder (input).
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from lockgate.evidence.canonical import canonical_bytes
from lockgate.evidence.merkle import inclusion_path, leaf_hash, nodes_over, tree_hash
from lockgate.terms.errors import EvidenceError

OUTPUT = "output"
INPUT = "input"
SIDES = (OUTPUT, INPUT)

SEED_BYTES = 32

_SALT = b"lockgate column salt 1\n"
_COLUMN = b"lockgate salted column 1\n"
_TERMS = b"\x02lockgate column terms 1\n"


def column_salt(seed: bytes, name: str) -> bytes:
    """Return the salt of one column, 32 bytes.

    Args:
        seed: Of the side of the release.
        name: Of the column.
    """
    return hmac.digest(seed, _SALT + name.encode("utf-8"), "sha256")


def column_commitment(side: str, name: str, root: str, salt: bytes) -> str:
    """Return the salted hash of one column, hexadecimal.

    Args:
        side: `output` or `input`.
        name: Of the column.
        root: Its root as `DataHash.columns` gives it, hexadecimal.
        salt: Of `column_salt`.
    """
    data = name.encode("utf-8")
    named = len(data).to_bytes(4, "little") + data
    return leaf_hash(_COLUMN + side.encode() + b"\n" + salt + named + bytes.fromhex(root)).hex()


def commit_columns(side: str, roots: Mapping[str, str], seed: bytes) -> dict[str, str]:
    """Return the salted hash of every column by name, hexadecimal.

    Args:
        side: `output` or `input`.
        roots: Column roots by name, hexadecimal.
        seed: Of the side of the release.
    """
    return {name: column_commitment(side, name, root, column_salt(seed, name)) for name, root in roots.items()}


def has_column_tree(statement: Mapping[str, Any]) -> bool:
    """Return whether a statement commits to its columns one by one; one of version 1 and a refusal do not."""
    return bool(statement["kind"] == "release" and statement["version"] > 1)


def columns_root(statement: Mapping[str, Any]) -> str:
    """Return the root over the columns of a release and its terms, hexadecimal.

    Args:
        statement: For which `has_column_tree` holds.
    """
    leaves = [commitment for _, commitment in _leaves(statement)]
    root = tree_hash(leaves)
    if has_terms(statement):
        root = bind_terms(root, len(leaves), statement["log"], last_day_of(statement))
    return root.hex()


def has_terms(statement: Mapping[str, Any]) -> bool:
    """Return whether the root over the columns also binds their number, log and end of the permit; since version 3."""
    return bool(has_column_tree(statement) and statement["version"] > _WITHOUT_TERMS)


_WITHOUT_TERMS = 2


def last_day_of(statement: Mapping[str, Any]) -> str | None:
    """Return the last day of the permit as the statement writes it; None if it has no end."""
    until = statement["permit"].get("until")
    return None if until is None else str(until)


def bind_terms(root: bytes, size: int, log: Mapping[str, Any], until: str | None) -> bytes:
    """Return the root over columns and terms, from that over the columns alone.

    Args:
        root: Over the columns, 32 bytes.
        size: Number of the columns, of output and input together.
        log: As the statement names it.
        until: Last day of the permit; None if it has no end.
    """
    terms = canonical_bytes({"columns": size, "log": dict(log), "until": until})
    return hashlib.sha256(_TERMS + root + terms).digest()


def column_path(statement: Mapping[str, Any], side: str, name: str) -> tuple[int, int, tuple[bytes, ...]]:
    """Return place of a column in the tree, size of the tree, and the path that proves it.

    Args:
        statement: For which `has_column_tree` holds.
        side: `output` or `input`.
        name: Of the column.

    Raises:
        EvidenceError: If the release has no such column.
    """
    leaves = _leaves(statement)
    places = [at for at, (column, _) in enumerate(leaves) if column == (side, name)]
    if not places:
        raise EvidenceError(f"the {side} of the release has no column `{name}`")
    hashes = nodes_over([commitment for _, commitment in leaves])
    return places[0], len(leaves), inclusion_path(hashes, places[0], len(leaves))


def parse_seed(data: bytes | None) -> bytes:
    """Return the seed that the file of a release folder holds: 64 hexadecimal digits and a newline.

    Args:
        data: Content of the file; None if there is none.

    Raises:
        EvidenceError: If there is none, or it holds something else.
    """
    if not data:
        raise EvidenceError("the file `salts` is missing or empty")
    try:
        seed = bytes.fromhex(data.decode("ascii"))
    except ValueError as error:
        raise EvidenceError("expected the salts of the columns in hexadecimal") from error
    if len(seed) != SEED_BYTES or render_seed(seed) != data:
        raise EvidenceError(f"expected the salts of the columns as {SEED_BYTES} bytes in hexadecimal")
    return seed


def render_seed(seed: bytes) -> bytes:
    """Return the content of the file that holds a seed."""
    return f"{seed.hex()}\n".encode()


def derive_seed(key: bytes, release: str, side: str) -> bytes:
    """Return the seed of one side of one release, which its holder can make again at any time.

    Args:
        key: Secret of the holder, 32 bytes.
        release: Id of the release.
        side: `output` or `input`.
    """
    return hmac.new(key, f"lockgate column seed 1\n{side}\n{release}".encode(), hashlib.sha256).digest()


def _leaves(statement: Mapping[str, Any]) -> list[tuple[tuple[str, str], bytes]]:
    return [
        ((side, name), bytes.fromhex(statement[side]["columns"][name]))
        for side in SIDES
        for name in sorted(statement[side]["columns"])
    ]
