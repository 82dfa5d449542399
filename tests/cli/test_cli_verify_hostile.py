"""What others hand over to be checked was made to deceive or to stop the check: it is found, named, and never hangs."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lockgate.cli import verify_alone
from lockgate.cli.plain_text import neutral_json, neutralise, spell_mixed
from lockgate.evidence.credential import Form, write_credential
from lockgate.evidence.merkle import leaf_hash, node_hash
from lockgate.evidence.note import encode_base64
from lockgate.evidence.signed_document import sign_jws, verification_method
from lockgate.flow.column_showing import show_column
from lockgate.store.home import Home
from small_flows import do_not_wait_for_the_disk, release_at

Run = Callable[..., tuple[int, dict[str, dict[str, Any]], str]]
LIMIT_S = 60


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """End a check that waits for a pipe or reads a device: far longer than any takes."""

    def stop(number: int, frame: object) -> None:
        raise TimeoutError("the check hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the releases `out` and `second` of one home, a column, a credential; not to be changed."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        release_at(folder)
        release_at(folder, {"recipient.name": "Acme Busan"}, out="second", seed="2")
        show_column(folder / "out", "Sex", folder / "sex")
        dossier = [(folder / "out" / name).read_bytes() for name in ("statement.json", "proof")]
        seed = Home.open(folder / ".lockgate").signing_key()
        credential = write_credential(dossier[0], dossier[1], seed, "2026-11-21T09:30:00Z", Form.DATA_INTEGRITY)
        (folder / "out.json").write_bytes(credential)
    return folder


@pytest.fixture
def made(kept: Path, place: Path) -> Path:
    """A copy of that folder as the current one."""
    shutil.copytree(kept, place, dirs_exist_ok=True)
    return place


@pytest.fixture
def verify(lockgate: Callable[..., Any], made: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Check with both programs, which have to agree on exit code and failing steps."""

    def run(place: str, *options: str) -> tuple[int, dict[str, dict[str, Any]], str]:
        answer = lockgate("verify", place, *options, "--json")
        steps = {step["step"]: step for step in answer.document.get("steps", ())}
        capsys.readouterr()
        code = verify_alone.main(["--json", place, *options])
        alone = {step["step"]: step for step in json.loads(capsys.readouterr().out).get("steps", ())}
        assert code == answer.code
        needs_rows = {"data", "verification"}
        assert {name for name, step in alone.items() if not step["ok"]} >= {
            name for name, step in steps.items() if not step["ok"] and name not in needs_rows
        }
        return answer.code, steps, answer.err

    return run


def failing(steps: dict[str, dict[str, Any]]) -> list[str]:
    return [name for name, step in steps.items() if not step["ok"] and "rests on" not in step["detail"]]


@pytest.mark.parametrize("how", ["pipe", "device", "link"])
@pytest.mark.parametrize(
    "name",
    [
        "out/data/passengers.csv",
        "out/statement.json",
        "out/proof",
        "out/report.html",
        "out/salts",
        "out/more",
        "sex/column.json",
        "sex/data/column.csv",
    ],
)
def test_what_is_no_plain_file_is_found_and_not_read(name: str, how: str, made: Path, verify: Run):
    path = made / name
    kept = made / "kept"
    path.rename(kept) if path.exists() else kept.write_text("x")
    if how == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(kept if how == "link" else "/dev/zero")
    code, steps, said = verify(name.partition("/")[0])
    assert code == 6
    assert "no plain file" in said + str(steps.get("files"))


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "pipe"])
def test_a_pipe_or_a_device_is_no_release(path: str, made: Path, verify: Run):
    os.mkfifo(made / "pipe")
    assert verify(path)[0] == 6


@pytest.mark.parametrize("option", ["--trust", "--data", "--log"])
@pytest.mark.parametrize("value", ["/dev/zero", "pipe", "huge"])
def test_an_option_that_names_no_plain_file_is_wrong_input(option: str, value: str, made: Path, verify: Run):
    os.mkfifo(made / "pipe")
    with (made / "huge").open("wb") as file:
        file.truncate(1 << 40)
    if (option, value) != ("--data", "huge"):  # data may be large
        assert verify("out/statement.json", option, value)[0] == 2


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000.p/4", "tile/entries/000.p/4"])
def test_a_log_with_a_pipe_in_it_is_broken_and_not_waited_for(name: str, made: Path, verify: Run):
    shutil.copytree(made / ".lockgate" / "log", made / "log")
    (made / "log" / name).unlink()
    os.mkfifo(made / "log" / name)
    code, steps, _ = verify("out", "--log", "log")
    assert (code, failing(steps)) == (6, ["log"])


@pytest.mark.parametrize("name", ["out/statement.json", "out/proof", "sex/column.json", "out.json"])
def test_a_file_of_a_dossier_that_is_larger_than_any_is_not_read(name: str, made: Path, verify: Run):
    os.truncate(made / name, 1 << 40)
    assert verify(name.partition("/")[0])[0] == 6


