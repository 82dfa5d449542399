"""`evidence log`, `show`, `prove` and `fsck` over a home with a release, a refusal and a revocation."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.checkpoint import parse_checkpoint, sign_checkpoint
from lockgate.evidence.merkle import TreeHead, is_consistent, is_included, leaf_hash, tree_hash
from lockgate.evidence.proof import parse_proof
from lockgate.evidence.witness import parse_submission
from lockgate.store.home import Home
from small_flows import REFUSED, write_flow

Lockgate = Callable[..., Any]


@pytest.fixture
def ids(place: Path, lockgate: Lockgate, begin: Callable[..., Any]) -> tuple[str, str]:
    """Id of a release that was revoked, and of a refusal."""

    def make() -> tuple[str, str]:
        write_flow(place, REFUSED, "refused.toml")
        assert lockgate("release", "flow.toml", "--out", "out").code == 0
        shutil.copy(place / ".lockgate/log/checkpoint", place / "early")
        assert lockgate("release", "refused.toml", "--out", "none").code == 4
        listed = lockgate("evidence", "log", "--json").document["entries"]
        released = next(item["id"] for item in listed if item["kind"] == "release")
        assert lockgate("revoke", released, "--by", "me", "--why", "asked").code == 0
        return released, next(item["id"] for item in listed if item["kind"] == "refusal")

    return begin("revoked and refused", make)


def _head(place: Path) -> TreeHead:
    return parse_checkpoint((place / ".lockgate/log/checkpoint").read_bytes()).head


def test_every_leaf_is_listed_with_time_kind_id_and_outcome(ids: tuple[str, str], lockgate: Lockgate, place: Path):
    document = lockgate("evidence", "log", "--json").document
    told = [(item["leaf"], item["kind"], item["id"], item["outcome"]) for item in document["entries"]]
    assert told == [
        (0, "release", ids[0], "permitted"),
        (1, "released", ids[0], "permitted"),
        (2, "refusal", ids[1], "refused"),
        (3, "revoked", ids[0], "permitted"),
    ]
    assert {item["made_at"] for item in document["entries"]} == {"2026-11-21T09:30:00Z"}
    assert (document["size"], bytes.fromhex(document["root"])) == (4, _head(place).root)


@pytest.mark.parametrize(
    ("words", "leaves"),
    [
        (("--kind", "refusal"), [2]),
        (("--kind", "refusal", "--kind", "revoked"), [2, 3]),
        (("--outcome", "refused"), [2]),
        (("--id", "RELEASE"), [0, 1, 3]),
        (("--from", "2"), [2, 3]),
        (("--last", "1"), [3]),
        (("--since", "2026-11-21", "--until", "2026-11-21"), [0, 1, 2, 3]),
        (("--since", "2026-11-22"), []),
        (("--until", "2026-11-20"), []),
    ],
)
def test_leaves_are_chosen_by_kind_id_outcome_day_and_number(
    words: tuple[str, ...], leaves: list[int], ids: tuple[str, str], lockgate: Lockgate
):
    given = [word.replace("RELEASE", ids[0]) for word in words]
    listed = lockgate("evidence", "log", "--json", *given).document["entries"]
    assert [item["leaf"] for item in listed] == leaves


def test_a_release_whose_folder_was_handed_over_keeps_its_leaf_its_id_and_its_day(
    ids: tuple[str, str], lockgate: Lockgate, place: Path
):
    shutil.move(place / "out", place / "handed-over")
    first = lockgate("evidence", "log", "--json").document["entries"][0]
    assert (first["id"], first["made_at"][:10], first["outcome"]) == (ids[0], "2026-11-21", "")
    answer = lockgate("evidence", "fsck", "--json")
    assert (answer.code, len(answer.document["notes"])) == (0, 1)


def test_one_leaf_is_shown_by_number_id_or_hash(ids: tuple[str, str], lockgate: Lockgate, place: Path):
    by_number = lockgate("evidence", "show", "0", "--json").document
    assert lockgate("evidence", "show", ids[0], "--json").document == by_number
    assert lockgate("evidence", "show", by_number["hash"][:10], "--json").document == by_number
    assert by_number["leaf_hash"] == leaf_hash(by_number["entry"].encode()).hex()
    assert by_number["statement"] == json.loads((place / "out" / "statement.json").read_text(encoding="utf-8"))
    said = " ".join(lockgate("evidence", "show", ids[1]).out.split())
    assert "a flow was refused" in said
    assert "cn/pipl 6" in said


@pytest.mark.parametrize(
    ("wanted", "words"),
    [("99", "a log of 4"), ("RELEASEx", "take the nearest, `RELEASE`"), ("nothing", "nearest"), ("0" * 64, "knows no")],
)
def test_what_the_log_does_not_know_is_an_error_with_the_nearest(
    wanted: str, words: str, ids: tuple[str, str], lockgate: Lockgate
):
    answer = lockgate("evidence", "show", wanted.replace("RELEASE", ids[0]))
    assert answer.code == 2
    assert words.replace("RELEASE", ids[0]).lower() in answer.err.lower()


@pytest.mark.parametrize("wanted", ["2", "REFUSAL", "out", "out/statement.json"])
def test_a_proof_of_a_leaf_holds_against_the_newest_and_an_earlier_checkpoint(
    wanted: str, ids: tuple[str, str], lockgate: Lockgate, place: Path
):
    wanted = wanted.replace("REFUSAL", ids[1])
    assert lockgate("evidence", "prove", wanted, "--out", "made.tlog-proof").code == 0
    data = (place / "made.tlog-proof").read_bytes()
    proof = parse_proof(data)
    entry = lockgate("evidence", "show", str(proof.index), "--json").document["entry"].encode()
    assert proof.index == (0 if wanted.startswith("out") else 2)
    assert proof.checkpoint.head == _head(place)
    assert is_included(leaf_hash(entry), proof.index, proof.checkpoint.head, proof.path)
    assert lockgate("evidence", "prove", wanted).out.encode() == data
    early = lockgate("evidence", "prove", wanted, "--checkpoint", "early")
    if wanted.startswith("out"):
        earlier = parse_proof(early.out.encode())
        assert earlier.checkpoint.head.size == 2
        assert is_included(leaf_hash(entry), 0, earlier.checkpoint.head, earlier.path)
    else:
        assert early.code == 6  # leaf 2 came later


@pytest.mark.parametrize("since", ["early", "2", "0", "4"])
def test_a_proof_that_the_log_only_grew_holds(since: str, ids: tuple[str, str], lockgate: Lockgate, place: Path):
    made = lockgate("evidence", "prove", "--since", since)
    proof = parse_submission(made.out.encode())
    entries = [item["entry"].encode() for item in (_shown(lockgate, leaf) for leaf in range(proof.old_size))]
    old = TreeHead(proof.old_size, tree_hash([leaf_hash(entry) for entry in entries]))
    assert is_consistent(old, proof.checkpoint.head, proof.path)
    assert proof.checkpoint.head == _head(place)


def test_a_checkpoint_that_is_not_of_this_log_is_evidence_against_it(
    ids: tuple[str, str], lockgate: Lockgate, place: Path
):
    home = Home.open(place / ".lockgate")
    for name, head, words in (
        ("fork", TreeHead(2, bytes(32)), "forked"),
        ("ahead", TreeHead(9, bytes(32)), "cut short"),
    ):
        (place / name).write_text(sign_checkpoint(home.origin, head, home.signing_key()), encoding="utf-8")
        answer = lockgate("evidence", "prove", "0", "--checkpoint", name)
        assert (answer.code, words in answer.err) == (6, True)
        assert lockgate("evidence", "prove", "--since", name).code == 6


@pytest.mark.parametrize(
    "words",
    [
        ("prove",),
        ("prove", "0", "--since", "1"),
        ("prove", "missing"),
        ("prove", "0", "--checkpoint", "flow.toml"),
        ("prove", "0", "--checkpoint", "3"),
        ("prove", "0", "--out", "no/such/folder"),
        ("prove", "--since", "missing"),
        ("log", "--kind", "nonsense"),
        ("log", "--last", "-1"),
        ("log", "--since", "yesterday"),
        ("show",),
    ],
)
def test_what_cannot_be_meant_is_refused(words: tuple[str, ...], ids: tuple[str, str], lockgate: Lockgate):
    assert lockgate("evidence", *words).code == 2


@pytest.mark.parametrize("command", [("log",), ("show", "0"), ("prove", "0"), ("fsck",)])
def test_a_home_without_a_log_is_told_so_and_stays_without(command: tuple[str, ...], lockgate: Lockgate, place: Path):
    answer = lockgate("evidence", *command)
    assert (answer.code, "no log" in answer.err) == (2, True)
    assert not (place / ".lockgate" / "log").exists()


def _shown(lockgate: Lockgate, leaf: int) -> Any:
    return lockgate("evidence", "show", str(leaf), "--json").document


def _edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


FAULTS: dict[str, tuple[str, Callable[[Path, str, str], None]]] = {
    "an entry": (
        "log",
        lambda home, *_: _edit(home / "log/tile/entries/000.p/4", lambda data: data.replace(b"d", b"e", 1)),
    ),
    "a tile": ("log", lambda home, *_: _edit(home / "log/tile/0/000.p/4", lambda data: bytes(32) + data[32:])),
    "the checkpoint": (
        "log",
        lambda home, *_: _edit(home / "log/checkpoint", lambda data: data.replace(b"\n4\n", b"\n5\n")),
    ),
    "a narrower tile": ("log", lambda home, *_: _edit(home / "log/tile/0/000.p/2", lambda data: bytes(32) + data[32:])),
    "the mark": (
        "mark",
        lambda home, *_: _edit(home / "high-water.json", lambda data: data.replace(b'"size":4', b'"size":5')),
    ),
    "the leaf in the journal": (
        "journal",
        lambda home, release, _: _edit(
            home / f"releases/{release}.json", lambda data: data.replace(b'"leaf":0', b'"leaf":1')
        ),
    ),
    "the journal gone": ("leaves", lambda home, release, _: (home / f"releases/{release}.json").unlink()),
    "a refusal changed": (
        "records",
        lambda home, _, refusal: _edit(
            home / f"refusals/{refusal}/statement.json", lambda data: data.replace(b"Acme", b"Emca")
        ),
    ),
    "a refusal gone": ("leaves", lambda home, _, refusal: shutil.rmtree(home / "refusals" / refusal)),
    "a proof": (
        "dossiers",
        lambda home, _, refusal: _edit(
            home / f"refusals/{refusal}/proof", lambda data: data.replace(b"index 2", b"index 1")
        ),
    ),
    "a released statement": (
        "dossiers",
        lambda home, *_: _edit(home.parent / "out/statement.json", lambda data: data.replace(b"Acme", b"Emca")),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_with_a_home_is_found_and_named(name: str, ids: tuple[str, str], lockgate: Lockgate, place: Path):
    assert lockgate("evidence", "fsck").code == 0
    part, change = FAULTS[name]
    change(place / ".lockgate", *ids)
    answer = lockgate("evidence", "fsck", "--json")
    assert answer.code == 6
    assert answer.document["faults"][0]["part"] == part, answer.document["faults"]
    assert "fault" in lockgate("evidence", "fsck").out


def test_a_home_whose_log_was_cut_short_is_found(ids: tuple[str, str], lockgate: Lockgate, place: Path):
    shutil.copy(place / "early", place / ".lockgate/log/checkpoint")
    answer = lockgate("evidence", "fsck", "--json")
    assert answer.code == 6
    assert {"mark", "journal"} <= {fault["part"] for fault in answer.document["faults"]}
