"""The meaning of a decision: section 3 of the flow-file contract, rule by rule, on toy laws."""

from datetime import date

from toy_laws import AS_OF, LENDERS, READINGS, article_4, done, facts, laws

from lockgate.decide.decision import decide_as_it_stands
from lockgate.terms.decision import Outcome
from lockgate.terms.facts import Safeguard
from lockgate.terms.finding import Effect
from lockgate.terms.truth import Truth

TOY = laws(READINGS)
NOTICED = {"notice": done()}


def outcome_of(flow):
    return decide_as_it_stands(flow, TOY).outcome


def test_a_flow_whose_duties_are_met_is_permitted():
    assert outcome_of(facts(safeguards=NOTICED)) is Outcome.PERMITTED


def test_an_unknown_proof_of_performance_leaves_the_duty_unknown_and_the_flow_conditional():
    decision = decide_as_it_stands(facts(), TOY)
    assert decision.outcome is Outcome.CONDITIONAL
    assert [(duty.id, duty.met) for duty in decision.duties] == [("notice", Truth.UNKNOWN)]
    assert [question.fact for question in decision.missing if question.decides] == ["safeguards.notice"]


def test_a_false_safeguard_is_conditional():
    decision = decide_as_it_stands(facts(safeguards={"notice": Safeguard(denied=True)}), TOY)
    assert decision.outcome is Outcome.CONDITIONAL
    assert decision.duties[0].met is Truth.NO


def test_a_date_after_the_day_is_not_done_and_the_day_itself_is():
    assert outcome_of(facts(safeguards={"notice": done(date(2026, 6, 2))})) is Outcome.CONDITIONAL
    assert outcome_of(facts(safeguards={"notice": done(AS_OF)})) is Outcome.PERMITTED


def test_an_unknown_that_could_forbid_leaves_the_flow_undecided_with_its_question():
    decision = decide_as_it_stands(facts("data.important", safeguards=NOTICED), TOY)
    assert decision.outcome is Outcome.UNDECIDED
    assert [(item.fact, item.asked_by) for item in decision.missing if item.decides] == [
        ("data.important", ("xx/toy 2",))
    ]
    finding = next(item for item in decision.findings if item.article == "2")
    assert (finding.effect, finding.missing) == (Effect.CANNOT_TELL, ("data.important",))


def test_an_unknown_that_could_add_a_gating_duty_leaves_the_flow_undecided():
    assert outcome_of(facts("holder.exported_this_year.ordinary", safeguards=NOTICED)) is Outcome.UNDECIDED


def test_an_unknown_count_decides_when_its_interval_lies_on_one_side():
    flow = facts("holder.exported_this_year.ordinary", data__persons=1000, safeguards=NOTICED)
    decision = decide_as_it_stands(flow, TOY)
    assert decision.outcome is Outcome.CONDITIONAL
    assert "security-assessment" in {duty.id for duty in decision.duties}


def test_counts_add_this_flow_to_what_was_sent_before():
    before = {"holder__exported_this_year__ordinary": 990}
    assert outcome_of(facts(data__persons=9, safeguards=NOTICED, **before)) is Outcome.PERMITTED
    assert outcome_of(facts(data__persons=10, safeguards=NOTICED, **before)) is Outcome.CONDITIONAL


def test_an_unknown_that_can_only_lift_counts_as_not_lifted_and_is_listed_as_helpful():
    decision = decide_as_it_stands(facts(), TOY)
    hint = next(item for item in decision.missing if item.fact == "data.publicly_disclosed")
    assert not hint.decides
    assert decision.outcome is Outcome.CONDITIONAL


def test_an_article_lifts_what_it_cites_and_the_finding_says_so():
    decision = decide_as_it_stands(facts("data.important", data__publicly_disclosed=True), TOY)
    assert decision.outcome is Outcome.PERMITTED
    assert next(item for item in decision.findings if item.article == "1").lifted_by == ("xx/toy 6",)


def test_a_prohibition_wins_over_what_is_unknown():
    flow = facts("data.important", "holder.exported_this_year.ordinary", purpose__use="social-scoring")
    decision = decide_as_it_stands(flow, TOY)
    assert decision.outcome is Outcome.REFUSED
    assert not any(item.decides for item in decision.missing)


def test_a_prohibition_wins_where_the_law_is_not_coded():
    assert outcome_of(facts(data__subjects_in=("BR",), purpose__use="social-scoring")) is Outcome.REFUSED


def test_a_law_that_is_not_coded_leaves_the_flow_undecided():
    for flow in (
        facts(data__subjects_in=("CN", "BR"), safeguards=NOTICED),
        facts(holder__in="BR", safeguards=NOTICED),
        facts(data__collected_in="BR", safeguards=NOTICED),
        facts("data.subjects_in", safeguards=NOTICED),
        facts("holder.in", safeguards=NOTICED),
    ):
        decision = decide_as_it_stands(flow, TOY)
        assert decision.outcome is Outcome.UNDECIDED
        assert any(item.decides for item in decision.missing)


def test_two_articles_that_hang_on_the_same_unknown_are_read_together():
    flow = facts("holder.roles")
    assert decide_as_it_stands(flow, laws({"4": article_4})).outcome is Outcome.UNDECIDED
    decision = decide_as_it_stands(flow, laws(LENDERS))
    assert decision.outcome is Outcome.CONDITIONAL
    assert [duty.because for duty in decision.duties] == [("xx/toy 4", "xx/toy 5")]


def test_a_role_declared_unknown_is_asked_for_by_name():
    known = facts(holder__roles=())
    flow = type(known)(known.as_of, known.values, known.columns, known.safeguards, {"holder": ("lender",)})
    decision = decide_as_it_stands(flow, laws({"4": article_4}))
    assert decision.outcome is Outcome.UNDECIDED
    assert [(item.fact, item.role) for item in decision.missing if item.decides] == [("holder.roles", "lender")]


def test_the_day_before_commencement_an_article_does_not_apply():
    known = facts()
    for day, effect in ((date(2025, 12, 31), Effect.DOES_NOT_APPLY), (date(2026, 1, 1), Effect.REQUIRES)):
        flow = type(known)(day, known.values, known.columns, known.safeguards)
        finding = next(item for item in decide_as_it_stands(flow, TOY).findings if item.article == "1")
        assert finding.effect is effect


def test_before_any_version_the_law_does_not_cover_the_flow():
    known = facts(safeguards={"notice": done(date(2025, 1, 1))})
    flow = type(known)(date(2025, 12, 31), known.values, known.columns, known.safeguards)
    assert outcome_of(flow) is Outcome.UNDECIDED


def test_an_objection_left_out_is_asked_for_as_a_hint():
    def article_8(flow, here):
        if flow.known("data.refused") is True:
            return here.forbids("the persons objected")
        return here.does_not_apply("no objection is known")

    decision = decide_as_it_stands(facts(), laws({"8": article_8}))
    assert decision.outcome is Outcome.PERMITTED
    assert [(item.fact, item.decides) for item in decision.missing] == [("data.refused", False)]


def test_a_place_that_is_not_said_is_asked_for_by_its_own_name():
    for fact in ("data.subjects_in", "holder.in"):
        asked = decide_as_it_stands(facts(fact, safeguards=NOTICED), TOY).missing
        assert [item.fact for item in asked if item.decides] == [fact]


def test_no_question_decides_once_the_flow_is_refused():
    flow = facts("data.subjects_in", data__collected_in="BR", purpose__use="social-scoring")
    asked = decide_as_it_stands(flow, TOY).missing
    assert "data.subjects_in" in {item.fact for item in asked}
    assert not any(item.decides for item in asked)
