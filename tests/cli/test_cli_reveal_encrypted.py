"""`lockgate reveal --encrypted`: from a release to values by real processes, and into the history."""

import csv
import json
import subprocess
from pathlib import Path

from small_flows import LOCKGATE, PASSENGERS, flow_text

WHY = ("--by", "L. Chen", "--why", "claim 2026-118")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LOCKGATE, *words], cwd=folder, text=True, capture_output=True, check=False)


def test_a_partner_s_answer_finds_its_persons_again(tmp_path: Path) -> None:
    header, *rows = PASSENGERS.read_text(encoding="utf-8").splitlines()
    phones = [str(13_800_000_000 + number) for number in range(len(rows))]
    lines = [f"{header},Phone", *(f"{row},{phone}" for row, phone in zip(rows, phones, strict=True))]
    (tmp_path / PASSENGERS.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    wish = {
        "protect.columns": {"Phone": {"measure": "encrypt"}},
        "data.columns.Phone": {"category": "contact", "role": "direct-identifier", "necessary": True},
    }
    (tmp_path / "flow.toml").write_text(flow_text(wish), encoding="utf-8")
    made = run(tmp_path, "release", "flow.toml", "--out", "out")
    assert made.returncode == 0, made.stderr
    encrypted = ("reveal", "--encrypted", "out", "--column", "Phone", "--from", f"out/data/{PASSENGERS.name}")
    answer = run(tmp_path, *encrypted, *WHY, "--json")
    assert answer.returncode == 0, answer.stderr
    values = json.loads(answer.stdout)["values"]
    assert sorted(item["value"] for item in values) == phones
    with (tmp_path / "out" / "data" / PASSENGERS.name).open(encoding="utf-8", newline="") as file:
        assert {item["token"] for item in values} == {row["Phone"] for row in csv.DictReader(file)}
    history = json.loads(run(tmp_path, "reveal", "--history", "--json").stdout)["reversals"]
    assert [(item["by"], item["tokens"]) for item in history] == [("L. Chen", len(phones))]
    for wrong in (encrypted, (*encrypted[:3], *WHY), (*encrypted[:5], "x", *WHY)):
        said = run(tmp_path, *wrong)
        assert said.returncode == 2
        assert not any(phone in said.stdout + said.stderr for phone in phones)
