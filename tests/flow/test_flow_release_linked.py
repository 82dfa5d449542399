"""A pseudonym that shows which rows are of one person must not let the person stand out."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lockgate.examples.story import lay_out_customers
from lockgate.flow.file import parse_flow
from lockgate.flow.node import Node
from lockgate.flow.progress import Silent
from lockgate.flow.release import release
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.terms.errors import VerificationFailed

FLOW = """
as_of = 2026-11-21
[data]
source = "generated-customers.csv"
subjects_in = ["CN"]
min_age = 18
important = "no"
[holder]
in = "CN"
roles = []
[recipient]
in = "CN"
as = "same-controller"
roles = []
[purpose]
use = "analytics"
collected_for = "service-provision"
major_impact = false
[basis]
ground = "contract"
[means]
by = "copy"
[safeguards]
notice = 2026-10-01
sensitive-notice = 2026-10-01
impact-assessment = 2026-10-01
[protect]
k = 4
drop = ["name", "id_number", "foreign_id", "mobile", "email", "bank_card", "address", "postcode", "note"]
"""
KEPT = ("customer_id", "gender", "birth_date", "city", "occupation", "income_band", "monthly_spend", "last_order_date")


def run(folder: Path, flow: str):
    lay_out_customers(folder, 1500, seed=5)
    columns = "".join(f"[data.columns.{name}]\nnecessary = true\n" for name in KEPT)
    request = parse_flow(flow + columns, "flow.toml", folder)
    home = Home.open(folder / "home")
    node = Node(home, load_laws(), datetime(2026, 11, 21, tzinfo=UTC), os.urandom, Silent())
    return release(request, folder / "out", node)


def test_linked_rows_that_let_a_person_stand_out_are_refused(tmp_path):
    with pytest.raises(VerificationFailed, match="k-linked"):
        run(tmp_path, FLOW + 'pseudonymise = ["customer_id"]\n')
    assert not (tmp_path / "out").exists()


def test_without_the_pseudonym_the_same_rows_may_leave(tmp_path):
    released = run(tmp_path, FLOW.replace('drop = ["name"', 'drop = ["customer_id", "name"'))
    assert released.copy.verification.ok
    assert "k-linked" not in {check.name for check in released.copy.verification.checks}
