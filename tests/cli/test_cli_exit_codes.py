"""The exit codes as the table has them, by real commands."""

import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from lockgate.cli import door, scan
from lockgate.evidence.note import verifier_key
from lockgate.laws import catalogue
from lockgate.terms.errors import CounterpartyError
from small_flows import CONDITIONAL, FAILS_VERIFICATION, PASSENGERS, REFUSED, UNDECIDED, write_flow

Lockgate = Callable[..., "Answer"]  # noqa: F821 - from conftest, which cannot be imported
OTHER_KEY = str(verifier_key("lockgate.local/00000000", bytes(32)))

DONE = (
    "--help",
    "--version",
    "scan passengers.csv",
    "scan passengers.csv --explain Name",
    "new passengers.csv",
    "decide flow.toml",
    "decide flow.toml --trace --as-of 2024-06-01",
    "decide conditional.toml",
    "release flow.toml --out new",
    "release flow.toml --out new --format parquet",
    "release flow.toml --out new --dry-run",
    "release refused.toml --out new --route ROUTE",
    "verify out",
    "verify out/statement.json",
    "verify out --trust KEY",
    "verify out --trust KEY --strict",
    "verify .lockgate/refusals/REFUSAL",
    "attack out",
    "attack out --knowing passengers.csv",
    "measure passengers.csv --quasi Sex,Pclass --sensitive Survived",
    "reveal --history",
    "keys",
    "keys --rotate vault",
    "laws",
    "cases",
    "laws cn/pipl",
)
WRONG_INPUT = (
    "",
    "nonsense",
    "scan",
    "scan passengers.csv --nonsense",
    "scan missing.csv",
    "scan broken.csv",
    "scan flow.toml",
    "scan passengers.csv --explain Nobody",
    "scan passengers.csv --subject-key Nobody",
    "scan passengers.csv --table people",
    "new missing.csv",
    "new passengers.csv --out flow.toml",
    "decide missing.toml",
    "decide passengers.csv",
    "decide unknown-key.toml",
    "decide contradiction.toml",
    "decide no-data.toml",
    "decide flow.toml --as-of yesterday",
    "release flow.toml",
    "release missing.toml --out new",
    "release contradiction.toml --out new",
    "release flow.toml --out out",
    "release flow.toml --out flow.toml",
    "release flow.toml --out no/such/folder",
    "release flow.toml --out new --route 00000000",
    "release flow.toml --out new --format xlsx",
    "release flow.toml --out new --home flow.toml",
    "release wrong-column.toml --out new",
    "verify missing",
    "verify data",
    "verify out --trust nonsense",
    "load missing --into tables --table copy",
    "attack missing",
    "measure passengers.csv",
    "measure missing.csv --quasi Sex",
    "attack out --knowing missing.csv",
    "attack .lockgate/refusals/REFUSAL",
    "keys --rotate signing",
    "reveal",
    "reveal t_nonsense --by me --why audit",
    "reveal t_nonsense --why audit",
    "forget t_nonsense --by me",
    "forget t_nonsense --by me --why audit --home missing",
    "revoke nothing --home missing",
    "affected --by recipient --home missing",
    "evidence witness --log nonsense",
    "evidence nonsense",
    "evidence affected --by recipient --home missing",
    "laws cn/nonsense",
)
REFUSING = (
    "decide refused.toml",
    "release refused.toml --out new",
    "release conditional.toml --out new",
    "release failing.toml --out new",
    "release conditional.toml --out new --dry-run",
    "release conditional.toml --out new --route AS-IT-STANDS",
)
UNDECIDING = ("decide undecided.toml", "release undecided.toml --out new", "release undecided.toml --out new --dry-run")
BROKEN = (
    "verify tampered",
    "verify tampered/statement.json",
    "verify out --strict",
    f"verify out --trust {OTHER_KEY}",
    "verify out --home rolled-back",
    "release flow.toml --out new --home rolled-back",
    "attack tampered",
    "load tampered --into tables --table copy",
)
TABLE = [
    (code, command)
    for code, commands in ((0, DONE), (2, WRONG_INPUT), (4, REFUSING), (5, UNDECIDING), (6, BROKEN))
    for command in commands
]


