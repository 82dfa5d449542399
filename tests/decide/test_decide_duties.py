"""How the facts show a duty met, under the law of the day."""

from dataclasses import replace
from datetime import date, timedelta
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
    ("paper", "issued", "last"),
    [
        (on(issued=date(2023, 6, 2)), date(2023, 6, 2), date(2026, 6, 1)),
        (on(passed=date(2024, 3, 22)), date(2024, 3, 22), date(2027, 3, 21)),
        (on(passed=date(2024, 3, 21)), date(2024, 3, 21), date(2026, 3, 20)),  # two years before the Provisions
        (on(passed=date(2022, 9, 1)), date(2022, 9, 1), date(2024, 8, 31)),
    ],
)
def test_a_paper_holds_for_the_period_in_force_when_it_was_issued(paper, issued, last):
    mechanism = "certification" if "issued" in paper.done else "security-assessment"
    duty = "standard-contract-or-certification"

    def on_day(day):
        flow = replace(facts(safeguards={mechanism: paper}), as_of=day)
        return assess_duty(duty, (), flow, load_laws(), shown_met=False).met

    assert on_day(issued) is Truth.YES
    assert on_day(last) is Truth.YES
    assert on_day(last + timedelta(days=1)) is Truth.NO


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
