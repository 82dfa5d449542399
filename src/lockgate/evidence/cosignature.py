"""Cosignatures: statements of a named key that it has seen a checkpoint, and only consistent ones before it.

Two algorithms. Ed25519 signs the time and the text of the checkpoint; ML-DSA-44 signs name, time, origin, size and
root, and does not speak of extension lines. A log may cosign its own checkpoints, so that a signature stands beside
its Ed25519 one that a quantum computer does not forge; it says nothing of time then, and writes 0.

Signing with ML-DSA-44 is hedged by the library: two signatures of one checkpoint differ. Nothing hangs on which.

Source: C2SP tlog-cosignature (c2sp.org/tlog-cosignature); FIPS 204, with the empty context.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from lockgate.evidence.checkpoint import Checkpoint, parse_checkpoint
from lockgate.evidence.note import (
    ED25519_COSIGNATURE,
    ML_DSA_44_COSIGNATURE,
    VerifierKey,
    is_key_name,
    is_origin_short,
    signature_line,
)

LATEST_S = 2**63 - 1
"""The latest time that a cosignature may carry, seconds since 1970."""

_TIME_BYTES = 8
_LABEL = b"subtree/v1\n\x00"


def cosigner_key(name: str, seed: bytes, algorithm: int = ML_DSA_44_COSIGNATURE) -> VerifierKey:
    """Return the public side of a cosigner's seed.

    Args:
        name: Key name.
        seed: 32 bytes; a cosigner has a seed for each algorithm and each name.
        algorithm: `ED25519_COSIGNATURE` or `ML_DSA_44_COSIGNATURE`.

    Raises:
        ValueError: If the name is not a key name, or the algorithm is another.
    """
    if not is_key_name(name):
        raise ValueError("expected a key name without white space and plus sign")
    if algorithm == ED25519_COSIGNATURE:
        public_key = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    elif algorithm == ML_DSA_44_COSIGNATURE:
        public_key = MLDSA44PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()
    else:
        raise ValueError("expected an algorithm of cosignatures")
    return VerifierKey(name, public_key, algorithm)


def cosign(checkpoint: Checkpoint, key: VerifierKey, seed: bytes, time_s: int) -> str:
    """Return the signature line of a cosigner, without the line's end.

    Whoever calls this has verified that the log only grew: that is what the line says.

    Args:
        checkpoint: What is cosigned.
        key: From `cosigner_key`.
        seed: 32 bytes.
        time_s: Seconds since 1970; 0 for ML-DSA-44 where nothing is said of time.

    Raises:
        ValueError: If the time is out of range, or the origin is too long for ML-DSA-44.
    """
    if not 0 <= time_s <= LATEST_S or (time_s == 0 and key.algorithm == ED25519_COSIGNATURE):
        raise ValueError("expected a time after 1970")
    if key.algorithm == ED25519_COSIGNATURE:
        signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_timed_text(checkpoint, time_s))
    else:
        if not is_origin_short(checkpoint.origin):
            raise ValueError("expected an origin of at most 255 bytes")
        signature = MLDSA44PrivateKey.from_seed_bytes(seed).sign(_cosigned_message(checkpoint, key.name, time_s))
    return signature_line(key, time_s.to_bytes(_TIME_BYTES, "big") + signature)


def add_own_cosignature(checkpoint: str, seed: bytes) -> str:
    """Return a log's signed checkpoint with its own ML-DSA-44 line below: key name = origin, nothing said of time.

    Args:
        checkpoint: Signed by the log.
        seed: 32 bytes, of the log's ML-DSA-44 key.

    Raises:
        ValueError: If the origin is too long.
    """
    parsed = parse_checkpoint(checkpoint.encode())
    return f"{checkpoint}{cosign(parsed, cosigner_key(parsed.origin, seed), seed, 0)}\n"


def cosigned_at(checkpoint: Checkpoint, key: VerifierKey) -> int | None:
    """Return when the key cosigned the checkpoint, seconds since 1970; None if it did not.

    One line of this key that does not hold spoils the checkpoint, even beside one that does. Of several that hold the
    latest time counts.

    Args:
        checkpoint: With its signature lines.
        key: Of the cosigner.
    """
    mine = [found for name, key_id, found in checkpoint.note.signatures if (name, key_id) == (key.name, key.key_id)]
    times = [_time_of(checkpoint, key, found) for found in mine]
    return None if None in times or not times else max(time for time in times if time is not None)


def _time_of(checkpoint: Checkpoint, key: VerifierKey, timestamped: bytes) -> int | None:
    time_s, signature = int.from_bytes(timestamped[:_TIME_BYTES], "big"), timestamped[_TIME_BYTES:]
    if len(timestamped) <= _TIME_BYTES or time_s > LATEST_S:
        return None
    try:
        if key.algorithm == ED25519_COSIGNATURE:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, _timed_text(checkpoint, time_s))
        elif key.algorithm == ML_DSA_44_COSIGNATURE and is_origin_short(checkpoint.origin):
            message = _cosigned_message(checkpoint, key.name, time_s)
            MLDSA44PublicKey.from_public_bytes(key.public_key).verify(signature, message)
        else:
            return None
    except (InvalidSignature, ValueError):
        return None
    return time_s


def _timed_text(checkpoint: Checkpoint, time_s: int) -> bytes:
    return f"cosignature/v1\ntime {time_s}\n{checkpoint.note.text}".encode()


def _cosigned_message(checkpoint: Checkpoint, name: str, time_s: int) -> bytes:
    """Label, cosigner, time, origin, first leaf, number of leaves, root; texts after their length in one byte."""
    who, origin = name.encode(), checkpoint.origin.encode()
    numbers = (0, checkpoint.head.size)
    return b"".join(
        (
            _LABEL,
            bytes([len(who)]),
            who,
            time_s.to_bytes(_TIME_BYTES, "big"),
            bytes([len(origin)]),
            origin,
            *(number.to_bytes(_TIME_BYTES, "big") for number in numbers),
            checkpoint.head.root,
        )
    )
