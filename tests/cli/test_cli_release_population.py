"""A release held against a population from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from small_flows import PASSENGERS, flow_text


def test_a_release_is_made_within_k_map_and_checked_by_who_has_the_population(
    place: Path, lockgate: Callable[..., Any]
) -> None:
    lines = PASSENGERS.read_text(encoding="utf-8").splitlines(keepends=True)
    (place / PASSENGERS.name).write_text("".join([lines[0], *lines[1::2]]), encoding="utf-8")
    (place / "everybody.csv").write_text("".join(lines), encoding="utf-8")
    model = '\n[[protect.models]]\nmodel = "k-map"\nk = 6\n'
    (place / "flow.toml").write_text(flow_text({"protect.population": "everybody.csv"}) + model, encoding="utf-8")
    made = lockgate("release", "flow.toml", "--out", "out", "--json")
    assert made.code == 0, made.err
    checks = {check["name"]: check for check in json.loads(made.out)["verification"]["checks"]}
    assert checks["k-map"]["ok"]
    assert checks["k-map"]["measured"] >= checks["k-map"]["required"] == 6
    assert checks["population"]["measured"] == 0
    again = lockgate("verify", "out", "--population", "everybody.csv", "--json")
    assert again.code == 0
    (step,) = [step for step in json.loads(again.out)["steps"] if step["step"] == "population"]
    assert step["ok"]
    assert step["settled"]
    wrong = lockgate("verify", "out", "--population", PASSENGERS.name)
    assert wrong.code == 6
    assert "not the population" in wrong.out
