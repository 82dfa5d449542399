"""Reading a log at its size and at earlier ones: roots, proofs and streams agree with the tree held in memory."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.evidence.checkpoint import sign_checkpoint
from lockgate.evidence.log import Log
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.merkle import TreeHead, is_consistent, is_included, leaf_hash, tree_hash
from lockgate.evidence.note import verifier_key
from lockgate.evidence.proof import parse_proof
from lockgate.evidence.tiles import encode_bundle
from lockgate.terms.errors import EvidenceError
from small_flows import do_not_wait_for_the_disk

ORIGIN, SEED, SIZE = "lockgate.local/test", bytes(range(32)), 1_111
ENTRIES = [b"entry %d" % number for number in range(SIZE)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("logs") / "log"
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        log = Log.open(made, ORIGIN, SEED)
        for at in range(0, SIZE, 100):
            log.append(ENTRIES[at : at + 100])
    return made


@pytest.fixture(scope="module")
def reader(folder: Path) -> LogReader:
    return LogReader.open(folder, verifier_key(ORIGIN, SEED))


def _head(size: int) -> TreeHead:
    return TreeHead(size, tree_hash(HASHES[:size]))


@settings(max_examples=60, deadline=None)
@given(size=st.integers(0, SIZE), data=st.data())
def test_at_any_earlier_size_root_and_proofs_are_those_of_the_tree_in_memory(
    size: int, data: st.DataObject, reader: LogReader
):
    assert reader.root_at(size) == _head(size).root
    later = data.draw(st.integers(size, SIZE))
    assert is_consistent(_head(size), _head(later), reader.consistency(size, later))
    if size:
        index = data.draw(st.integers(0, size - 1))
        text = sign_checkpoint(ORIGIN, _head(size), SEED)
        proof = parse_proof(reader.prove(index, text).encode())
        assert proof.checkpoint.head == _head(size)
        assert is_included(HASHES[index], index, _head(size), proof.path)


@pytest.mark.parametrize("since", [0, 1, 255, 256, 257, SIZE - 1, SIZE])
def test_a_stream_gives_every_entry_from_a_leaf_on(since: int, reader: LogReader):
    assert list(reader.scan(since)) == list(enumerate(ENTRIES))[since:]


def test_a_checkpoint_of_another_tree_key_log_or_of_more_leaves_is_refused(reader: LogReader):
    for text, words in (
        (sign_checkpoint(ORIGIN, TreeHead(9, bytes(32)), SEED), "forked"),
        (sign_checkpoint(ORIGIN, TreeHead(SIZE, bytes(32)), SEED), "forked"),
        (sign_checkpoint(ORIGIN, TreeHead(SIZE + 1, bytes(32)), SEED), "cut short"),
        (sign_checkpoint(ORIGIN, _head(9), bytes(32)), "not one that the log"),
        (sign_checkpoint("lockgate.local/other", _head(9), SEED), "not one that the log"),
    ):
        with pytest.raises(EvidenceError, match=words):
            reader.check_earlier(text)
    assert reader.check_earlier(sign_checkpoint(ORIGIN, _head(9), SEED)).head == _head(9)
    with pytest.raises(EvidenceError, match="below 9"):
        reader.prove(9, sign_checkpoint(ORIGIN, _head(9), SEED))
    for old, new in ((5, 3), (0, SIZE + 1), (-1, 3)):
        with pytest.raises(EvidenceError):
            reader.consistency(old, new)


@pytest.mark.parametrize("name", ["tile/entries/001", "tile/0/001", "tile/1/000.p/4", "tile/0/004.p/87"])
def test_a_stream_stops_at_what_is_not_what_was_signed(name: str, folder: Path, tmp_path: Path):
    shutil.copytree(folder, tmp_path / "log")
    log = LogReader.open(tmp_path / "log", verifier_key(ORIGIN, SEED))
    path = tmp_path / "log" / name
    if "entries" in name:
        path.write_bytes(encode_bundle([b"forged", *ENTRIES[257:512]]))
    else:
        data = path.read_bytes()
        path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    with pytest.raises(EvidenceError, match="leaf"):
        list(log.scan())
