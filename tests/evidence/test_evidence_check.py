from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.check import STEPS, DossierFiles, Means, check_dossier
from lockgate.evidence.dossier import statement_bytes
from lockgate.evidence.log import Log
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.note import verifier_key
from lockgate.evidence.output_check import MeasuredOutput
from lockgate.evidence.report import render_report
from lockgate.evidence.step import Repetition, Step
from lockgate.evidence.trust import Trust
from lockgate.terms.errors import EvidenceError, LawDataError

Logged = Callable[[dict[str, Any]], tuple[bytes, bytes]]

SAME = Means(
    version="0.1.0", replay=lambda statement: Repetition("the same"), remeasure=lambda statement: Repetition("the same")
)


def _dossier(statement: dict[str, Any], logged: Logged) -> DossierFiles:
    data, proof = logged(statement)
    return DossierFiles(data, proof, render_report(statement).encode())


def _output(statement: Mapping[str, Any]) -> MeasuredOutput:
    output = statement["output"]
    files = {item["path"]: (item["sha256"], item["bytes"]) for item in output["files"]}
    return MeasuredOutput(files, output["rows"], output["data_hash"], dict(output["columns"]))


def _failed(steps: tuple[Step, ...]) -> list[str]:
    assert [step.step for step in steps] == list(STEPS)
    return [step.step for step in steps if not step.ok and not step.detail.startswith("not checked")]


def _detail(steps: tuple[Step, ...], name: str) -> str:
    return next(step.detail for step in steps if step.step == name)


def test_a_true_dossier_passes_every_step(release: dict[str, Any], log: Log, logged: Logged):
    dossier = _dossier(release, logged)
    means = replace(SAME, open_log=lambda: log)
    steps = check_dossier(dossier, _output(release), Trust((log.key,)), means)
    assert _failed(steps) == []
    assert all(step.settled for step in steps)
    assert [step.step for step in steps] == list(STEPS)


def test_a_refusal_passes_without_data(refusal: dict[str, Any], log: Log, logged: Logged):
    means = replace(SAME, remeasure=None, open_log=lambda: log)
    steps = check_dossier(_dossier(refusal, logged), None, Trust((log.key,)), means)
    assert all(step.ok and step.settled for step in steps)


def test_without_a_trust_anchor_the_signer_is_unknown_and_said_so(release: dict[str, Any], logged: Logged):
    steps = check_dossier(_dossier(release, logged), _output(release), None, SAME)
    assert _failed(steps) == []
    assert [step.step for step in steps if not step.settled] == ["trust", "log"]
    assert "consistent, signer unknown" in _detail(steps, "trust")


def test_a_dossier_signed_by_someone_else_fails_trust(release: dict[str, Any], logged: Logged):
    anchor = Trust((verifier_key("lockgate.local/test", bytes(32)),))
    steps = check_dossier(_dossier(release, logged), _output(release), anchor, SAME)
    assert _failed(steps) == ["trust"]


def test_every_changed_byte_of_the_statement_is_found(refusal: dict[str, Any], logged: Logged):
    dossier = _dossier(refusal, logged)
    for at in range(len(dossier.statement)):
        changed = dossier.statement[:at] + bytes([dossier.statement[at] ^ 1]) + dossier.statement[at + 1 :]
        steps = check_dossier(replace(dossier, statement=changed, report=None), None, None, SAME)
        assert set(_failed(steps)) & {"statement", "signature", "inclusion"}, at


def test_every_changed_byte_of_the_proof_is_found(release: dict[str, Any], logged: Logged):
    dossier = replace(_dossier(release, logged), report=None)
    assert dossier.proof is not None
    for at in range(len(dossier.proof)):
        changed = dossier.proof[:at] + bytes([dossier.proof[at] ^ 1]) + dossier.proof[at + 1 :]
        steps = check_dossier(replace(dossier, proof=changed), _output(release), None, SAME)
        assert set(_failed(steps)) <= {"proof", "signature", "inclusion"}, at
        assert _failed(steps), at
    for changed in (dossier.proof + b"\n", dossier.proof[:-1], b"\n" + dossier.proof, b""):
        assert _failed(check_dossier(replace(dossier, proof=changed), _output(release), None, SAME))