@pytest.mark.parametrize("depth", [480, 100_000])
@pytest.mark.parametrize("name", ["out/statement.json", "sex/column.json", "out.json"])
def test_json_of_many_levels_is_refused(name: str, depth: int, made: Path, verify: Run):
    text = (made / name).read_text(encoding="utf-8")
    nested = '{"a":' * depth + "[]" + "}" * depth
    (made / name).write_text(f'{{"A":{nested},{text[1:]}', encoding="utf-8")
    code, steps, _ = verify(name.partition("/")[0])
    assert code == 6
    assert failing(steps)[0] in {"statement", "column", "credential"}


@pytest.mark.parametrize("more", ['"kind":"release",', '"A":NaN,', '"A":1e999,', '"A":"\\ud800",'])
@pytest.mark.parametrize("name", ["out/statement.json", "sex/column.json", "out.json"])
def test_members_twice_and_values_that_are_none_are_refused(name: str, more: str, made: Path, verify: Run):
    text = (made / name).read_text(encoding="utf-8")
    more = more.replace("kind", "id") if name == "out.json" else more
    (made / name).write_text(f"{{{more}{text[1:]}", encoding="utf-8")
    code, steps, _ = verify(name.partition("/")[0])
    assert code == 6
    assert failing(steps)[0] in {"statement", "column", "credential"}


@pytest.mark.parametrize("member", ["statement", "logProof", "logKey"])
def test_half_a_letter_in_a_signed_credential_is_refused(member: str, made: Path, verify: Run):
    document = json.loads((made / "out.json").read_bytes())
    del document["proof"]
    document["credentialSubject"][member] = "x"
    (made / "out.jws").write_text(jws(json.dumps(document).replace('"x"', '"\\ud800"')))
    code, steps, _ = verify("out.jws")
    assert (code, failing(steps)) == (6, ["credential"])


def jws(document: str) -> str:
    """Return text that no canonical writer would sign, signed by somebody."""
    seed = bytes(range(32))
    key = Ed25519PrivateKey.from_private_bytes(seed)
    header = sign_jws({}, seed).partition(".")[0]
    assert verification_method(key.public_key().public_bytes_raw())
    body = f"{header}.{url64(document.encode())}"
    return f"{body}.{url64(key.sign(body.encode()))}"


def url64(data: bytes) -> str:
    return encode_base64(data).replace("+", "-").replace("/", "_").rstrip("=")


def test_a_statement_that_names_somebody_after_a_credential_is_still_a_statement(made: Path, verify: Run):
    release_at(made, {"recipient.name": "VerifiableCredential"}, out="third", seed="3")
    assert verify("third/statement.json")[0] == 0


@pytest.mark.parametrize("name", ["statement.json", "proof", "report.html", "salts"])
def test_parts_swapped_between_two_dossiers_of_one_log_are_found_both_ways(
    name: str, made: Path, lockgate: Callable[..., Any]
):
    kept = (made / "out" / name).read_bytes()
    shutil.copy(made / "second" / name, made / "out" / name)
    (made / "second" / name).write_bytes(kept)
    assert [lockgate("verify", release).code for release in ("out", "second")] == [6, 6]


def test_statement_and_proof_swapped_together_are_found_by_data_and_report(made: Path, verify: Run):
    for name in ("statement.json", "proof"):
        shutil.copy(made / "second" / name, made / "out" / name)
    _, steps, _ = verify("out")
    assert {"files", "report"} <= set(failing(steps))


def test_a_checkpoint_from_before_the_leaf_proves_nothing(made: Path, verify: Run):
    """The first release's checkpoint is of one leaf; the second release is leaf 2."""
    checkpoint = (made / "out" / "proof").read_text().partition("\n\n")[2]
    head = (made / "second" / "proof").read_text().partition("\n\n")[0]
    for lines in (head, f"{head.splitlines()[0]}\nindex 2", f"{head.splitlines()[0]}\nindex 0"):
        (made / "second" / "proof").write_text(f"{lines}\n\n{checkpoint}")
        assert failing(verify("second")[1]) == ["inclusion"]


def test_an_inner_node_is_no_leaf(made: Path, verify: Run):
    """Second preimage: the hash of two leaves, offered as an entry, is not the hash of an entry."""
    one, other = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(one + other) != node_hash(one, other)
    proof = (made / "out" / "proof").read_text()
    (made / "out" / "proof").write_text(proof.replace("index 0\n", f"index 0\n{encode_base64(one)}\n"))
    assert failing(verify("out")[1]) == ["inclusion"]


@pytest.mark.parametrize("which", [0, 1])
def test_a_second_line_of_a_key_of_the_log_is_found_where_it_says_something_else(which: int, made: Path, verify: Run):
    proof = (made / "out" / "proof").read_text().splitlines(keepends=True)
    lines = [line for line in proof if line.startswith("\u2014")]
    name, _, signature = lines[which].rpartition(" ")
    spoilt = f"{name} {signature[:8]}{'B' if signature[8] != 'B' else 'C'}{signature[9:]}"
    (made / "out" / "proof").write_text("".join([*proof, spoilt]))
    assert failing(verify("out")[1]) == ["signature"]


