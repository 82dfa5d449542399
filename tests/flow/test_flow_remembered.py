"""Deciding again, after an answer or under the law of another day, reads a source once and says the same."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
from pyarrow import csv

from lockgate.flow import deciding
from lockgate.flow.deciding import Remembered, decide_request
from lockgate.flow.file import parse_flow
from lockgate.flow.progress import Silent
from lockgate.flow.scanning import ScanMeans
from lockgate.laws.catalogue import load_laws

TEXT = """data.source = "people.csv"
data.subjects_in = ["CN"]
holder.in = "CN"
recipient.in = "KR"
recipient.as = "independent-controller"
means.by = "copy"
"""
DAYS = date(2023, 6, 1), date(2026, 11, 21)


def decide(folder, day, remembered=None):
    means = ScanMeans(load_laws(), day, bytes(32), folder, Silent())
    return decide_request(replace(parse_flow(TEXT, "flow.toml", folder), as_of=day), means, remembered)


def test_what_is_remembered_decides_as_what_is_read_anew_and_is_scanned_once(tmp_path, monkeypatch):
    rows = {
        "name": ["王伟", "李娜", "张敏"],
        "mobile": ["13800138000", "13912345678", "13700001111"],
        "diagnosis": ["I10", "E11.9", "J45"],
    }
    csv.write_csv(pa.table(rows), tmp_path / "people.csv")
    anew = [decide(tmp_path, day) for day in DAYS]
    scans = []
    find = deciding.find_verdicts
    monkeypatch.setattr(deciding, "find_verdicts", lambda *given: scans.append(1) or find(*given))
    remembered = Remembered()
    again = [decide(tmp_path, day, remembered) for day in (*DAYS, *DAYS)]
    assert len(scans) == 1
    for one, other in zip([*anew, *anew], again, strict=True):
        assert (other.decision, other.facts) == (one.decision, one.facts)