def test_a_changed_byte_of_the_report_is_found(release: dict[str, Any], logged: Logged):
    dossier = _dossier(release, logged)
    assert dossier.report is not None
    for at in range(0, len(dossier.report), 97):
        changed = dossier.report[:at] + bytes([dossier.report[at] ^ 1]) + dossier.report[at + 1 :]
        steps = check_dossier(replace(dossier, report=changed), _output(release), None, SAME)
        assert _failed(steps) == ["report"]


def test_a_report_of_another_version_is_not_compared_and_said_so(release: dict[str, Any], logged: Logged):
    dossier = replace(_dossier(release, logged), report=b"an older page")
    steps = check_dossier(dossier, _output(release), None, replace(SAME, version="0.2.0"))
    assert _failed(steps) == []
    assert "written by lockgate 0.1.0" in _detail(steps, "report")
    assert not next(step for step in steps if step.step == "report").settled


def test_the_proof_of_another_release_is_found(release: dict[str, Any], logged: Logged):
    dossier = _dossier(release, logged)
    _, proof = logged({**release, "release": "r-0003"})
    steps = check_dossier(replace(dossier, proof=proof), _output(release), None, SAME)
    assert _failed(steps) == ["inclusion"]
    assert [step.step for step in steps if step.detail.startswith("not checked")] == ["trust", "log"]


def test_the_dossier_of_another_release_is_found_by_its_data(release: dict[str, Any], logged: Logged):
    output = _output(release)
    release["release"] = "r-0003"
    release["output"]["files"][0]["sha256"] = "00" * 32
    release["output"]["columns"]["age"] = "00" * 32
    steps = check_dossier(_dossier(release, logged), output, None, SAME)
    assert _failed(steps) == ["files", "data"]


def test_a_changed_cell_is_found_with_its_column(release: dict[str, Any], logged: Logged):
    output = _output(release)
    changed = replace(
        output,
        files={"data/customers.parquet": ("11" * 32, 4096)},
        data_hash="11" * 32,
        columns={**(output.columns or {}), "age": "11" * 32},
    )
    steps = check_dossier(_dossier(release, logged), changed, None, SAME)
    assert _failed(steps) == ["files", "data"]
    assert _detail(steps, "files") == "`data/customers.parquet` was changed"
    assert _detail(steps, "data") == "column `age` was changed"


def test_missing_and_added_files_are_found(release: dict[str, Any], logged: Logged):
    dossier, output = _dossier(release, logged), _output(release)
    none = check_dossier(dossier, replace(output, files={}), None, SAME)
    assert _detail(none, "files") == "`data/customers.parquet` is missing"
    more = check_dossier(dossier, replace(output, files={**output.files, "data/x": ("00" * 32, 1)}), None, SAME)
    assert _detail(more, "files") == "`data/x` is not listed"
    assert _failed(none) == _failed(more) == ["files"]


def test_data_that_differ_in_rows_columns_or_order_are_found(release: dict[str, Any], logged: Logged):
    dossier, output = _dossier(release, logged), _output(release)
    columns = dict(output.columns or {})
    for changed, detail in (
        (replace(output, rows=117), "118 rows expected, 117 found"),
        (replace(output, columns={"age": columns["age"]}), "column `notes` is missing"),
        (replace(output, columns={**columns, "x": "00" * 32}), "column `x` was added"),
        (replace(output, data_hash="00" * 32), "the columns stand in another order"),
        (replace(output, problem="not a Parquet file"), "the data cannot be read: not a Parquet file"),
    ):
        steps = check_dossier(dossier, changed, None, SAME)
        assert (_failed(steps), _detail(steps, "data")) == (["data"], detail)


def test_a_dossier_alone_leaves_open_what_needs_the_data(release: dict[str, Any], log: Log, logged: Logged):
    steps = check_dossier(_dossier(release, logged), None, Trust((log.key,)), replace(SAME, remeasure=None))
    assert _failed(steps) == []
    assert [step.step for step in steps if not step.settled] == ["files", "data", "log", "verification"]


