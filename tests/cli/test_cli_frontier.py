"""`lockgate decide --frontier FILE`: risk against loss on a page, and settings that a release can take."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockgate.cli.frontier_page import flow_file_lines
from lockgate.terms.frontier import Setting
from lockgate.terms.privacy_model import DistinctDiversity, TCloseness, parse_model
from small_flows import write_flow

Run = Callable[..., Any]


def test_the_page_stands_alone_and_names_the_setting_of_least_loss(place: Path, lockgate: Run):
    answer = lockgate("decide", "flow.toml", "--json", "--frontier", "risk.html")
    assert answer.code == 0
    page = (place / "risk.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert not re.search(r"(src|href)=", page)
    frontier = answer.document["frontier"]
    chosen = [point for point in frontier["points"] if point["is_chosen"]]
    assert len(chosen) == 1
    assert f"k = {chosen[0]['setting']['k']}, {chosen[0]['setting']['labels']}" in page
    assert page.count('<circle class="dot') == sum(point["classes"] > 0 for point in frontier["points"])
    assert page.count('<circle class="ring"') == 1


def test_figures_are_of_the_columns_and_persons_of_the_flow(place: Path, lockgate: Run):
    frontier = lockgate("decide", "flow.toml", "--json", "--frontier", "risk.html").document["frontier"]
    assert frontier["quasi_identifiers"] == ["Pclass", "Sex", "Age"]
    assert frontier["persons"] == 160
    assert frontier["needs"]["k"] == 3
    assert {step["measure"] for step in frontier["cells"]} >= {"drop", "pseudonymise"}
    for point in frontier["points"]:
        if point["classes"]:
            assert point["k"] >= point["setting"]["k"]
            assert point["highest_risk"] == pytest.approx(1 / point["k"])


def test_a_setting_that_is_taken_brings_about_what_the_page_says(place: Path, lockgate: Run):
    points = lockgate("decide", "flow.toml", "--json", "--frontier", "risk.html").document["frontier"]["points"]
    point = next(item for item in points if item["setting"]["k"] == 5 and item["setting"]["labels"] == "set")
    write_flow(place, {"protect.k": 5, "protect.labels": "set"})
    verified = lockgate("release", "flow.toml", "--json", "--out", "out").document["verification"]["checks"]
    figures = {check["name"]: check["measured"] for check in verified}
    assert figures["k"] == point["k"]
    assert figures["classes"] == point["classes"]
    assert figures["loss"] == pytest.approx(point["loss"], abs=1e-9)


def test_no_value_of_the_data_is_on_the_page(place: Path, lockgate: Run):
    lockgate("decide", "flow.toml", "--frontier", "risk.html")
    page = (place / "risk.html").read_text(encoding="utf-8")
    assert "female" not in page
    assert "Mr." not in page


@pytest.mark.parametrize(("code", "word"), [("zh", "风险与信息损失"), ("ko", "위험과 정보 손실")])
def test_the_page_speaks_the_language_that_is_asked_for(code: str, word: str, place: Path, lockgate: Run):
    lockgate("decide", "flow.toml", "--lang", code, "--frontier", "risk.html")
    assert word in (place / "risk.html").read_text(encoding="utf-8")


def test_without_data_there_is_no_frontier(place: Path, lockgate: Run):
    columns = {name: {"category": "location", "role": "quasi-identifier"} for name in ("Pclass", "Sex", "Age")}
    write_flow(place, {"data.source": None, "data.columns": columns, "data.persons": 160, "protect": None})
    answer = lockgate("decide", "flow.toml", "--frontier", "risk.html")
    assert answer.code == 2
    assert "a frontier needs data" in answer.err
    assert not (place / "risk.html").exists()


def test_where_nobody_can_be_hidden_the_page_says_so(place: Path, lockgate: Run):
    write_flow(place, {"protect.k": 1000})
    answer = lockgate("decide", "flow.toml", "--json", "--frontier", "risk.html")
    assert not any(point["is_chosen"] for point in answer.document["frontier"]["points"])
    assert "No setting is enough" in (place / "risk.html").read_text(encoding="utf-8")


def test_what_is_to_be_written_is_a_piece_of_a_flow_file():
    models = (DistinctDiversity('ill"ness', 2), TCloseness("pay", 0.25))
    lines = tomllib.loads(flow_file_lines(Setting(6, "strict", "hierarchy", ("post\\code", "a\nb"), models)))
    assert lines["protect"].pop("models") == [
        {"model": "distinct-l-diversity", "column": 'ill"ness', "l": 2},
        {"model": "t-closeness", "column": "pay", "t": 0.25, "distance": "equal"},
    ]
    assert lines == {"protect": {"k": 6, "search": "strict", "labels": "hierarchy", "drop": ["post\\code", "a\nb"]}}
    assert parse_model({"model": "t-closeness", "column": "pay", "t": 0.25, "distance": "equal"}) == models[1]