def test_the_line_of_the_log_written_twice_is_an_alteration(made: Path, verify: Run):
    proof = (made / "out" / "proof").read_text().splitlines(keepends=True)
    line = next(line for line in proof if line.startswith("\u2014"))
    (made / "out" / "proof").write_text("".join([*proof, line]))
    assert failing(verify("out")[1]) == ["signature"]


@pytest.mark.parametrize("tail", [b"\n", b"\x00", b"\n\n\xe2\x80\x94 x AAAAAAA=\n"])
@pytest.mark.parametrize("name", ["out/statement.json", "out/proof", "out/report.html", "out/salts", "sex/column.json"])
def test_bytes_after_the_end_are_found(name: str, tail: bytes, made: Path, lockgate: Callable[..., Any]):
    with (made / name).open("ab") as file:
        file.write(tail)
    assert lockgate("verify", name.partition("/")[0]).code == 6


@pytest.mark.parametrize(
    "lines",
    [
        "quorum 0",
        "group g 0 w\nquorum g",
        "group g 2 w\nquorum g",
        "group g -1 w\nquorum g",
        "group g 1 w w\nquorum g",
        "quorum w\nquorum none",
        "quorum none\nquorum w",
        "quorum nobody",
        "",
    ],
)
def test_a_policy_whose_quorum_is_empty_or_out_of_reach_is_no_policy(lines: str, made: Path, verify: Run):
    home = Home.open(made / ".lockgate")
    (made / "policy").write_text(f"log {home.verifier_key}\nwitness w {home.cosigner_key}\n{lines}\n")
    assert verify("out", "--trust", "policy")[0] == 2


def test_folders_inside_folders_without_end_are_looked_through(made: Path, verify: Run):
    deep = made / "out" / "data"
    before = Path.cwd()
    os.chdir(deep)
    try:
        for _ in range(1200):
            Path("a").mkdir()
            os.chdir("a")
        Path("more.csv").write_text("a\n")
        os.chdir(before)
        assert "files" in failing(verify("out")[1])
    finally:
        os.chdir(before)
        subprocess.run(["rm", "-rf", str(deep / "a")], check=True)  # deeper than Python's own removal goes


def test_a_file_whose_name_is_no_text_is_named(made: Path, verify: Run, lockgate: Callable[..., Any]):
    (made / "out" / os.fsdecode(b"\xffmore")).write_text("x")
    assert "files" in failing(verify("out")[1])


def test_a_key_longer_than_the_name_of_a_file_is_a_key(made: Path, verify: Run):
    assert verify("out", "--trust", f"{'k' * 300}+00000000+AA")[0] == 2
    home = Home.open(made / ".lockgate")
    assert verify("out", "--trust", str(home.cosigner_key))[0] == 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("S\u0435x", "S\\u0435x"),
        ("\uff33ex", "\\uff33ex"),
        ("\U0001d412ex", "\\U0001d412ex"),
        ("Re\u0441ipient", "Re\\u0441ipient"),
        ("\u043f\u043e\u043b", "\u043f\u043e\u043b"),
        ("\u6027\u522b", "\u6027\u522b"),
        ("\u00b5g", "\u00b5g"),
        ("caf\u00e9", "caf\u00e9"),
    ],
)
def test_a_word_of_letters_that_only_look_alike_shows_which_are_not_latin(name: str, shown: str):
    assert spell_mixed(name) == shown


@pytest.mark.parametrize("sign", ["\xad", "\u061c", "\u3164", "\ufffb", "\U000e0041", "\x7f", "\x85"])
def test_signs_that_nobody_sees_are_written_out(sign: str):
    assert sign not in neutralise(f"a{sign}b")
    assert json.loads(neutral_json(json.dumps(f"a{sign}b", ensure_ascii=False))) == f"a{sign}b"
    assert sign not in neutral_json(json.dumps(f"a{sign}b", ensure_ascii=False))


def test_a_file_of_keys_or_a_policy_may_begin_with_a_byte_order_mark(made: Path, verify: Run):
    home = Home.open(made / ".lockgate")
    for text in (f"{home.verifier_key}\n", f"log {home.verifier_key}\nquorum none\n"):
        (made / "anchor").write_text(text, encoding="utf-8-sig")
        assert verify("out", "--trust", "anchor")[0] == 0


@pytest.mark.parametrize("given", ["nowhere.keys", "out"])
def test_what_is_neither_a_file_nor_a_key_is_told_as_both(given: str, made: Path, lockgate: Callable[..., Any]):
    answer = lockgate("verify", "out", "--trust", given)
    assert answer.code == 2
    assert f"--trust: no such file, and no key either: expected a verifier key `name+id+base64`, found `{given}`" in (
        " ".join(answer.err.split())
    )
