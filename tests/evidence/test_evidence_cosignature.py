"""Cosignatures hold for what was cosigned and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.evidence.checkpoint import parse_checkpoint, sign_checkpoint
from lockgate.evidence.cosignature import LATEST_S, cosign, cosigned_at, cosigner_key
from lockgate.evidence.merkle import TreeHead
from lockgate.evidence.note import (
    ED25519,
    ED25519_COSIGNATURE,
    ML_DSA_44_COSIGNATURE,
    VerifierKey,
    decode_base64,
    parse_cosigner_key,
    parse_verifier_key,
)
from lockgate.terms.errors import InputError

LOG_SEED, SEED = bytes(32), bytes([7] * 32)
HEAD = TreeHead(20852163, bytes(range(32)))
TEXT = sign_checkpoint("example.com/behind-the-sofa", HEAD, LOG_SEED)
ALGORITHMS = (ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE)


def cosigned(text: str, key: VerifierKey, time_s: int, seed: bytes = SEED):
    return parse_checkpoint(f"{text}{cosign(parse_checkpoint(text.encode()), key, seed, time_s)}\n".encode())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_cosignature_tells_who_and_when(algorithm):
    key = cosigner_key("witness.example/w1", SEED, algorithm)
    assert cosigned_at(cosigned(TEXT, key, 1679315147), key) == 1679315147
    assert cosigned_at(parse_checkpoint(TEXT.encode()), key) is None


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_cosigner_key_is_read_back_and_is_no_key_of_a_log(algorithm):
    key = cosigner_key("witness.example/w1", SEED, algorithm)
    assert parse_cosigner_key(str(key)) == key
    with pytest.raises(InputError):
        parse_verifier_key(str(key))
    with pytest.raises(InputError):
        parse_cosigner_key(str(VerifierKey("witness.example/w1", bytes(32), ED25519)))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_cosignature_of_another_tree_time_log_or_key_does_not_hold(algorithm):
    key = cosigner_key("witness.example/w1", SEED, algorithm)
    line = str(cosign(parse_checkpoint(TEXT.encode()), key, SEED, 5))
    for other in (TreeHead(HEAD.size + 1, HEAD.root), TreeHead(HEAD.size, bytes(32))):
        text = sign_checkpoint("example.com/behind-the-sofa", other, LOG_SEED)
        assert cosigned_at(parse_checkpoint(f"{text}{line}\n".encode()), key) is None
    text = sign_checkpoint("example.com/other", HEAD, LOG_SEED)
    assert cosigned_at(parse_checkpoint(f"{text}{line}\n".encode()), key) is None
    stranger = cosigner_key("witness.example/w1", bytes([8] * 32), algorithm)
    assert cosigned_at(cosigned(TEXT, key, 5), stranger) is None


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_byte_of_a_cosignature_counts(algorithm):
    key = cosigner_key("witness.example/w1", SEED, algorithm)
    good = cosigned(TEXT, key, 5)
    name, key_id, signature = good.note.signatures[-1]
    for at in range(len(signature)):
        broken = bytearray(signature)
        broken[at] ^= 1
        note = type(good.note)(good.note.text, (*good.note.signatures[:-1], (name, key_id, bytes(broken))))
        assert cosigned_at(type(good)(good.origin, good.head, note), key) is None


def test_one_line_that_does_not_hold_spoils_one_that_does():
    key = cosigner_key("witness.example/w1", SEED)
    good = cosigned(TEXT, key, 5)
    false = (key.name, key.key_id, bytes(8 + 2420))
    note = type(good.note)(good.note.text, (*good.note.signatures, false))
    assert cosigned_at(type(good)(good.origin, good.head, note), key) is None


def test_extension_lines_are_under_an_ed25519_cosignature():
    key = cosigner_key("w", SEED, ED25519_COSIGNATURE)
    good = cosigned(TEXT, key, 5)
    note = type(good.note)(f"{good.note.text}more\n", good.note.signatures)
    assert cosigned_at(type(good)(good.origin, good.head, note), key) is None


@pytest.mark.parametrize(("algorithm", "time_s"), [(4, 0), (4, -1), (4, LATEST_S + 1), (6, LATEST_S + 1)])
def test_a_time_out_of_range_is_not_signed(algorithm, time_s):
    key = cosigner_key("w", SEED, algorithm)
    with pytest.raises(ValueError, match="time"):
        cosign(parse_checkpoint(TEXT.encode()), key, SEED, time_s)


@given(st.integers(1, LATEST_S))
def test_the_time_that_was_signed_is_the_time_that_is_read(time_s):
    key = cosigner_key("w", SEED, ED25519_COSIGNATURE)
    assert cosigned_at(cosigned(TEXT, key, time_s), key) == time_s


def test_the_example_of_the_specification_has_the_form_that_is_read():
    """The specification's own example: its keys are not given, so the form alone is held: key id, time, 64 bytes."""
    line = "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    data = decode_base64(line)
    assert len(data) == 4 + 8 + 64
    assert int.from_bytes(data[4:12], "big") == 1679315147
