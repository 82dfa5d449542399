"""Proofs that a leaf is in a log, as a file that can be checked offline: index, hashes, checkpoint.

Source: C2SP tlog-proof (c2sp.org/tlog-proof), version 1.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lockgate.evidence.checkpoint import Checkpoint, parse_checkpoint
from lockgate.evidence.merkle import HASH_BYTES
from lockgate.evidence.note import decode_base64, encode_base64
from lockgate.terms.errors import EvidenceError

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_HASHES_AT_MOST = 63


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """A proof whose form is right; whether it holds is for `lockgate.evidence.check` to say.

    Attributes:
        index: Number of the leaf.
        path: Hashes from the leaf's sibling up to the child of the root.
        checkpoint: The tree that the leaf is in.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint


def render_proof(index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """Return the proof as text.

    Args:
        index: Number of the leaf.
        path: Inclusion path.
        checkpoint: Signed checkpoint, as the log gives it.
    """
    lines = [HEADER, f"index {index}", *map(encode_base64, path), "", checkpoint]
    return "\n".join(lines)


def parse_proof(data: bytes) -> InclusionProof:
    """Return the proof that the bytes spell.

    Extra data, which the format allows and nothing authenticates, is refused: lockgate writes none.

    Raises:
        EvidenceError: If the bytes are no such proof.
    """
    above, separator, checkpoint = data.partition(b"\n\n")
    try:
        lines = above.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise EvidenceError("expected a proof in the form c2sp.org/tlog-proof@v1") from error
    index = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if lines[0] != HEADER or not index or not separator:
        raise EvidenceError("expected a proof in the form c2sp.org/tlog-proof@v1 without extra data")
    if len(lines) > _HASHES_AT_MOST + 2:
        raise EvidenceError(f"expected at most {_HASHES_AT_MOST} hashes in a proof, found {len(lines) - 2}")
    return InclusionProof(int(index[1]), tuple(map(_parse_hash, lines[2:])), parse_checkpoint(checkpoint))


def _parse_hash(line: str) -> bytes:
    try:
        value = decode_base64(line)
    except ValueError as error:
        raise EvidenceError("expected the hashes of a proof in base 64") from error
    if len(value) != HASH_BYTES:
        raise EvidenceError(f"expected hashes of {HASH_BYTES} bytes in a proof, found {len(value)}")
    return value
