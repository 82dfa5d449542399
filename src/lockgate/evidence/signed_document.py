"""JSON documents signed as W3C Verifiable Credentials are: an embedded Data Integrity proof, or a compact JWS.

Knows nothing of what a credential says; keys are Ed25519 alone and name themselves as `did:key`, so that whoever reads
one needs no registry. Both forms sign with the seed of a log: neither a pair of hashes nor `base64.base64` is the text
of a signed note, so that a signature of one kind never passes for another.

Source: W3C Data Integrity EdDSA Cryptosuites v1.0, eddsa-jcs-2022; W3C Controlled Identifiers v1.0, Multikey; W3C
Securing Verifiable Credentials using JOSE and COSE; RFC 7515, RFC 8037; the did:key method.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lockgate.evidence.canonical import canonical_bytes
from lockgate.terms.errors import EvidenceError, InputError

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519_MULTICODEC = b"\xed\x01"
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_SUITE = "eddsa-jcs-2022"
_JWS_PARTS = 3


def did_key(public_key: bytes) -> str:
    """Return the decentralised identifier that an Ed25519 public key is of itself.

    >>> did_key(bytes(32))[:16]
    'did:key:z6MkeTG3'
    """
    return f"did:key:{_multikey(public_key)}"


def verification_method(public_key: bytes) -> str:
    """Return the name of the key inside its own `did:key`."""
    return f"{did_key(public_key)}#{_multikey(public_key)}"


def public_key_of(method: str) -> bytes:
    """Return the Ed25519 public key that a verification method, or a `did:key`, spells; 32 bytes.

    Raises:
        EvidenceError: If it spells none, or names one key and spells another.
    """
    did, _, fragment = method.partition("#")
    name = did.removeprefix("did:key:")
    try:
        data = decode_base58(name.removeprefix("z"))
    except ValueError:
        data = b""
    key = data.removeprefix(_ED25519_MULTICODEC)
    if len(key) != _KEY_BYTES or did != did_key(key) or fragment not in ("", name):
        raise EvidenceError("expected the did:key of an Ed25519 key as signer")
    return key


def sign_document(document: Mapping[str, Any], seed: bytes, created: str) -> dict[str, Any]:
    """Return the document with a Data Integrity proof by eddsa-jcs-2022.

    Args:
        document: Without a proof; its `@context` is that of the proof.
        seed: Ed25519 seed, 32 bytes.
        created: Time of the proof, UTC to the second.
    """
    private = Ed25519PrivateKey.from_private_bytes(seed)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": _SUITE,
        "created": created,
        "verificationMethod": verification_method(private.public_key().public_bytes_raw()),
        "proofPurpose": "assertionMethod",
    }
    signature = private.sign(signed_hashes(document, {**options, "@context": document["@context"]}))
    return {**document, "proof": {"@context": document["@context"], **options, "proofValue": _multibase(signature)}}


def signed_hashes(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """Return what eddsa-jcs-2022 signs: the hash of the proof's options, then that of the document, 64 bytes."""
    return b"".join(hashlib.sha256(canonical_bytes(item)).digest() for item in (options, document))


def open_document(signed: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return the document without its proof and the public key that signed it, once the proof has been found to hold.

    Args:
        signed: With one proof by eddsa-jcs-2022 of a `did:key`.

    Raises:
        EvidenceError: If there is no such proof, or it does not hold.
    """
    document = dict(signed)
    options = document.pop("proof", None)
    if not isinstance(options, Mapping) or (options.get("type"), options.get("cryptosuite")) != (
        "DataIntegrityProof",
        _SUITE,
    ):
        raise EvidenceError(f"expected one Data Integrity proof by {_SUITE}")
    options = dict(options)
    value, method = str(options.pop("proofValue", "")), str(options.get("verificationMethod", ""))
    if options.get("proofPurpose") != "assertionMethod":
        raise EvidenceError("expected a proof made to assert the document")
    context = options.get("@context")
    if context is not None and context != document.get("@context"):
        raise EvidenceError("the context of the proof is not that of the document")
    key = public_key_of(method)
    try:
        signature = decode_base58(value.removeprefix("z")) if value.startswith("z") else b""
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed_hashes(document, options))
    except (InvalidSignature, ValueError, InputError) as error:
        raise EvidenceError("the proof of the document does not hold") from error
    return document, key


def sign_jws(document: Mapping[str, Any], seed: bytes) -> str:
    """Return the document as a compact JWS of type `vc+jwt`, signed with EdDSA.

    Args:
        document: Without a proof.
        seed: Ed25519 seed, 32 bytes.
    """
    private = Ed25519PrivateKey.from_private_bytes(seed)
    method = verification_method(private.public_key().public_bytes_raw())
    header = {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": method}
    body = ".".join(_url64(canonical_bytes(item)) for item in (header, document))
    return f"{body}.{_url64(private.sign(body.encode()))}"


def open_jws(text: str) -> tuple[dict[str, Any], bytes]:
    """Return the document in a compact JWS and the public key that signed it, once the signature is found to hold.

    Raises:
        EvidenceError: If it is no such JWS, or the signature does not hold.
    """
    parts = text.strip().split(".")
    try:
        header, document, signature = (_from_url64(part) for part in parts)
        read = [parse_object(item) for item in (header, document)]
    except ValueError as error:
        raise EvidenceError("expected a compact JWS") from error
    if read[0].get("alg") != "EdDSA" or read[0].get("typ") != "vc+jwt" or "crit" in read[0]:
        raise EvidenceError("expected a JWS of type vc+jwt, signed with EdDSA")
    key = public_key_of(str(read[0].get("kid", "")))
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, ".".join(parts[: _JWS_PARTS - 1]).encode())
    except InvalidSignature as error:
        raise EvidenceError("the signature of the credential does not hold") from error
    return read[1], key


def parse_object(data: bytes) -> dict[str, Any]:
    """Return the JSON object that the bytes spell; a member that comes twice would be read differently by others.

    Raises:
        EvidenceError: If they spell none, a member comes twice, or a value has no canonical form: a number that is
            none, half a letter, more levels than anybody writes.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a member comes twice")
        return dict(pairs)

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=unique)
        canonical_bytes(value)
    except (ValueError, RecursionError, InputError) as error:
        raise EvidenceError("expected a JSON object whose members come once") from error
    if not isinstance(value, dict):
        raise EvidenceError("expected a JSON object")
    return value


def encode_base58(data: bytes) -> str:
    """Return the bytes in base 58, the alphabet of Bitcoin.

    >>> encode_base58(b"Hello World!")
    '2NEpo7TZRRrLZSi2U'
    """
    number, digits = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\x00"))) + digits


def decode_base58(text: str) -> bytes:
    """Return the bytes that base 58 spells.

    Raises:
        ValueError: If a letter is not of the alphabet, or the text is longer than any key or signature.
    """
    if len(text) > 2 * _SIGNATURE_BYTES:
        raise ValueError("expected a shorter text")
    number = 0
    for letter in text:
        number = number * len(_ALPHABET) + _ALPHABET.index(letter)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def _multikey(public_key: bytes) -> str:
    return _multibase(_ED25519_MULTICODEC + public_key)


def _multibase(data: bytes) -> str:
    return f"z{encode_base58(data)}"


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _from_url64(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("expected base 64 for addresses") from error
    if _url64(data) != text:
        raise ValueError("expected the one spelling of base 64")
    return data
