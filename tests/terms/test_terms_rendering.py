"""Hand-over types as JSON: the members that the flow-file contract names are there, with JSON values only."""

import json
from dataclasses import dataclass
from datetime import date

import pytest

from lockgate.terms.category import Category
from lockgate.terms.classification import Classification, ColumnCombination, ColumnVerdict, PersonCount
from lockgate.terms.column import ColumnRole, Verdict
from lockgate.terms.decision import Decision, MissingFact, Outcome, Route
from lockgate.terms.duty import Duty, DutyKind
from lockgate.terms.finding import CitedFinding, Effect
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.rendering import as_json
from lockgate.terms.truth import Truth
from lockgate.terms.verification import Attack, Check, VerificationReport

DAY = date(2026, 11, 21)

FINDING = CitedFinding(
    "cn/pipl",
    "39",
    Effect.REQUIRES,
    ("separate-consent",),
    (),
    (),
    (),
    "the data leave",
    (date(2021, 11, 1), None),
    "high",
)
DECISION = Decision(
    Outcome.CONDITIONAL,
    DAY,
    "0123456789abcdef",
    (FINDING,),
    (Duty("separate-consent", DutyKind.LEGAL, True, Truth.UNKNOWN, ("cn/pipl 39",)),),
    (MissingFact("holder.persons_held", "", "Of how many persons?", ("cn/pipl 40",), True),),
    (
        Route(
            "a1b2c3d4",
            (Measure(MeasureKind.AGGREGATE, ("age",), 21),),
            Outcome.PERMITTED,
            ("notice",),
            1,
            5,
            0.8,
        ),
    ),
)


def written(value):
    """Return what another program reads."""
    return json.loads(json.dumps(as_json(value)))


def test_a_decision_has_the_members_of_the_contract():
    decision = written(DECISION)
    assert {"outcome", "as_of", "laws", "findings", "duties", "missing", "routes"} == set(decision)
    assert {"instrument", "article", "effect", "duties", "missing", "reason", "in_force", "confidence"} <= set(
        decision["findings"][0]
    )
    assert {"id", "kind", "gates", "met", "because", "by"} <= set(decision["duties"][0])
    assert {"fact", "question", "asked_by", "decides"} <= set(decision["missing"][0])
    assert {"id", "steps", "outcome", "duties", "paperwork", "days", "loses"} == set(decision["routes"][0])


def test_a_decision_is_written_with_the_words_of_the_contract():
    decision = written(DECISION)
    assert (decision["outcome"], decision["as_of"]) == ("conditional", "2026-11-21")
    assert decision["findings"][0]["in_force"] == ["2021-11-01", None]
    assert decision["findings"][0]["effect"] == "requires"
    assert decision["duties"][0] | {"met_by": ""} == {
        "id": "separate-consent",
        "kind": "legal",
        "gates": True,
        "met": "unknown",
        "because": ["cn/pipl 39"],
        "by": None,
        "met_by": "",
    }
    assert decision["routes"][0]["steps"] == [{"measure": "aggregate", "columns": ["age"], "amount": 21}]


def test_the_closed_words_of_a_decision_are_those_of_the_contract():
    assert {item.value for item in Outcome} == {"permitted", "conditional", "refused", "undecided"}
    assert {item.value for item in Effect} == {"requires", "forbids", "lifts", "cannot-tell", "does-not-apply"}
    assert {item.value for item in DutyKind} == {"legal", "technical", "mechanism", "record", "standing"}
    assert {item.value for item in Truth} == {"yes", "no", "unknown"}
    assert {item.value for item in Verdict} == {"confirmed", "suspected", "refuted", "none"}
    assert {item.value for item in ColumnRole} == {"direct-identifier", "quasi-identifier", "sensitive", "ordinary"}


def test_a_column_of_a_scan_has_the_members_of_the_contract():
    column = ColumnVerdict(
        "id_number",
        "cn-resident-id",
        Category.NATIONAL_IDENTIFIER,
        ColumnRole.DIRECT_IDENTIFIER,
        Verdict.CONFIRMED,
        0.999,
        "general-4",
        ("KR",),
        {"format": 0.998, "check": 0.997, "chance": 0.09, "distinct": 0.99, "header": 0.8},
    )
    scan = written(
        Classification(
            30162,
            PersonCount(30162, "row", 0, None),
            (column,),
            (ColumnCombination(("age", "sex"), 0.02),),
            "general-3",
            (),
            False,
            "1",
        )
    )
    assert {"name", "type", "category", "role", "verdict", "probability", "grade", "sensitive_in", "evidence"} <= set(
        scan["columns"][0]
    )
    assert set(scan["columns"][0]["evidence"]) == {"format", "check", "chance", "distinct", "header"}
    assert {"count", "by"} <= set(scan["persons"])
    assert scan["quasi_identifiers"] == [{"columns": ["age", "sex"], "unique_share": 0.02}]


def test_an_attack_has_the_members_of_the_contract():
    attack = written(Attack("linkage", 0.01, 0.01, (0.0, 0.02), "nobody is found"))
    assert attack == {
        "name": "linkage",
        "success": 0.01,
        "baseline": 0.01,
        "interval": [0.0, 0.02],
        "means": "nobody is found",
    }


def test_a_report_holds_when_every_required_figure_holds():
    passed, failed = Check("k", 21, 21, True, "enough"), Check("l", 1, 2, False, "one value")
    assert VerificationReport((passed,), (), "row").ok
    assert not VerificationReport((passed, failed), (), "row").ok
    assert VerificationReport((), (), "row").ok


def test_an_empty_measure_is_written_by_its_name_alone():
    assert as_json(Measure(MeasureKind.DROP)) == {"measure": "drop"}


def test_what_has_no_json_form_is_refused():
    @dataclass(frozen=True)
    class Hidden:
        value: object

    with pytest.raises(TypeError, match="no JSON form for set"):
        as_json(Hidden({1}))
    with pytest.raises(TypeError, match="no JSON form for bytes"):
        as_json([b"raw"])


def test_a_citation_names_instrument_and_article():
    assert FINDING.citation == "cn/pipl 39"
