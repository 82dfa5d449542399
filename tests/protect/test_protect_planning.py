"""From duties to techniques: what a duty asks of which column, and which ways are worth trying."""

import pytest

from lockgate.protect.catalogue import TECHNIQUES
from lockgate.protect.planning import AtHand, cell_steps, needs_of, settings
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.facts import ColumnFacts
from lockgate.terms.frontier import Setting
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.privacy_model import DistinctDiversity

COLUMNS = (
    ColumnFacts("phone", Category.CONTACT, ColumnRole.DIRECT_IDENTIFIER),
    ColumnFacts("age", Category.DATE_OF_BIRTH, ColumnRole.QUASI_IDENTIFIER),
    ColumnFacts("notes", Category.FREE_TEXT, ColumnRole.DIRECT_IDENTIFIER),
    ColumnFacts("illness", Category.HEALTH, ColumnRole.SENSITIVE),
    ColumnFacts("token", Category.NAME, ColumnRole.DIRECT_IDENTIFIER, treatment=Treatment.PSEUDONYMISED),
)


def test_duties_of_papers_ask_nothing_of_the_copy() -> None:
    needs = needs_of(["contract", "separate-consent"], 0)
    assert (needs.k, needs.because, needs.treats_identifiers) == (1, (), False)
    assert cell_steps(needs, COLUMNS, TECHNIQUES) == ()


def test_classes_mean_nothing_while_rows_name_the_person() -> None:
    assert needs_of([], 5).treats_identifiers


def test_the_duty_that_no_identifier_is_left_makes_pseudonyms_and_cuts_text() -> None:
    needs = needs_of(["contract", "residual-identifiers-none"], 0)
    assert needs.because == ("residual-identifiers-none",)
    assert cell_steps(needs, COLUMNS, TECHNIQUES) == (
        Measure(MeasureKind.REDACT, ("notes",)),
        Measure(MeasureKind.PSEUDONYMISE, ("phone",)),
    )


def test_anonymity_leaves_no_pseudonym_by_which_rows_could_be_joined() -> None:
    needs = needs_of(["verified-anonymity"], 21)
    assert (needs.k, needs.forbids_links) == (21, True)
    (step,) = cell_steps(needs, COLUMNS, TECHNIQUES)
    assert step.kind is MeasureKind.DROP
    assert set(step.columns) == {"phone", "notes"}


def test_without_a_technique_for_it_a_column_is_left_out() -> None:
    needs = needs_of(["residual-identifiers-none"], 0)
    steps = cell_steps(needs, COLUMNS, {MeasureKind.DROP, MeasureKind.PSEUDONYMISE})
    assert steps == (Measure(MeasureKind.DROP, ("notes",)), Measure(MeasureKind.PSEUDONYMISE, ("phone",)))


def test_the_size_asked_for_is_tried_first_and_nothing_twice() -> None:
    tried = settings(needs_of(["verified-k"], 6), (21, 6, 4), AtHand(("age", "town")))
    assert tried[:2] == (Setting(6), Setting(6, labels="set"))
    assert len(set(tried)) == len(tried)
    assert {setting.k for setting in tried} == {2, 3, 4, 5, 6, 10, 20, 21, 50, 100}
    assert all(setting.search == "local" and setting.labels != "hierarchy" for setting in tried)


def test_searches_on_hierarchies_are_tried_where_every_column_has_one() -> None:
    searches = ("local", "strict", "global")
    part = settings(needs_of([], 5), (), AtHand(("age", "town"), frozenset({"age"}), searches=searches))
    assert Setting(5, labels="hierarchy") in part
    assert {setting.search for setting in part} == {"local"}
    whole = settings(needs_of([], 5), (), AtHand(("age", "town"), frozenset({"age", "town"}), searches=searches))
    assert {Setting(5, "strict", "hierarchy"), Setting(5, "global", "hierarchy")} <= set(whole)


def test_models_are_tried_on_sensitive_columns() -> None:
    tried = settings(needs_of([], 5), (), AtHand(("age",), sensitive=("illness",)))
    assert Setting(5, models=(DistinctDiversity("illness", 2),)) in tried


@pytest.mark.parametrize(("k", "others"), [(6, {10, 20, 21}), (100, set())])
def test_where_one_try_takes_long_few_are_made(k: int, others: set[int]) -> None:
    tried = settings(needs_of([], k), (21,), AtHand(("age",), is_quick=False))
    assert {setting.k for setting in tried} == {k} | others
