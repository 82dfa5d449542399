"""Vectors: the example of the package documentation of golang.org/x/mod/sumdb/note (its key, text and signature), and
the key id that the example checkpoint of c2sp.org/tlog-checkpoint carries."""

import base64

import pytest

from lockgate.evidence.checkpoint import parse_checkpoint, sign_checkpoint
from lockgate.evidence.merkle import EMPTY_ROOT, TreeHead
from lockgate.evidence.note import is_signed_by, parse_note, parse_verifier_key, sign_note, verifier_key
from lockgate.evidence.proof import parse_proof, render_proof
from lockgate.terms.errors import EvidenceError, InputError

KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{TEXT}\n— PeterNeumann {SIGNATURE}\n"

CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def test_the_documented_note_is_signed_by_the_documented_key():
    assert is_signed_by(parse_note(NOTE.encode()), parse_verifier_key(KEY))


def test_the_documented_seed_signs_the_documented_note():
    assert sign_note(TEXT, "PeterNeumann", SEED) == NOTE


def test_a_verifier_key_is_written_as_it_was_read():
    assert str(parse_verifier_key(KEY)) == KEY
    assert str(verifier_key("PeterNeumann", SEED)) == KEY


def test_the_example_checkpoint_of_the_specification_is_read():
    checkpoint = parse_checkpoint(CHECKPOINT.encode())
    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.head.size == 20852163
    assert base64.b64encode(checkpoint.head.root).decode() == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    [(name, key_id, signature)] = checkpoint.note.signatures
    assert (name, key_id.hex(), len(signature)) == ("example.com/behind-the-sofa", "033de0ae", 64)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        KEY.replace("c74f20a3", "c74f20a4"),
        KEY.replace("c74f20a3", "C74F20A3"),
        KEY.replace("PeterNeumann", "Peter Neumann"),
        KEY.replace("PeterNeumann", "PeterNeumanN"),
        KEY[:-1],
        KEY + "=",
        KEY + "\n",
        "+" + KEY,
    ],
)
def test_a_verifier_key_of_another_form_is_an_input_error(key: str):
    with pytest.raises(InputError):
        parse_verifier_key(key)


def test_every_changed_byte_of_a_note_is_found():
    key = parse_verifier_key(KEY)
    data = NOTE.encode()
    for at in range(len(data)):
        for bit in range(8):
            changed = data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]
            try:
                signed = is_signed_by(parse_note(changed), key)
            except EvidenceError:
                signed = False
            assert not signed, at


def test_lines_of_unknown_keys_are_ignored():
    other = sign_note(TEXT, "another", bytes(32)).removeprefix(f"{TEXT}\n")
    assert is_signed_by(parse_note((NOTE + other).encode()), parse_verifier_key(KEY))
    assert not is_signed_by(parse_note((TEXT + "\n" + other).encode()), parse_verifier_key(KEY))


def test_a_line_of_the_key_that_does_not_hold_spoils_the_note():
    false = sign_note("another text\n", "PeterNeumann", SEED).removeprefix("another text\n\n")
    assert not is_signed_by(parse_note((NOTE + false).encode()), parse_verifier_key(KEY))


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("— ", "- "),
        NOTE.replace("problem,\n", "problem,\r\n"),
        f"{TEXT}\n— PeterNeumann x08g\n",
        f"{TEXT}\n— Peter+Neumann {SIGNATURE}\n",
        TEXT + "\n" + f"— PeterNeumann {SIGNATURE}\n" * 65,
    ],
)
def test_text_that_is_no_signed_note_is_refused(note: str):
    with pytest.raises(EvidenceError):
        parse_note(note.encode())


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(EvidenceError, match="UTF-8"):
        parse_note(b"\xff\n\n" + NOTE.encode())


@pytest.mark.parametrize("text", ["no newline", "a\tb\n"])
def test_only_plain_text_is_signed(text: str):
    with pytest.raises(ValueError, match="expected text"):
        sign_note(text, "PeterNeumann", SEED)


def test_only_a_key_name_signs():
    with pytest.raises(ValueError, match="key name"):
        verifier_key("two words", SEED)


@pytest.mark.parametrize(
    "text",
    ["a\n1\n", "a\n01\nAAAA\n", "a\n1\nAAAA\n", "a\n-1\nAAAA\n", "a\n1\n!\n", "\n1\nAAAA\n", f"a\n{'9' * 20}\nAAAA\n"],
)
def test_a_note_that_is_no_checkpoint_is_refused(text: str):
    with pytest.raises(EvidenceError):
        parse_checkpoint(sign_note(text, "a", SEED).encode())


def _proof(*lines: str) -> bytes:
    return "\n".join([*lines, "", sign_checkpoint("a", TreeHead(1, EMPTY_ROOT), SEED)]).encode()


def test_a_proof_is_read_as_it_was_written():
    checkpoint = sign_checkpoint("a", TreeHead(3, EMPTY_ROOT), SEED)
    proof = parse_proof(render_proof(2, (b"\x01" * 32,), checkpoint).encode())
    assert (proof.index, proof.path, proof.checkpoint.head) == (2, (b"\x01" * 32,), TreeHead(3, EMPTY_ROOT))


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("c2sp.org/tlog-proof@v1",),
        ("c2sp.org/tlog-proof@v2", "index 0"),
        ("c2sp.org/tlog-proof@v1", "index 00"),
        ("c2sp.org/tlog-proof@v1", "index -1"),
        ("c2sp.org/tlog-proof@v1", "extra AAAA", "index 0"),
        ("c2sp.org/tlog-proof@v1", "index 0", "AAAA"),
        ("c2sp.org/tlog-proof@v1", "index 0", "é"),
        ("c2sp.org/tlog-proof@v1", "index 0", *["A" * 43 + "="] * 64),
    ],
)
def test_text_that_is_no_proof_is_refused(lines: tuple[str, ...]):
    with pytest.raises(EvidenceError):
        parse_proof(_proof(*lines))
