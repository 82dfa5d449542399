"""Routes that change the arrangement with the recipient instead of the data."""

from datetime import date

from lockgate.decide.decision import decide_as_it_stands
from lockgate.decide.routes import Abilities, find_routes
from lockgate.laws.catalogue import load_laws
from lockgate.protect.catalogue import TECHNIQUES
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole
from lockgate.terms.decision import Outcome
from lockgate.terms.facts import ColumnFacts, Facts, FactValue
from lockgate.terms.measure import ARRANGEMENTS, MeasureKind, change_facts

ABILITIES = Abilities(frozenset(TECHNIQUES))
LAWS = load_laws()


def flow(**changed: FactValue) -> Facts:
    columns = (ColumnFacts("phone", Category.CONTACT, ColumnRole.DIRECT_IDENTIFIER, necessary=True),)
    values: dict[str, FactValue] = {
        "data.subjects_in": ("CN",),
        "data.persons": 500_000,
        "data.sensitive_persons": 0,
        "data.min_age": 20,
        "data.important": False,
        "data.refused": False,
        "holder.in": "CN",
        "holder.roles": (),
        "holder.persons_held": 600_000,
        "holder.exported_this_year.ordinary": 0,
        "holder.exported_this_year.sensitive": 0,
        "recipient.in": "KR",
        "recipient.as": "independent-controller",
        "recipient.roles": (),
        "recipient.restricted": False,
        "purpose.use": "analytics",
        "purpose.collected_for": "analytics",
        "purpose.major_impact": False,
        "basis.ground": "consent",
        "basis.consent.informed": True,
        "basis.consent.voluntary": True,
        "basis.consent.explicit": True,
        "basis.consent.withdrawn": False,
        "means.by": "copy",
    }
    values |= {name.replace("__", "."): value for name, value in changed.items()}
    return Facts(date(2026, 11, 21), values, columns, {})


def arranged(facts: Facts) -> set[frozenset[MeasureKind]]:
    routes = find_routes(facts, LAWS, ABILITIES)
    return {frozenset(step.kind for step in route.steps if step.kind in ARRANGEMENTS) for route in routes}


def test_work_in_the_country_instead_of_an_export_is_a_route_without_the_papers_of_an_export():
    assert frozenset({MeasureKind.KEEP_IN_COUNTRY}) in arranged(flow())
    (kept,) = (
        route
        for route in find_routes(flow(), LAWS, ABILITIES)
        if [step.kind for step in route.steps] == [MeasureKind.KEEP_IN_COUNTRY]
    )
    assert "standard-contract-or-certification" not in kept.duties


def test_entrusting_needs_no_separate_consent():
    inland = flow(recipient__in="CN")
    (entrusted,) = (
        route
        for route in find_routes(inland, LAWS, ABILITIES)
        if [step.kind for step in route.steps] == [MeasureKind.ENTRUST]
    )
    assert "separate-consent" not in entrusted.duties
    assert "contract" in entrusted.duties


def test_who_buys_the_data_cannot_act_for_the_holder():
    assert not any(MeasureKind.ENTRUST in kinds for kinds in arranged(flow(purpose__use="sell")))


def test_nothing_is_arranged_with_an_authority():
    assert arranged(flow(recipient__as="authority", recipient__roles=("police",))) <= {frozenset()}


def test_a_route_of_techniques_goes_before_one_of_arrangements():
    kinds = [[step.kind in ARRANGEMENTS for step in route.steps] for route in find_routes(flow(), LAWS, ABILITIES)]
    assert [any(flags) for flags in kinds] == sorted(any(flags) for flags in kinds)


def test_every_arranged_route_decides_again_as_it_claims():
    for facts in (flow(), flow(recipient__in="CN"), flow(purpose__use="train-ai")):
        for route in find_routes(facts, LAWS, ABILITIES):
            changed = facts
            for step in route.steps:
                changed = change_facts(changed, step)
            assert decide_as_it_stands(changed, LAWS).outcome is route.outcome
            assert route.outcome in (Outcome.PERMITTED, Outcome.CONDITIONAL)
