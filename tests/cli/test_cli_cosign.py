"""`evidence cosign` against witnesses that are processes of their own: honest, down, lying; and verified end to end."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lockgate.cli.witness_calls import check_address
from lockgate.evidence.cosignature import cosigner_key
from lockgate.evidence.note import ED25519_COSIGNATURE
from lockgate.store.home import Home
from lockgate.terms.errors import InputError
from small_flows import LOCKGATE

LIAR = Path(__file__).with_name("lying_witness.py")
DOWN = ("http://127.0.0.1:9", cosigner_key("down.example/w", bytes([5] * 32), ED25519_COSIGNATURE))

Lockgate = Callable[..., Any]


class Witnesses:
    """Witnesses that run as processes, and the policy that names them."""

    def __init__(self, stack: ExitStack, place: Path) -> None:
        self._stack = stack
        self._place = place
        self._lines: list[str] = []
        self._names: list[str] = []

    def honest(self, name: str, home: str) -> None:
        key = str(Home.open(self._place / ".lockgate").verifier_key)
        given = ["evidence", "witness", "--json", "--home", str(self._place / home), "--log", key]
        process = self._start([*LOCKGATE, *given])
        lines = [process.readline()]
        while lines[-1] != "}\n":
            lines.append(process.readline())
            assert lines[-1], "the witness ended"
        said = json.loads("".join(lines))
        self._add(name, said["keys"][0], said["url"])

    def liar(self, name: str, way: str) -> None:
        key, url = self._start([sys.executable, str(LIAR), way]).readline().split()
        self._add(name, key, url)

    def down(self, name: str) -> None:
        self._add(name, str(DOWN[1]), DOWN[0])

    def policy(self, least: int, file: str = "policy") -> str:
        log = Home.open(self._place / ".lockgate").verifier_key
        group = f"group quorate {least} {' '.join(self._names)}"
        text = "\n".join([f"log {log}", *self._lines, group, "quorum quorate", ""])
        (self._place / file).write_text(text, encoding="utf-8")
        return file

    def _start(self, command: list[str]) -> Any:
        process = self._stack.enter_context(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        )
        self._stack.callback(process.kill)
        return process.stdout

    def _add(self, name: str, key: str, url: str) -> None:
        self._lines.append(f"witness {name} {key} {url}")
        self._names.append(name)


@pytest.fixture
def witnesses(place: Path) -> Iterator[Witnesses]:
    with ExitStack() as stack:
        yield Witnesses(stack, place)


@pytest.fixture
def released(lockgate: Lockgate, monkeypatch: pytest.MonkeyPatch) -> Lockgate:
    """A release, made at the fixed time; from here on the clock is the real one, which witnesses have too."""
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    monkeypatch.undo()
    return lockgate


@pytest.fixture
def at(place: Path) -> Path:
    return place


def _run(at: Path, *words: str) -> tuple[int, Any, str]:
    done = subprocess.run([*LOCKGATE, *words], cwd=at, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout) if "--json" in words else done.stdout, done.stderr


@pytest.mark.slow
def test_a_quorum_with_one_witness_down_and_one_lying_is_verified_end_to_end(
    at: Path, witnesses: Witnesses, released: Lockgate
):
    witnesses.honest("one", "witness-one")
    witnesses.honest("two", "witness-two")
    witnesses.down("three")
    witnesses.liar("four", "other-tree")
    policy = witnesses.policy(2)
    code, said, _ = _run(at, "verify", "out", "--trust", policy)
    assert code == 6, said
    assert "too few witnesses" in said
    code, document, err = _run(at, "evidence", "cosign", "--policy", policy, "--json")
    assert code == 0, err
    assert [item["outcome"] for item in document["asked"]] == ["cosigned", "cosigned", "unreachable", "wrong"]
    assert sorted(document["cosigned_by"]) == ["one", "two"]
    assert [Path(item["folder"]).name for item in document["renewed"]] == ["out"]
    code, said, _ = _run(at, "verify", "out", "--trust", policy)
    assert code == 0, said
    assert "that is the quorum" in " ".join(said.split())
    elsewhere = at / "elsewhere"
    elsewhere.mkdir()
    shutil.move(at / "out", elsewhere / "out")  # no home, no log, no witness: the dossier carries it all
    shutil.copy(at / policy, elsewhere)
    assert _run(elsewhere, "verify", "out", "--trust", policy)[0] == 0
    code, document, _ = _run(at, "evidence", "cosign", "--json")  # the policy is remembered
    assert code == 0
    assert document["renewed"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "outcome", "code"),
    [
        ("honest", "cosigned", 0),
        ("other-tree", "wrong", 7),
        ("future", "wrong", 7),
        ("past", "wrong", 7),
        ("garbage", "wrong", 7),
        ("binary", "wrong", 7),
        ("nothing", "wrong", 7),
        ("twice", "wrong", 7),
        ("another-key", "wrong", 7),
        ("restless", "wrong", 7),
        ("stranger", "refused", 7),
        ("broken", "refused", 7),
        ("endless", "unreachable", 7),
        ("silent", "unreachable", 7),
        ("ahead", "ahead", 6),
        ("fork", "other-tree", 6),
        ("bad-proof", "other-tree", 6),
    ],
)
def test_what_a_witness_answers_is_told_for_what_it_is(
    way: str, outcome: str, code: int, at: Path, witnesses: Witnesses, released: Lockgate
):
    witnesses.liar("one", way)
    before = (at / "out" / "proof").read_bytes()
    got, document, _ = _run(at, "evidence", "cosign", "--policy", witnesses.policy(1), "--json", "--timeout", "5")
    assert (got, document["asked"][0]["outcome"]) == (code, outcome)
    assert bool(document["cosigned_by"]) == (way == "honest")
    assert ((at / "out" / "proof").read_bytes() == before) == (way != "honest")


@pytest.mark.slow
def test_a_home_brought_back_from_an_old_copy_is_found_by_the_witness(
    at: Path, witnesses: Witnesses, released: Lockgate
):
    shutil.copytree(at / ".lockgate", at / "old")
    assert _run(at, "release", "flow.toml", "--out", "second")[0] == 0
    witnesses.honest("one", "witness-one")
    policy = witnesses.policy(1)
    assert _run(at, "evidence", "cosign", "--policy", policy)[0] == 0
    code, document, err = _run(at, "evidence", "cosign", "--policy", policy, "--home", "old", "--json")
    assert (code, document["asked"][0]["outcome"]) == (6, "ahead")
    assert "speaks against this log" in err
    # The old copy goes on and comes to as many leaves: another tree of that size, which the witness has not seen.
    assert _run(at, "release", "flow.toml", "--out", "third", "--home", "old")[0] == 0
    code, document, _ = _run(at, "evidence", "cosign", "--policy", policy, "--home", "old", "--json")
    assert (code, document["asked"][0]["outcome"]) == (6, "other-tree")
    assert _run(at, "release", "flow.toml", "--out", "fourth", "--home", "old")[0] == 0
    code, document, _ = _run(at, "evidence", "cosign", "--policy", policy, "--home", "old", "--json")
    assert (code, document["asked"][0]["outcome"]) == (6, "other-tree")
    # And a log brought back beside the cosigned checkpoints is found without a witness.
    shutil.rmtree(at / ".lockgate" / "log")
    shutil.copytree(at / "old" / "log", at / ".lockgate" / "log")
    (at / ".lockgate" / "high-water.json").write_bytes((at / "old" / "high-water.json").read_bytes())
    code, _, err = _run(at, "evidence", "cosign")
    assert code == 6
    assert "forked" in err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("log LOG\nquorum none\n", ()),
        ("log LOG\nwitness w KEY\nquorum w\n", ()),
        ("log LOG\nwitness w KEY ftp://x\nquorum w\n", ()),
        ("log OTHER\nwitness w KEY http://127.0.0.1:9\nquorum w\n", ()),
        ("log LOG\nwitness w KEY http://127.0.0.1:9\nquorum w\n", ("--timeout", "0")),
    ],
)
def test_a_policy_that_cannot_be_asked_is_refused(text: str, words: tuple[str, ...], place: Path, lockgate: Lockgate):
    home = Home.open(place / ".lockgate")
    other = str(home.verifier_key).replace("lockgate.local", "elsewhere.local")
    text = text.replace("LOG", str(home.verifier_key)).replace("KEY", str(DOWN[1])).replace("OTHER", other)
    (place / "policy").write_text(text, encoding="utf-8")
    answer = lockgate("evidence", "cosign", "--policy", "policy", *words)
    assert answer.code == 2, answer.err
    assert not (place / ".lockgate" / "cosigned").exists()


def test_without_a_policy_a_log_or_a_home_there_is_nothing_to_cosign(place: Path, lockgate: Lockgate):
    assert "no policy" in lockgate("evidence", "cosign").err
    assert "no such folder" in lockgate("evidence", "cosign", "--home", "missing").err
    home = Home.open(place / ".lockgate")
    text = f"log {home.verifier_key}\nwitness w {DOWN[1]} {DOWN[0]}\nquorum w\n"
    (place / "policy").write_text(text, encoding="utf-8")
    answer = lockgate("evidence", "cosign", "--policy", "policy")
    assert (answer.code, "no log" in answer.err) == (2, True)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:80", "ftp://a", "http://", "http://a:0", "http://a:99999", "http://u@a", "http://a?b", "//a"]
)
def test_only_http_addresses_are_addresses_of_witnesses(url: str):
    with pytest.raises(InputError):
        check_address(url)
