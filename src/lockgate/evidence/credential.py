"""A dossier as a W3C Verifiable Credential, so that other people's verifiers see who said it and that it is unchanged.

The credential holds the statement as text, its canonical bytes, and the proof that the log recorded it: what it adds is
an envelope that wallets and registers know, signed by the log's own key. Nothing of it is new evidence.

Source: W3C Verifiable Credentials Data Model v2.0; RFC 6920 for the identifiers by hash.
"""

import base64
import zlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from lockgate.evidence.canonical import canonical_bytes
from lockgate.evidence.dossier import parse_statement, statement_hash
from lockgate.evidence.note import decode_base64, encode_base64, parse_verifier_key, verifier_key
from lockgate.evidence.shape import list_of, nullable, record, text
from lockgate.evidence.signed_document import did_key, open_document, open_jws, parse_object, sign_document, sign_jws
from lockgate.evidence.step import Step
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2")
TYPES = ("VerifiableCredential", "LockgateDossier")

CREDENTIAL = "credential"
"""Name of the step."""

_LEAST_JWS = b"eyJ"
_MOST_BYTES = 64 << 20


class Form(StrEnum):
    """How a credential is secured."""

    DATA_INTEGRITY = "data-integrity"
    JOSE = "jose"


_SUBJECT = record(
    {"id": text, "type": text, "dataset": text, "outcome": text, "logProof": text, "logKey": text},
    {"holder": nullable(text), "recipient": nullable(text), "statement": text, "statementDeflated": text},
)
_SHAPE = record(
    {
        "@context": list_of(text),
        "id": text,
        "type": list_of(text),
        "issuer": text,
        "validFrom": text,
        "credentialSubject": _SUBJECT,
    },
    {"validUntil": text},
)


def write_credential(statement: bytes, proof: bytes, seed: bytes, created: str, form: Form) -> bytes:
    """Return the credential of a dossier: the content of a file.

    Args:
        statement: Content of `statement.json`.
        proof: Content of `proof`.
        seed: Ed25519 seed of the log, 32 bytes.
        created: Time of the signature, UTC to the second.
        form: How it is secured.

    Raises:
        EvidenceError: If the statement is none.
        InputError: If the seed is not that of the log that the statement names.
    """
    document = describe_dossier(statement, proof, _deflated(statement) if form is Form.JOSE else None)
    named = parse_statement(statement)["log"]
    if str(verifier_key(named["origin"], seed)) != named["key"]:
        raise InputError("the key here is not the one of the log that recorded this", "name the home that made it")
    if form is Form.JOSE:
        return f"{sign_jws(document, seed)}\n".encode()
    return canonical_bytes(sign_document(document, seed, created)) + b"\n"


def describe_dossier(statement: bytes, proof: bytes, deflated: str | None = None) -> dict[str, Any]:
    """Return the credential of a dossier before it is signed.

    Args:
        statement: Content of `statement.json`.
        proof: Content of `proof`.
        deflated: The statement in zlib form, base 64, to be held instead of its text; None to hold the text.
    """
    read = parse_statement(statement)
    key = parse_verifier_key(read["log"]["key"])
    name = _named(statement)
    until = read.get("permit", {}).get("until")
    return {
        "@context": list(CONTEXTS),
        "id": name,
        "type": list(TYPES),
        "issuer": did_key(key.public_key),
        "validFrom": read["made_at"],
        **({"validUntil": f"{until}T23:59:59Z"} if until else {}),
        "credentialSubject": {
            "id": f"{name}?part=flow",
            "type": "Release" if read["kind"] == "release" else "Refusal",
            "dataset": read["dataset"],
            "holder": read["holder"].get("name"),
            "recipient": read["recipient"].get("name"),
            "outcome": read["decision"]["outcome"],
            **({"statement": statement.decode("utf-8")} if deflated is None else {"statementDeflated": deflated}),
            "logProof": proof.decode("utf-8"),
            "logKey": read["log"]["key"],
        },
    }


def is_credential(data: bytes) -> bool:
    """Return whether a file looks like a credential and not like a statement."""
    if data.startswith(_LEAST_JWS):
        return True
    try:
        return not _MARKS.isdisjoint(parse_object(data))
    except EvidenceError:  # a broken one of either kind
        return b'"@context"' in data[:_LOOKED_AT]


_MARKS = frozenset({"@context", "credentialSubject"})
_LOOKED_AT = 256


def open_credential(data: bytes) -> tuple[bytes, bytes, Step]:
    """Return the statement and the proof in a credential, and what the check of its envelope found.

    Args:
        data: The file's content, of either form.

    Raises:
        EvidenceError: If it is no credential of a dossier, or its signature does not hold.
    """
    is_jws = data.startswith(_LEAST_JWS)
    try:
        document, key = open_jws(data.decode("ascii")) if is_jws else open_document(parse_object(data))
    except UnicodeDecodeError as error:
        raise EvidenceError("expected a compact JWS") from error
    _SHAPE(document, "")
    subject: Mapping[str, Any] = document["credentialSubject"]
    deflated = subject.get("statementDeflated")
    statement = subject.get("statement", "").encode("utf-8") if deflated is None else _inflated(deflated)
    proof = subject["logProof"].encode("utf-8")
    try:
        expected = describe_dossier(statement, proof, deflated)
    except LockgateError as error:
        raise EvidenceError("the statement in the credential is none") from error
    if document != expected:
        raise EvidenceError("the credential says something else than the statement in it")
    if did_key(key) != document["issuer"]:
        raise EvidenceError("the credential is signed by another key than that of the log that its statement names")
    form = "a JWS" if is_jws else "a Data Integrity proof"
    return statement, proof, Step(CREDENTIAL, ok=True, detail=f"signed with {form} by the log's key, `{did_key(key)}`")


def _deflated(statement: bytes) -> str:
    """Return a statement in zlib form, base 64: common readers of JWS refuse more than 128 kB."""
    return encode_base64(zlib.compress(statement, 9))


def _inflated(text_: str) -> bytes:
    try:
        inflater = zlib.decompressobj()
        statement = inflater.decompress(decode_base64(text_), _MOST_BYTES)
    except (ValueError, zlib.error) as error:
        raise EvidenceError("expected the statement in zlib form") from error
    if not inflater.eof or inflater.unused_data:
        raise EvidenceError(f"expected one statement of at most {_MOST_BYTES >> 20} MiB in zlib form")
    return statement


def _named(statement: bytes) -> str:
    """Return the name of a statement by its hash."""
    digest = bytes.fromhex(statement_hash(statement))
    return f"ni:///sha-256;{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
