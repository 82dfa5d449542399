"""Log entries: what one leaf of the log says. It holds a salted hash and one word, never a person's data or a name.

A verifier rebuilds the entry from `statement.json` alone, so that the log need not be at hand.
"""

import re

from lockgate.evidence.canonical import canonical_bytes

KINDS = ("release", "released", "abandoned", "refusal", "reversal", "forgetting")
"""What happened: a copy was recorded, it went out, it did not go out after all, or it was refused; tokens were
turned back into values, or the values behind them forgotten."""

_SHA_256 = re.compile(r"[0-9a-f]{64}")


def entry_of(statement_hash: str, kind: str) -> bytes:
    """Return the log entry for what happened to one statement.

    Args:
        statement_hash: SHA-256 of the canonical statement, 64 lower-case hexadecimal digits.
        kind: One of `KINDS`.

    Raises:
        ValueError: If either is of another form.

    >>> entry_of("00" * 32, "refusal")[:30]
    b'{"kind":"refusal","statement":'
    """
    if kind not in KINDS:
        raise ValueError(f"expected one of {', '.join(KINDS)}, found `{kind}`")
    if not _SHA_256.fullmatch(statement_hash):
        raise ValueError("expected a SHA-256 in 64 lower-case hexadecimal digits")
    return canonical_bytes({"kind": kind, "statement": statement_hash})
