"""Cosigned checkpoints: no line that was told is lost, of one key the newer stands, and what is damaged says so."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lockgate.evidence.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from lockgate.evidence.cosignature import cosign, cosigned_at, cosigner_key
from lockgate.evidence.merkle import TreeHead
from lockgate.evidence.note import ED25519_COSIGNATURE, VerifierKey
from lockgate.store.cosigned import Cosigned
from lockgate.terms.errors import EvidenceError, LockgateError

ORIGIN = "log.example/one"
HEAD = TreeHead(7, bytes([1] * 32))
TEXT = sign_checkpoint(ORIGIN, HEAD, bytes(32))


def _key(number: int) -> VerifierKey:
    return cosigner_key(f"w{number}.example", bytes([number] * 32), ED25519_COSIGNATURE)


def _line(number: int, time_s: int = 1000) -> str:
    return cosign(_parsed(TEXT), _key(number), bytes([number] * 32), time_s)


def _parsed(text: str) -> Checkpoint:
    return parse_checkpoint(text.encode())


@pytest.fixture
def kept(tmp_path: Path) -> Cosigned:
    return Cosigned(tmp_path / "cosigned")


def test_lines_of_several_requests_stand_together_and_the_newer_time_wins(kept: Cosigned):
    assert (kept.sizes(), kept.newest(), kept.checkpoint(7)) == ((), "", "")
    kept.add(TEXT, [_line(1), _line(2)])
    text = kept.add(TEXT, [_line(3), _line(1, 2000)])
    assert [cosigned_at(_parsed(text), _key(number)) for number in (1, 2, 3)] == [2000, 1000, 1000]
    assert kept.newest() == kept.checkpoint(7) == text
    assert text.startswith(TEXT)
    assert len(_parsed(text).note.signatures) == 4


def test_the_largest_size_comes_first(kept: Cosigned):
    for size in (7, 12, 100, 9):
        kept.add(sign_checkpoint(ORIGIN, TreeHead(size, bytes([1] * 32)), bytes(32)), [_line(1)])
    assert kept.sizes() == (100, 12, 9, 7)


def test_another_tree_of_a_size_is_refused(kept: Cosigned):
    kept.add(TEXT, [_line(1)])
    fork = sign_checkpoint(ORIGIN, TreeHead(7, bytes([2] * 32)), bytes(32))
    with pytest.raises(EvidenceError, match="another tree"):
        kept.add(fork, [_line(2)])
    assert cosigned_at(_parsed(kept.newest()), _key(1)) == 1000


def test_lines_added_at_once_are_all_kept(kept: Cosigned):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: kept.add(TEXT, [_line(number)]), range(1, 25)))
    assert all(cosigned_at(_parsed(kept.newest()), _key(number)) for number in range(1, 25))


@pytest.mark.parametrize(
    "data", [b"", b"nonsense", b"\xff", sign_checkpoint(ORIGIN, TreeHead(8, bytes(32)), bytes(32)).encode()]
)
def test_a_damaged_file_is_an_error_never_nothing(data: bytes, kept: Cosigned, tmp_path: Path):
    kept.add(TEXT, [_line(1)])
    (tmp_path / "cosigned" / "7").write_bytes(data)
    with pytest.raises(EvidenceError, match="damaged"):
        kept.newest()


def test_a_policy_is_remembered_as_it_was_given(kept: Cosigned):
    assert kept.trust_policy() == ""
    kept.keep_policy("quorum none\n")
    kept.keep_policy("# newer\nquorum none\n")
    assert kept.trust_policy() == "# newer\nquorum none\n"


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path):
    (tmp_path / "cosigned").write_text("a file", encoding="utf-8")
    with pytest.raises(LockgateError):
        Cosigned(tmp_path / "cosigned").add(TEXT, [_line(1)])
