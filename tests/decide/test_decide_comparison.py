"""What is different between the law of two days, on toy laws."""

from dataclasses import replace
from datetime import date

from toy_laws import READINGS, done, facts, laws

from lockgate.decide.comparison import compare_decisions
from lockgate.decide.decision import decide_as_it_stands
from lockgate.terms.decision import Outcome
from lockgate.terms.finding import Effect

TOY = laws(READINGS)
BEFORE, AFTER = date(2025, 12, 31), date(2026, 6, 1)


def decision_on(day: date, **changed: object):
    return decide_as_it_stands(replace(facts(safeguards={"notice": done()}, **changed), as_of=day), TOY)


def test_a_law_that_begins_between_two_days_is_what_is_different():
    found = compare_decisions(decision_on(AFTER, purpose__use="social-scoring"), decision_on(BEFORE))
    assert found.days == (BEFORE, AFTER)
    assert found.outcomes == (Outcome.UNDECIDED, Outcome.REFUSED)  # before, no law of the place was coded
    assert {(change.article, change.before, change.after) for change in found.articles} == {
        ("1", Effect.DOES_NOT_APPLY, Effect.REQUIRES),
        ("7", Effect.DOES_NOT_APPLY, Effect.FORBIDS),
    }
    assert found.duties_added == ("notice",)
    assert found.duties_gone == ()


def test_the_order_of_the_days_does_not_matter():
    one, other = decision_on(BEFORE), decision_on(AFTER)
    assert compare_decisions(one, other) == compare_decisions(other, one)


def test_two_days_of_the_same_law_are_not_different():
    assert compare_decisions(decision_on(AFTER), decision_on(date(2026, 6, 2))).is_empty


def test_a_question_that_only_the_later_law_asks_is_told_apart_from_open_duties():
    undecided = decide_as_it_stands(facts("data.important"), TOY)
    found = compare_decisions(decision_on(BEFORE), undecided)
    assert found.questions_added == ("data.important",)
    assert found.questions_gone == ()