def test_a_log_cut_short_is_found(release: dict[str, Any], log: Log, logged: Logged, tmp_path: Path):
    short = (tmp_path / "log" / "checkpoint").read_bytes()
    dossier = _dossier(release, logged)
    (tmp_path / "log" / "checkpoint").write_bytes(short)
    means = replace(SAME, open_log=lambda: LogReader.open(tmp_path / "log", log.key))
    steps = check_dossier(dossier, _output(release), None, means)
    assert _failed(steps) == ["log"]
    assert "log cut short: it holds 0 leaves, the checkpoint of the dossier 7" in _detail(steps, "log")


def test_a_forked_log_is_found(release: dict[str, Any], log: Log, logged: Logged, tmp_path: Path):
    dossier = _dossier(release, logged)
    fork = Log.open(tmp_path / "fork", log.origin, bytes(range(32)))
    fork.append([b"another %d" % at for at in range(9)])
    steps = check_dossier(dossier, _output(release), None, replace(SAME, open_log=lambda: fork))
    assert _failed(steps) == ["log"]
    assert "log forked" in _detail(steps, "log")


def test_a_broken_log_fails_the_log_step_alone(release: dict[str, Any], logged: Logged):
    def broken() -> Log:
        raise EvidenceError("the file `tile/0/000` of the log cannot be read")

    steps = check_dossier(_dossier(release, logged), _output(release), None, replace(SAME, open_log=broken))
    assert _failed(steps) == ["log"]


def test_the_log_of_someone_else_is_not_compared(release: dict[str, Any], logged: Logged, tmp_path: Path):
    elsewhere = Log.open(tmp_path / "elsewhere", "lockgate.local/elsewhere", bytes(32))
    steps = check_dossier(_dossier(release, logged), _output(release), None, replace(SAME, open_log=lambda: elsewhere))
    assert _failed(steps) == []
    assert "the log at hand is that of `lockgate.local/elsewhere`" in _detail(steps, "log")
    assert "log" in [step.step for step in steps if not step.settled]


def test_a_decision_or_figure_that_comes_out_differently_is_found(release: dict[str, Any], logged: Logged):
    dossier = _dossier(release, logged)
    means = replace(SAME, replay=lambda statement: Repetition("", ("outcome: permitted, now refused",)))
    assert _failed(check_dossier(dossier, _output(release), None, means)) == ["decision"]
    means = replace(SAME, remeasure=lambda statement: Repetition("", tuple(f"figure {at}" for at in range(8))))
    steps = check_dossier(dossier, _output(release), None, means)
    assert _failed(steps) == ["verification"]
    assert _detail(steps, "verification").endswith("figure 4; and 3 more")


@pytest.mark.parametrize("error", [LawDataError("no law data"), KeyError("as_of"), ValueError("x"), TypeError("x")])
def test_facts_that_cannot_be_decided_again_fail_the_decision(
    release: dict[str, Any], logged: Logged, error: Exception
):
    def replay(statement: Mapping[str, Any]) -> Repetition:
        raise error

    steps = check_dossier(_dossier(release, logged), _output(release), None, replace(SAME, replay=replay))
    assert _failed(steps) == ["decision"]
    assert "could not be repeated" in _detail(steps, "decision")


def test_without_a_proof_nothing_that_rests_on_it_passes(release: dict[str, Any], logged: Logged):
    dossier = replace(_dossier(release, logged), proof=None)
    steps = check_dossier(dossier, _output(release), None, SAME)
    assert _failed(steps) == ["proof"]
    assert [step.step for step in steps if not step.ok] == ["proof", "signature", "inclusion", "trust", "log"]


def test_a_statement_that_names_another_log_or_no_key_fails_the_signature(release: dict[str, Any], logged: Logged):
    for name, value in (("origin", "lockgate.local/other"), ("key", "no key")):
        changed = {**release, "log": {**release["log"], name: value}}
        _, proof = logged(changed)
        dossier = DossierFiles(statement_bytes(changed), proof, None)
        assert _failed(check_dossier(dossier, _output(release), None, SAME)) == ["signature"]


def test_a_statement_that_names_a_key_which_did_not_sign_fails_the_signature(release: dict[str, Any], logged: Logged):
    release["log"]["key"] = str(verifier_key("lockgate.local/test", bytes(32)))
    steps = check_dossier(_dossier(release, logged), _output(release), None, SAME)
    assert _failed(steps) == ["signature"]
