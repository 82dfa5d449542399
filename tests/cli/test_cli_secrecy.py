"""No cell of personal data comes out anywhere but in the released data: words, documents, evidence, file names."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from small_flows import CONDITIONAL, COUNTS_ONLY, FAILS_VERIFICATION, PASSENGERS, REFUSED, UNDECIDED, write_flow

TELLING_CHARACTERS = 6
"""Shorter cells, such as a class or an age, are found in any text."""

COMMANDS = (
    "scan passengers.csv",
    "scan passengers.csv --explain Name",
    "scan passengers.csv --explain Ticket",
    "new passengers.csv",
    "decide flow.toml --trace",
    "decide refused.toml",
    "release flow.toml --out out",
    "release refused.toml --out refused",
    "release conditional.toml --out conditional",
    "release undecided.toml --out undecided",
    "release failing.toml --out failing",
    "release flow.toml --out out",
    "release counts.toml --out counts --route {route}",
    "verify out",
    "verify out --strict",
    "verify tampered",
    "attack out",
    "attack out --knowing passengers.csv",
    "keys",
)


COMMANDS_WITH_OTHER_WORDS = tuple(
    command
    for command in COMMANDS
    if command.split()[0] in ("scan", "new", "verify", "attack") or "flow.toml" in command
)


def telling_cells() -> list[str]:
    """Return the names, tickets and family names of the passengers."""
    with PASSENGERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = {row[name] for row in rows for name in ("Name", "Ticket")}
    return sorted(cell for cell in cells if len(cell) >= TELLING_CHARACTERS)


def found_in(text: str, cells: list[str]) -> list[str]:
    return [cell for cell in cells if cell in text]


def texts_below(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*"):
        yield f"name of {path}", str(path.relative_to(folder))
        if path.is_file():
            yield str(path), path.read_bytes().decode("utf-8", errors="replace")


@pytest.fixture
def prepared(place: Path, lockgate: Callable[..., Any]) -> dict[str, str]:
    for name, changes in (
        ("refused", REFUSED),
        ("conditional", CONDITIONAL),
        ("undecided", UNDECIDED),
        ("failing", FAILS_VERIFICATION),
        ("counts", COUNTS_ONLY),
    ):
        write_flow(place, changes, f"{name}.toml")
    routes = lockgate("decide", "counts.toml", "--json").document["routes"]
    route = next(route["id"] for route in routes if any(step["measure"] == "aggregate" for step in route["steps"]))
    return {"route": route}


@pytest.mark.parametrize("json_", [(), ("--json",)], ids=["words", "json"])
def test_no_name_or_ticket_comes_out_of_any_command_or_stays_in_a_release_or_a_home(
    json_: tuple[str, ...], place: Path, lockgate: Callable[..., Any], prepared: dict[str, str]
):
    cells = telling_cells()
    assert len(cells) > 200
    said = []
    for command in COMMANDS if json_ else COMMANDS_WITH_OTHER_WORDS:
        if command == "verify tampered":
            _tamper(place)
        answer = lockgate(*command.format(**prepared).split(), *json_)
        said.append((command, found_in(answer.out + answer.err, cells)))
    assert [item for item in said if item[1]] == []
    kept = [text for folder in (".lockgate", "out", "counts") for text in texts_below(place / folder)]
    kept.append(("flow file", (place / "passengers.toml").read_text(encoding="utf-8")))
    assert (place / "out" / "data").exists()
    assert (place / "counts" / "data").exists() or not json_
    assert [(where, found) for where, text in kept if (found := found_in(text, cells))] == []


def _tamper(place: Path) -> None:
    """Put a name where the statement has the recipient's."""
    folder = place / "tampered"
    (folder / "data").mkdir(parents=True)
    for name in ("statement.json", "proof", "report.html", "data/passengers.csv"):
        (folder / name).write_bytes((place / "out" / name).read_bytes())
    with (folder / "data" / "passengers.csv").open("a", encoding="utf-8") as file:
        file.write(PASSENGERS.read_text(encoding="utf-8").splitlines()[1] + "\n")


def test_what_the_scan_shows_as_an_example_is_no_cell(place: Path, lockgate: Callable[..., Any]):
    with PASSENGERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for column in lockgate("scan", "passengers.csv", "--json").document["columns"]:
        if column["role"] == "direct-identifier" and len(column["example"]) >= TELLING_CHARACTERS:
            assert column["example"] not in {row[column["name"]] for row in rows}


def test_the_names_that_are_looked_for_would_be_found(place: Path, lockgate: Callable[..., Any]):
    write_flow(place, {"protect": None})
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    text = (place / "out" / "data" / "passengers.csv").read_text(encoding="utf-8").replace('""', '"')
    assert len(found_in(text, telling_cells())) > 200
