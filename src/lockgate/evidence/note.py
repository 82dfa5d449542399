"""Signed notes: text with signature lines below it, and the verifier keys that check them.

Not a key store: seeds arrive as arguments. Plain signatures are Ed25519 (0x01); keys of cosigners have types of their
own (`lockgate.evidence.cosignature`); signature lines of other types are ignored, as the specification asks.

Source: C2SP signed-note v1.0.0 (c2sp.org/signed-note).
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lockgate.terms.errors import EvidenceError, InputError

ED25519 = 0x01
ED25519_COSIGNATURE = 0x04
ML_DSA_44_COSIGNATURE = 0x06

KEY_BYTES: Mapping[int, int] = MappingProxyType({ED25519: 32, ED25519_COSIGNATURE: 32, ML_DSA_44_COSIGNATURE: 1312})
"""Length of a public key by signature type, for the types that are known here."""

_DASH = "\u2014 "
_ID_BYTES = 4
_LENGTH_AT_MOST = 255
_SIGNATURES_AT_MOST = 64
_FIRST_PRINTABLE = 0x20


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under.

    Attributes:
        name: Key name; of a log, its origin. Not empty, no white space, no plus sign.
        public_key: Public key, as long as `KEY_BYTES` says.
        algorithm: Signature type, one of `KEY_BYTES`.
    """

    name: str
    public_key: bytes
    algorithm: int = ED25519

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that tell keys of one name apart."""
        return _key_id(self.name, self.algorithm, self.public_key)

    def __str__(self) -> str:
        """Return the key as people pass it on: `name+id+base64(type || key)`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.algorithm]) + self.public_key)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A note whose form is right; whether a signature holds is `is_signed_by`'s to say.

    Attributes:
        text: What was signed, with its last newline.
        signatures: Key name, key id and signature bytes of each line, in order.
    """

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


def verifier_key(name: str, seed: bytes) -> VerifierKey:
    """Return the public side of a signing seed.

    Args:
        name: Key name.
        seed: Ed25519 seed, 32 bytes.

    Raises:
        ValueError: If the name is not a key name.
    """
    if not is_key_name(name):
        raise ValueError("expected a key name without white space and plus sign")
    return VerifierKey(name, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def parse_verifier_key(text: str) -> VerifierKey:
    """Return the key of a log that `name+id+base64` spells.

    Raises:
        InputError: If the text is of another form, the id does not fit the key, or the key is not Ed25519.
    """
    return _parse_key(text, (ED25519,), "an Ed25519 key", "Give the log's Ed25519 key.")


def parse_log_key(text: str) -> VerifierKey:
    """Return a key that a log signs its checkpoints with, Ed25519 or ML-DSA-44, that `name+id+base64` spells.

    Raises:
        InputError: If the text is of another form, the id does not fit the key, or the key is of another type.
    """
    types = (ED25519, ML_DSA_44_COSIGNATURE)
    return _parse_key(text, types, "a log's key, of type 01 or 06", "Give a key that `lockgate keys` prints.")


def parse_cosigner_key(text: str) -> VerifierKey:
    """Return the key of a cosigner that `name+id+base64` spells.

    Raises:
        InputError: If the text is of another form, the id does not fit the key, or the key is of no cosigner.
    """
    types = (ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE)
    return _parse_key(text, types, "a key of type 04 or 06", "Give the key that the witness cosigns with.")


def _parse_key(text: str, types: tuple[int, ...], expected: str, hint: str) -> VerifierKey:
    name, algorithm, public_key = _split_verifier_key(text)
    if algorithm not in types or len(public_key) != KEY_BYTES[algorithm]:
        raise InputError(f"expected {expected}, found `{text}`", hint)
    return VerifierKey(name, public_key, algorithm)


def _split_verifier_key(text: str) -> tuple[str, int, bytes]:
    """Return name, signature type and public key of any verifier key string.

    Raises:
        InputError: If the text is of another form, or the id does not fit the key.
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        data = decode_base64(encoded)
    except ValueError:
        data = b""
    if not is_key_name(name) or not data or key_id != _key_id(name, data[0], data[1:]).hex():
        raise InputError(
            f"expected a verifier key `name+id+base64`, found `{text}`", "Copy the whole key, in one line."
        )
    return name, data[0], data[1:]


