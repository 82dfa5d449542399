"""Rows of persons without a valid consent are withheld before anybody is counted."""

from datetime import date
from pathlib import Path

import pytest

from lockgate.flow.deciding import decide_request
from lockgate.flow.file import parse_flow
from lockgate.flow.progress import Silent
from lockgate.flow.scanning import ScanMeans
from lockgate.laws.catalogue import load_laws
from lockgate.terms.errors import InputError

PEOPLE = "customer_id,email\n" + "".join(f"C{n:04},p{n}@example.org\n" for n in range(40))
HEAD = "subject,purpose,recipient,category,state,since,until\n"
FLOW = """as_of = 2026-11-21
[data]
source = "people.csv"
subject_key = "customer_id"
subjects_in = ["CN"]
[holder]
in = "CN"
[recipient]
name = "Acme"
[purpose]
use = "train-ai"
[basis.consent]
register = "consents.csv"
"""


def persons(folder: Path, register: str) -> int:
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "consents.csv").write_text(HEAD + register)
    means = ScanMeans(load_laws(), date(2026, 11, 21), b"k" * 32, folder, Silent())
    decided = decide_request(parse_flow(FLOW, "flow.toml", folder), means)
    assert decided.source is not None
    rows = sum(batch.num_rows for batch in decided.source.batches())
    assert rows == decided.facts.values["data.persons"]
    return rows


@pytest.mark.parametrize(
    ("entries", "kept"),
    [
        ("C0001,train-ai,Acme,,given,2026-01-01,\n", 1),
        ("c0001,train-ai,Acme,,given,2026-01-01,2026-11-21\n", 1),
        ("C0001,train-ai,Acme,,given,2026-01-01,2026-11-20\n", 0),
        ("C0001,train-ai,Acme,,given,2026-11-22,\n", 0),
        ("C0001,marketing,Acme,,given,2026-01-01,\n", 0),
        ("C0001,train-ai,Other,,given,2026-01-01,\n", 0),
        ("C0001,train-ai,Acme,,given,2026-01-01,\nC0001,train-ai,Acme,,withdrawn,2026-02-01,\n", 0),
        ("C0001,train-ai,Acme,,withdrawn,2026-02-01,\nC0001,train-ai,Acme,,given,2026-01-01,\n", 0),
        ("C0001,train-ai,Acme,,paused,2026-01-01,\nC0001,train-ai,Acme,,given,2026-02-01,\n", 1),
        ("C0001,train-ai,Acme,contact,given,2026-01-01,\n", 0),
        (
            "C0001,train-ai,Acme,contact,given,2026-01-01,\nC0001,train-ai,Acme,other-personal,given,2026-01-01,\n",
            1,
        ),
        ("", 0),
        ("C0001,train-ai,Acme,,given,2026-01-01,\nC0007,train-ai,Acme,,given,2026-01-01,\n", 2),
    ],
)
def test_only_rows_with_a_valid_consent_stay(tmp_path, entries, kept):
    assert persons(tmp_path, entries) == kept


def test_a_register_without_a_column_or_with_an_unknown_state_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="expected one of"):
        persons(tmp_path, "C0001,train-ai,Acme,,maybe,2026-01-01,\n")
    with pytest.raises(InputError, match="expected days"):
        persons(tmp_path, "C0001,train-ai,Acme,,given,soon,\n")


def test_a_register_needs_a_column_that_tells_persons_apart(tmp_path):
    (tmp_path / "people.csv").write_text("city\nParis\n")
    (tmp_path / "consents.csv").write_text(HEAD)
    means = ScanMeans(load_laws(), date(2026, 11, 21), b"k" * 32, tmp_path, Silent())
    flow = parse_flow(FLOW.replace('subject_key = "customer_id"\n', ""), "flow.toml", tmp_path)
    with pytest.raises(InputError, match="tells persons apart"):
        decide_request(flow, means)