@pytest.fixture
def prepared(place: Path, lockgate: Lockgate) -> dict[str, str]:
    """Flow files of every outcome, a release, a refusal, a tampered release; and the words that stand for ids."""
    for name, changes in (
        ("refused", REFUSED),
        ("conditional", CONDITIONAL),
        ("undecided", UNDECIDED),
        ("failing", FAILS_VERIFICATION),
        ("contradiction", {"holder.persons_held": 3}),
        ("unknown-key", {"holder.nmae": "Shop"}),
        ("no-data", {"data.source": "missing.csv"}),
        ("wrong-column", {"protect.drop": ["Nobody"]}),
    ):
        write_flow(place, changes, f"{name}.toml")
    (place / "broken.csv").write_text('name,town\nAnn,"Alpha\nBea,Beta\n', encoding="utf-8")
    (place / "data").mkdir()
    refused = lockgate("release", "refused.toml", "--out", "out", "--json").document
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    shutil.copytree(place / "out", place / "tampered")
    statement = place / "tampered" / "statement.json"
    statement.write_bytes(statement.read_bytes().replace(b"Acme Korea", b"Acme Choson") + b" ")
    shutil.copytree(place / ".lockgate", place / "rolled-back")
    shutil.rmtree(place / "rolled-back" / "log")
    conditional = lockgate("decide", "conditional.toml", "--json").document
    return {
        "ROUTE": refused["decision"]["routes"][0]["id"],
        "AS-IT-STANDS": conditional["routes"][0]["id"],
        "KEY": lockgate("keys", "--json").document["key"],
        "REFUSAL": next((place / ".lockgate" / "refusals").iterdir()).name,
    }


def _filled(word: str, ids: dict[str, str]) -> str:
    return str(Path(word).with_name(ids["REFUSAL"])) if word.endswith("REFUSAL") else ids.get(word, word)


def test_every_command_leaves_with_the_code_of_the_table(place: Path, lockgate: Lockgate, prepared: dict[str, str]):
    wrong = []
    for code, command in TABLE:
        answer = lockgate(*(_filled(word, prepared) for word in command.split()))
        is_silent = code in (2, 4, 5) and command and not command.startswith("decide") and not answer.err
        if answer.code != code or is_silent:
            wrong.append((command, answer))
        assert "Traceback" not in answer.err
        for left in ("new", "passengers.toml"):
            path = place / left
            assert path.exists() <= (code == 0), command
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    assert wrong == []
    assert (place / PASSENGERS.name).read_bytes() == PASSENGERS.read_bytes()


def test_broken_law_data_are_code_3(
    place: Path, lockgate: Lockgate, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
):
    broken = tmp_path_factory.mktemp("broken") / "laws"
    shutil.copytree(str(files("lockgate.laws")), broken, ignore=shutil.ignore_patterns("__pycache__"))
    pipl = broken / "cn" / "pipl.toml"
    pipl.write_text(pipl.read_text(encoding="utf-8").replace("in_force = ", "in_fource = ", 1), encoding="utf-8")
    catalogue.load_laws.cache_clear()
    try:
        monkeypatch.setattr(catalogue, "files", lambda _: broken)
        for command in ("laws", "scan passengers.csv", "decide flow.toml", "release flow.toml --out out"):
            answer = lockgate(*command.split())
            assert answer.code == 3, command
            assert "pipl" in answer.err
        assert not (place / "out").exists()
    finally:
        catalogue.load_laws.cache_clear()


def test_the_fault_of_another_party_is_code_7(lockgate: Lockgate, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise CounterpartyError("the catalogue of `acme` did not answer")

    monkeypatch.setattr(scan, "open_told", fail)
    assert lockgate("scan", "passengers.csv").code == 7


def test_an_interruption_is_code_130(lockgate: Lockgate, monkeypatch: pytest.MonkeyPatch):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scan, "open_told", stop)
    answer = lockgate("scan", "passengers.csv")
    assert (answer.code, answer.out) == (130, "")
    assert "interrupted" in answer.err


def test_a_mistake_of_the_program_is_code_1_and_tells_its_place_and_no_word_of_the_data(
    lockgate: Lockgate, monkeypatch: pytest.MonkeyPatch
):
    def stumble(*_: object) -> None:
        raise ValueError("could not convert `Braund, Mr. Owen Harris`")

    monkeypatch.setattr(scan, "open_told", stumble)
    answer = lockgate("scan", "passengers.csv", "--json")
    assert answer.code == answer.document["exit"] == 1
    assert "Braund" not in answer.out + answer.err
    assert "ValueError at test_cli_exit_codes.py" in answer.err


def test_the_table_names_every_command():
    assert {command.split()[0] for _, command in TABLE if command} >= set(door.COMMANDS) - {"demo"}


def test_a_file_given_for_a_key_is_not_quoted(lockgate: Lockgate, place: Path):
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    (place / "people.csv").write_text("Mildred Hubble,13812345678\n")
    answer = lockgate("verify", "out", "--trust", "people.csv")
    assert answer.code == 2
    assert "`people.csv` holds no keys and no policy" in answer.err
    assert "Hubble" not in answer.err
