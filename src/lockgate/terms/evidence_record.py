"""What the log and the dossier record of one release or refusal: the statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STATEMENT_MEMBERS = frozenset(
    {
        "version",
        "kind",
        "release",
        "salt",
        "title",
        "made_at",
        "log",
        "software",
        "holder",
        "recipient",
        "dataset",
        "input",
        "output",
        "classification",
        "facts",
        "differences",
        "decision",
        "law",
        "route",
        "plan",
        "verification",
        "permit",
        "refusal",
    }
)
"""Members that a statement may have; a verifier refuses any other."""


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """One statement with what proves it.

    Attributes:
        statement: Members of the statement, JSON values only, keys of `STATEMENT_MEMBERS`.
        statement_hash: SHA-256 of the canonical bytes, hexadecimal.
        leaf: Number of the leaf in the log.
        proof: Inclusion proof with checkpoint, C2SP tlog-proof text.
    """

    statement: Mapping[str, Any]
    statement_hash: str
    leaf: int
    proof: str
