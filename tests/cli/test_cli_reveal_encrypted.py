"""`lockgate reveal --encrypted`: from a release to values, and into the history."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from small_flows import PASSENGERS, flow_text

WHY = ("--by", "L. Chen", "--why", "claim 2026-118")


def test_a_partner_s_answer_finds_its_persons_again(place: Path, lockgate: Callable[..., Any]) -> None:
    header, *rows = PASSENGERS.read_text(encoding="utf-8").splitlines()
    phones = [str(13_800_000_000 + number) for number in range(len(rows))]
    lines = [f"{header},Phone", *(f"{row},{phone}" for row, phone in zip(rows, phones, strict=True))]
    (place / PASSENGERS.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    wish = {
        "protect.columns": {"Phone": {"measure": "encrypt"}},
        "data.columns.Phone": {"category": "contact", "role": "direct-identifier", "necessary": True},
    }
    (place / "flow.toml").write_text(flow_text(wish), encoding="utf-8")
    made = lockgate("release", "flow.toml", "--out", "out")
    assert made.code == 0, made.err
    encrypted = ("reveal", "--encrypted", "out", "--column", "Phone", "--from", f"out/data/{PASSENGERS.name}")
    answer = lockgate(*encrypted, *WHY, "--json")
    assert answer.code == 0, answer.err
    values = json.loads(answer.out)["values"]
    assert sorted(item["value"] for item in values) == phones
    with (place / "out" / "data" / PASSENGERS.name).open(encoding="utf-8", newline="") as file:
        assert {item["token"] for item in values} == {row["Phone"] for row in csv.DictReader(file)}
    history = json.loads(lockgate("reveal", "--history", "--json").out)["reversals"]
    assert [(item["by"], item["tokens"]) for item in history] == [("L. Chen", len(phones))]
    for wrong in (encrypted, (*encrypted[:3], *WHY), (*encrypted[:5], "x", *WHY)):
        said = lockgate(*wrong)
        assert said.code == 2
        assert not any(phone in said.out + said.err for phone in phones)
