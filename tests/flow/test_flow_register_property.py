"""Who stays under a register, against its rule read entry by entry; and hashes that begin alike are told apart."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from lockgate.flow.register import COLUMNS, STATES, Persons, Wanted, is_member, withhold
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

TODAY = date(2026, 11, 21)
DAYS = [None, *(TODAY + timedelta(days=shift) for shift in (-2, -1, 0, 1))]
PEOPLE = [f"P{n}" for n in range(6)]
ENTRY = st.fixed_dictionaries(
    {
        "subject": st.sampled_from([*PEOPLE, None]),
        "purpose": st.sampled_from(["research", "research", "research", "marketing", None]),
        "recipient": st.sampled_from(["Acme", "Acme", "group", "Other", None]),
        "category": st.sampled_from(["", None, "name", "contact", "health"]),
        "state": st.sampled_from(STATES),
        "since": st.sampled_from(DAYS),
        "until": st.sampled_from(DAYS),
    }
)


def valid_by_the_rule(entries: list[dict[str, Any]], categories: set[str]) -> set[str]:
    """Persons with a valid consent: the latest entry for each category counts, the later row of a day."""
    latest: dict[tuple[str, str], tuple[date, int, bool]] = {}
    for row, entry in enumerate(entries):
        category = entry["category"] or ""
        about = entry["purpose"] == "research" and entry["recipient"] in ("Acme", "group")
        begun = entry["since"] is not None and entry["since"] <= TODAY
        if entry["subject"] and about and begun and category in {"", *categories}:
            is_valid = entry["state"] == "given" and (entry["until"] is None or entry["until"] >= TODAY)
            known = latest.get((entry["subject"], category))
            if known is None or (entry["since"], row) > known[:2]:
                latest[entry["subject"], category] = (entry["since"], row, is_valid)
    found = set()
    for person in PEOPLE:
        given_ = {category for (one, category), (_, _, valid) in latest.items() if one == person and valid}
        denied = (person, "") in latest and not latest[person, ""][2]
        if given_ and not denied and ("" in given_ or categories <= given_):
            found.add(person)
    return found


@pytest.mark.parametrize("as_text", [False, True])
@given(entries=st.lists(ENTRY, max_size=25), categories=st.sets(st.sampled_from(["name", "contact"])))
def test_who_stays_is_who_has_a_valid_consent_for_all_that_moves(
    tmp_path_factory: pytest.TempPathFactory, *, as_text: bool, entries: list[dict[str, Any]], categories: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("r")
    kinds = {"since": pa.date32(), "until": pa.date32()}
    table = pa.Table.from_pylist(entries, pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS]))
    if as_text:
        table = table.cast(pa.schema([(name, pa.string()) for name in COLUMNS]))
    parquet.write_table(table, folder / "register.parquet")
    parquet.write_table(pa.table({"id": [*PEOPLE, None], "x": range(7)}), folder / "people.parquet")
    wanted = Wanted("research", frozenset({"Acme", "group"}), frozenset(categories), TODAY)
    people = open_source(SourceReference(str(folder / "people.parquet")))
    kept = withhold(people, "id", b"k" * 32, str(folder / "register.parquet"), wanted)
    found = {row["id"] for batch in kept.batches() for row in batch.to_pylist()}
    assert found == valid_by_the_rule(entries, categories)


@given(
    valid=st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3))),
    asked=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=20),
)
def test_hashes_that_begin_alike_are_told_apart(valid: set[tuple[int, int]], asked: list[tuple[int, int]]) -> None:
    persons = np.array(sorted(valid), np.uint64).reshape(-1, 2)
    probes = np.array(asked, np.uint64).reshape(-1, 2)
    found = is_member(probes, Persons(persons[:, 0], persons[:, 1]))
    assert found.tolist() == [one in valid for one in asked]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [("until", "soon", "row 3: expected days"), ("state", "maybe", "row 3: expected one of")],
)
def test_a_wrong_cell_is_told_by_its_row(tmp_path: Path, column: str, cell: str, said: str) -> None:
    entry = dict.fromkeys(COLUMNS, "") | {"state": "given", "since": "2026-01-01", "until": "2027-01-01"}
    rows = [entry, entry, entry | {column: cell}]
    lines = [",".join(COLUMNS), *(",".join(row.values()) for row in rows)]
    (tmp_path / "r.csv").write_text("\n".join(lines) + "\n")
    parquet.write_table(pa.table({"id": PEOPLE}), tmp_path / "p.parquet")
    wanted = Wanted("research", frozenset({"Acme"}), frozenset(), TODAY)
    with pytest.raises(InputError, match=said):
        withhold(open_source(SourceReference(str(tmp_path / "p.parquet"))), "id", b"k", str(tmp_path / "r.csv"), wanted)
