"""What holds the instruments of the United States together: numbers, countries, and which flows they cover."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from law_vectors import FOLDER, article_vectors, example_vectors, read_vectors

from lockgate.decide.decision import decide_as_it_stands, uncovered_places
from lockgate.decide.gate import decide
from lockgate.decide.routes import Abilities
from lockgate.laws.catalogue import load_laws
from lockgate.terms.category import Category
from lockgate.terms.column import Treatment
from lockgate.terms.decision import Outcome
from lockgate.terms.fact import FACTS
from lockgate.terms.facts import Safeguard
from lockgate.terms.measure import MeasureKind

PART = next(one for one in load_laws().instruments if one.id == "us/28-cfr-202")
SALE = read_vectors(FOLDER / "us/28-cfr-202/202.301.toml")[0].facts

ALL = Abilities(frozenset({MeasureKind.DROP, MeasureKind.PSEUDONYMISE}))


def _version(section):
    return next(one for one in PART.articles if one.number == section).versions[-1]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("genomic", 100),
        ("other_omic", 1_000),
        ("biometric", 1_000),
        ("geolocation", 1_000),
        ("health", 10_000),
        ("financial", 10_000),
        ("identifiers", 100_000),
    ],
)
def test_bulk_is_more_than_the_number(kind, value):
    number = _version("202.205").numbers[kind]
    assert (number.value, number.boundary, number.least) == (value, ">", value + 1)


def test_the_countries_of_concern_are_six_and_two_regions():
    listed = _version("202.601").lists["countries_of_concern"]
    assert set(listed) == {"CN", "HK", "MO", "CU", "IR", "KP", "RU", "VE"}


def _without(facts, *names):
    return replace(facts, values=MappingProxyType({k: v for k, v in facts.values.items() if k not in names}))


def test_part_202_covers_what_it_governs_and_nothing_else():
    laws = load_laws()
    assert uncovered_places(SALE, laws) == ()
    assert uncovered_places(SALE.with_values(purpose__transaction="vendor"), laws) == ()
    assert uncovered_places(SALE.with_values(recipient__in="DE"), laws) == ()
    assert uncovered_places(SALE.with_values(recipient__in="DE", purpose__transaction="vendor"), laws) == ()
    assert uncovered_places(SALE.with_values(purpose__transaction="none"), laws) == ()
    assert uncovered_places(SALE.with_values(recipient__in="US"), laws) == ("US",)
    assert uncovered_places(SALE.with_values(recipient__in="US", recipient__roles=("covered-person",)), laws) == ()
    assert uncovered_places(SALE.with_values(holder__in="FR"), laws) == ("US",)
    assert uncovered_places(replace(SALE, as_of=date(2025, 4, 7)), laws) == ("US",)


def test_what_would_tell_whether_it_covers_is_asked():
    laws = load_laws()
    assert uncovered_places(_without(SALE, "recipient.in"), laws) == ("recipient.in",)
    at_home = SALE.with_values(recipient__in="US")
    assert uncovered_places(_without(at_home, "recipient.roles"), laws) == ("recipient.roles:covered-person",)


MINE = [
    pytest.param(vector.facts, id=f"{vector.article}: {vector.name}")
    for vector in (*article_vectors(), *example_vectors())
    if vector.instrument.startswith("us/") or vector.article == "united-states"
]


@pytest.mark.parametrize("facts", MINE)
def test_a_fact_taken_back_never_permits_a_deal(facts):
    if decide_as_it_stands(facts, load_laws()).outcome is Outcome.PERMITTED:
        return
    for fact in facts.values:
        if not FACTS[fact].only_lifts and fact != "data.provenance":  # makes a broker only where it is said
            assert decide_as_it_stands(_without(facts, fact), load_laws()).outcome is not Outcome.PERMITTED, fact


def test_no_paper_opens_a_prohibited_sale():
    papers = MappingProxyType(dict.fromkeys(("security-requirements", "contract", "notice"), _DONE))
    assert decide_as_it_stands(replace(SALE, safeguards=papers), load_laws()).outcome is Outcome.REFUSED


def test_no_way_through_a_prohibited_sale_keeps_bulk_data_of_single_persons():
    ways = decide(SALE, load_laws(), Abilities(frozenset(MeasureKind), group_by=("mail",))).routes
    assert ways
    for way in ways:
        fewer = [step.amount for step in way.steps if step.kind is MeasureKind.FEWER_PERSONS]
        counted = any(step.kind is MeasureKind.AGGREGATE for step in way.steps)
        dropped = {name for step in way.steps if step.kind is MeasureKind.DROP for name in step.columns}
        assert counted or dropped or fewer[0] <= 100_000


_DONE = Safeguard(MappingProxyType({"on": date(2026, 9, 1)}))


def test_leaving_out_one_kind_of_identifier_is_a_way_through_a_sale_that_is_refused_for_two():
    ways = decide(replace(SALE, columns=_plain("device-identifier", "contact")), load_laws(), ALL).routes
    assert ("device-identifier",) in {way.steps[0].columns for way in ways if way.steps[0].kind is MeasureKind.DROP}


def test_leaving_out_a_pair_of_kinds_is_a_way_where_each_alone_stands_in_it():
    columns = _plain("contact", "genetic", "health")
    ways = decide(replace(SALE, columns=columns), load_laws(), ALL).routes
    assert ("genetic", "health") in {way.steps[0].columns for way in ways}
    assert all(way.outcome is Outcome.PERMITTED for way in ways)


def test_no_column_is_left_out_where_that_opens_nothing():
    withdrawn = SALE.with_values(
        data__subjects_in=("US", "FR"), basis__ground="consent", basis__consent__withdrawn=True
    )
    assert decide(withdrawn, load_laws(), ALL).routes == ()


def _plain(*categories):
    return tuple(
        replace(SALE.columns[0], name=name, category=Category(name), treatment=Treatment.NONE) for name in categories
    )
