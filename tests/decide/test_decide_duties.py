"""How the facts show a duty met, under the law of the day."""

from datetime import date
from types import MappingProxyType

import pytest
from toy_laws import facts

from lockgate.decide.duties import assess_duty
from lockgate.laws.catalogue import load_laws
from lockgate.terms.column import ColumnRole
from lockgate.terms.duty import DUTIES, DutyKind
from lockgate.terms.facts import Safeguard
from lockgate.terms.truth import Truth

DAY = date(2026, 6, 1)
DENIED = Safeguard(denied=True)


def met(duty, *, shown_met=False, **safeguards):
    papers = {name.replace("_", "-"): paper for name, paper in safeguards.items()}
    return assess_duty(duty, (), facts(safeguards=papers), load_laws(), shown_met=shown_met).met


def on(**days):
    return Safeguard(MappingProxyType(days))


@pytest.mark.parametrize("duty", sorted(DUTIES))
def test_every_duty_is_met_by_the_day_beside_its_own_name(duty):
    name = duty.replace("-", "_")
    assert met(duty, **{name: on(on=DAY)}) is Truth.YES


@pytest.mark.parametrize("duty", [name for name, term in DUTIES.items() if term.kind is not DutyKind.RECORD])
def test_a_duty_that_the_file_denies_is_not_met_whatever_shows_it(duty):
    name = duty.replace("-", "_")
    assert met(duty, shown_met=True, **{name: DENIED}) is Truth.NO


def test_a_record_is_met_by_the_release_whatever_the_file_says():
    assert met("record-of-processing", record_of_processing=DENIED) is Truth.YES


def test_a_mechanism_is_met_by_any_of_its_papers_and_a_denied_one_does_not_speak_for_the_others():
    mechanism = "standard-contract-or-certification"
    assert met(mechanism, certification=on(issued=DAY), standard_contract=DENIED) is Truth.YES
    assert met(mechanism, security_assessment=on(passed=DAY), standard_contract=DENIED) is Truth.YES
    assert met(mechanism, standard_contract=DENIED) is Truth.NO
    assert met(mechanism, standard_contract=on(filed=DAY)) is Truth.UNKNOWN
    assert met(mechanism) is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("duty", "paper", "what"),
    [
        ("security-assessment", "security_assessment", "passed"),
        ("standard-contract-or-certification", "certification", "issued"),
    ],
)
def test_a_paper_runs_out_on_the_day_on_which_its_years_are_over(duty, paper, what):
    assert met(duty, **{paper: on(**{what: date(2023, 6, 1)})}) is Truth.NO
    assert met(duty, **{paper: on(**{what: date(2023, 6, 2)})}) is Truth.YES


def test_the_scope_is_open_while_the_need_of_a_column_is_not_said():
    flow = facts(safeguards={"minimum-scope": on(on=DAY)})
    column = type(flow.columns[0])("phone", flow.columns[0].category, ColumnRole.DIRECT_IDENTIFIER)
    unsaid = type(flow)(flow.as_of, flow.values, (column,), flow.safeguards)
    assert assess_duty("minimum-scope", (), unsaid, load_laws(), shown_met=False).met is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("duty", "reference"),
    [("authority-papers", "authority__papers"), ("authority-approval", "authority__approval")],
)
def test_an_empty_reference_says_that_there_are_no_papers(duty, reference):
    none, unsaid = facts(**{reference: ""}), facts()
    assert assess_duty(duty, (), none, load_laws(), shown_met=False).met is Truth.NO
    assert assess_duty(duty, (), unsaid, load_laws(), shown_met=False).met is Truth.UNKNOWN