def sign_note(text: str, name: str, seed: bytes) -> str:
    """Return the text with one signature line.

    Args:
        text: Ends in a newline; no control characters but newlines.
        name: Key name.
        seed: Ed25519 seed, 32 bytes.

    Raises:
        ValueError: If the text or the name is of another form.
    """
    if not text.endswith("\n") or not _is_note_text(text):
        raise ValueError("expected text that ends in a newline and has no other control characters")
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode("utf-8"))
    return f"{text}\n{signature_line(verifier_key(name, seed), signature)}\n"


def signature_line(key: VerifierKey, signature: bytes) -> str:
    """Return a signature as a note carries it, without the line's end."""
    return f"{_DASH}{key.name} {encode_base64(key.key_id + signature)}"


def parse_signature_line(line: str) -> tuple[str, bytes, bytes]:
    """Return key name, key id and signature bytes of a line without its end.

    Raises:
        EvidenceError: If the line is of another form.
    """
    return _parse_signature(line)


def parse_note(data: bytes) -> Note:
    """Return the note that the bytes spell; its signatures are not yet verified.

    Raises:
        EvidenceError: If the bytes are not a signed note.
    """
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EvidenceError("expected a signed note in UTF-8") from error
    text, separator, below = whole.rpartition("\n\n")
    if not separator or not below.endswith("\n") or not _is_note_text(whole):
        raise EvidenceError("expected a signed note: text, an empty line, signature lines")
    lines = below[:-1].split("\n")
    if len(lines) > _SIGNATURES_AT_MOST:
        raise EvidenceError(f"expected at most {_SIGNATURES_AT_MOST} signatures, found {len(lines)}")
    return Note(f"{text}\n", tuple(_parse_signature(line) for line in lines))


def is_signed_by(note: Note, key: VerifierKey) -> bool:
    """Return whether the key signed the note; lines of other keys are ignored.

    One line of this key that does not hold spoils the note, even beside one that does.
    """
    mine = [signature for name, key_id, signature in note.signatures if (name, key_id) == (key.name, key.key_id)]
    try:
        public_key = Ed25519PublicKey.from_public_bytes(key.public_key)
        for signature in mine:
            public_key.verify(signature, note.text.encode("utf-8"))
    except (InvalidSignature, ValueError):
        return False
    return bool(mine)


def encode_base64(data: bytes) -> str:
    """Return the standard base 64 of the bytes."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Return the bytes that the standard base 64 spells, refusing any second spelling of them.

    Raises:
        ValueError: If the text is not the one spelling of some bytes.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("expected base 64") from error
    if encode_base64(data) != text:
        raise ValueError("expected the one spelling of base 64")
    return data


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        data = decode_base64(encoded)
    except ValueError:
        data = b""
    if not line.startswith(_DASH) or not is_key_name(name) or len(data) <= _ID_BYTES:
        raise EvidenceError("expected a signature line: dash, key name, base 64")
    return name, data[:_ID_BYTES], data[_ID_BYTES:]


def _key_id(name: str, algorithm: int, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode("utf-8") + b"\n" + bytes([algorithm]) + public_key).digest()[:_ID_BYTES]


def is_key_name(name: str) -> bool:
    """Return whether a text may name a key."""
    return bool(name) and "+" not in name and not any(char.isspace() for char in name) and _is_note_text(name)


def is_origin_short(origin: str) -> bool:
    """Return whether an origin fits into a cosigned message, which writes its length in one byte."""
    return 0 < len(origin.encode()) <= _LENGTH_AT_MOST


def _is_note_text(text: str) -> bool:
    return all(char == "\n" or ord(char) >= _FIRST_PRINTABLE for char in text)
