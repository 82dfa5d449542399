"""Log entries: what one leaf of the log says. It holds a salted hash and one word, never a person's data or a name.

A verifier rebuilds the entry from `statement.json` alone, so that the log need not be at hand.
"""

import re

from lockgate.evidence.canonical import canonical_bytes

KINDS = ("release", "released", "abandoned", "refusal", "reversal", "forgetting")
"""What happened: a copy was recorded, it went out, it did not go out after all, or it was refused; tokens were
turned back into values, or the values behind them forgotten."""

BUDGET_KINDS = ("budget-reserved", "budget-committed", "budget-returned")
"""What happened to a part of a privacy budget: reserved before noise, spent by a release, or given back undrawn."""

REVOKED = "revoked"
"""A release that went out may no longer be relied on."""

_SHA_256 = re.compile(r"[0-9a-f]{64}")


def entry_of(statement_hash: str, kind: str, columns: str = "") -> bytes:
    """Return the log entry for what happened to one statement.

    Args:
        statement_hash: SHA-256 of the canonical statement, 64 lower-case hexadecimal digits.
        kind: One of `KINDS`.
        columns: Root over the columns of a release (`lockgate.evidence.column_tree`), likewise; empty where the
            statement commits to none.

    Raises:
        ValueError: If either is of another form.

    >>> entry_of("00" * 32, "refusal")[:30]
    b'{"kind":"refusal","statement":'
    """
    _check(statement_hash, kind, KINDS)
    if not columns:
        return canonical_bytes({"kind": kind, "statement": statement_hash})
    _check(columns, kind, ("release",))
    return canonical_bytes({"columns": columns, "kind": kind, "statement": statement_hash})


def has_said(entry: bytes, said: bytes) -> bool:
    """Return whether a log entry says what another says, be it that a release also commits to its columns.

    >>> has_said(entry_of("00" * 32, "release", "11" * 32), entry_of("00" * 32, "release"))
    True
    """
    return entry == said or (entry.endswith(said[1:]) and _COLUMNS.fullmatch(entry[: 1 - len(said)]) is not None)


_COLUMNS = re.compile(rb'\{"columns":"[0-9a-f]{64}",')


def budget_entry_of(record_hash: str, kind: str) -> bytes:
    """Return the log entry for what happened to one reservation of a privacy budget.

    Args:
        record_hash: SHA-256 of the canonical, salted record, 64 lower-case hexadecimal digits.
        kind: One of `BUDGET_KINDS`.

    Raises:
        ValueError: If either is of another form.
    """
    _check(record_hash, kind, BUDGET_KINDS)
    return canonical_bytes({"budget": record_hash, "kind": kind})


def revocation_entry_of(statement_hash: str, revocation_hash: str) -> bytes:
    """Return the log entry by which a release is revoked: a tombstone beside its leaf, which stays.

    Args:
        statement_hash: SHA-256 of the release's canonical statement, 64 lower-case hexadecimal digits.
        revocation_hash: SHA-256 of the canonical, salted record of who revoked it and why, likewise.

    Raises:
        ValueError: If either is of another form.
    """
    _check(statement_hash, REVOKED, (REVOKED,))
    _check(revocation_hash, REVOKED, (REVOKED,))
    return canonical_bytes({"kind": REVOKED, "revocation": revocation_hash, "statement": statement_hash})


def read_revocation_entry(entry: bytes) -> tuple[str, str] | None:
    """Return the hashes of the statement and of the record of an entry that revokes a release; None for any other.

    >>> read_revocation_entry(revocation_entry_of("00" * 32, "11" * 32))[1][:4]
    '1111'
    """
    found = _REVOCATION_ENTRY.fullmatch(entry)
    return (found[2].decode(), found[1].decode()) if found else None


_REVOCATION_ENTRY = re.compile(rb'\{"kind":"revoked","revocation":"([0-9a-f]{64})","statement":"([0-9a-f]{64})"\}')


def read_budget_entry(entry: bytes) -> tuple[str, str] | None:
    """Return the record's hash and the kind of an entry that `budget_entry_of` made; None for any other.

    >>> read_budget_entry(budget_entry_of("00" * 32, "budget-reserved"))[1]
    'budget-reserved'
    """
    found = _BUDGET_ENTRY.fullmatch(entry)
    return (found[1].decode(), found[2].decode()) if found else None


_BUDGET_ENTRY = re.compile(rb'\{"budget":"([0-9a-f]{64})","kind":"(%b)"\}' % "|".join(BUDGET_KINDS).encode())


def _check(hash_: str, kind: str, kinds: tuple[str, ...]) -> None:
    if kind not in kinds:
        raise ValueError(f"expected one of {', '.join(kinds)}, found `{kind}`")
    if not _SHA_256.fullmatch(hash_):
        raise ValueError("expected a SHA-256 in 64 lower-case hexadecimal digits")
