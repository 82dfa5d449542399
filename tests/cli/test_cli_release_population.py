"""A release held against a population from the command line, by real processes."""

import json
import subprocess
from pathlib import Path

from small_flows import LOCKGATE, PASSENGERS, flow_text


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LOCKGATE, *words], cwd=folder, text=True, capture_output=True, check=False)


def test_a_release_is_made_within_k_map_and_checked_by_who_has_the_population(tmp_path: Path) -> None:
    lines = PASSENGERS.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / PASSENGERS.name).write_text("".join([lines[0], *lines[1::2]]), encoding="utf-8")
    (tmp_path / "everybody.csv").write_text("".join(lines), encoding="utf-8")
    model = '\n[[protect.models]]\nmodel = "k-map"\nk = 6\n'
    (tmp_path / "flow.toml").write_text(flow_text({"protect.population": "everybody.csv"}) + model, encoding="utf-8")
    made = run(tmp_path, "release", "flow.toml", "--out", "out", "--json")
    assert made.returncode == 0, made.stderr
    checks = {check["name"]: check for check in json.loads(made.stdout)["verification"]["checks"]}
    assert checks["k-map"]["ok"]
    assert checks["k-map"]["measured"] >= checks["k-map"]["required"] == 6
    assert checks["population"]["measured"] == 0
    again = run(tmp_path, "verify", "out", "--population", "everybody.csv", "--json")
    assert again.returncode == 0
    (step,) = [step for step in json.loads(again.stdout)["steps"] if step["step"] == "population"]
    assert step["ok"]
    assert step["settled"]
    wrong = run(tmp_path, "verify", "out", "--population", PASSENGERS.name)
    assert wrong.returncode == 6
    assert "not the population" in wrong.stdout
