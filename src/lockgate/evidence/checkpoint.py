"""Checkpoints: signed notes that say how many leaves a log has and what they hash to.

Source: C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint).
"""

import re
from dataclasses import dataclass

from lockgate.evidence.merkle import HASH_BYTES, TreeHead
from lockgate.evidence.note import Note, decode_base64, encode_base64, parse_note, sign_note
from lockgate.terms.errors import EvidenceError

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's state as its checkpoint says it.

    Attributes:
        origin: Identity of the log.
        head: Its tree.
        note: The note with its signatures, not yet verified.
    """

    origin: str
    head: TreeHead
    note: Note


def sign_checkpoint(origin: str, head: TreeHead, seed: bytes) -> str:
    """Return the signed checkpoint of a tree; the key name is the origin.

    Args:
        origin: Identity of the log.
        head: Its tree.
        seed: Ed25519 seed, 32 bytes.
    """
    return sign_note(f"{origin}\n{head.size}\n{encode_base64(head.root)}\n", origin, seed)


def parse_checkpoint(data: bytes) -> Checkpoint:
    """Return the checkpoint that the bytes spell; its signature is not yet verified.

    Raises:
        EvidenceError: If the bytes are no checkpoint.
    """
    note = parse_note(data)
    lines = note.text[:-1].split("\n")
    if len(lines) < _LINES or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise EvidenceError("expected a checkpoint: origin, tree size, root hash")
    try:
        root = decode_base64(lines[2])
    except ValueError as error:
        raise EvidenceError("expected the root hash of a checkpoint in base 64") from error
    if len(root) != HASH_BYTES:
        raise EvidenceError(f"expected a root hash of {HASH_BYTES} bytes, found {len(root)}")
    return Checkpoint(lines[0], TreeHead(int(lines[1]), root), note)
