"""Facts of a flow: what is written as JSON is read again, and nothing else is."""

import json
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.fact import FACTS, FactType
from lockgate.terms.facts import ColumnFacts, Facts, Safeguard, facts_as_json, parse_facts
from lockgate.terms.lists import PLACES
from lockgate.terms.measure import ARRANGEMENTS, Measure, MeasureKind, change_facts, parse_measure

DAY = date(2026, 11, 21)


def values_of(term):
    """Draw a value of the type of a fact."""
    return {
        FactType.FLAG: st.booleans(),
        FactType.TRISTATE: st.booleans(),
        FactType.CHOICE: st.sampled_from(term.options or ("",)),
        FactType.CHOICES: st.lists(st.sampled_from(term.options or ("",)), unique=True).map(tuple),
        FactType.PLACE: st.sampled_from(sorted(PLACES)),
        FactType.PLACES: st.lists(st.sampled_from(sorted(PLACES)), unique=True, max_size=3).map(tuple),
        FactType.COUNT: st.integers(min_value=0, max_value=10**9),
        FactType.TEXT: st.text(),
    }[term.type]


COLUMNS = st.builds(
    ColumnFacts,
    name=st.text(min_size=1, max_size=5),
    category=st.sampled_from(Category),
    role=st.sampled_from(ColumnRole),
    type=st.sampled_from(["", "cn-resident-id"]),
    necessary=st.sampled_from([None, True, False]),
    treatment=st.sampled_from(Treatment),
    sensitive_in=st.lists(st.sampled_from(["CN", "EU", "KR"]), unique=True).map(lambda found: tuple(sorted(found))),
)
SAFEGUARDS = st.one_of(
    st.just(Safeguard(denied=True)),
    st.dictionaries(st.sampled_from(["on", "signed", "filed"]), st.dates()).map(
        lambda done: Safeguard(MappingProxyType(done))
    ),
)
FACTS_OF_A_FLOW = st.builds(
    Facts,
    as_of=st.dates(),
    values=st.fixed_dictionaries({}, optional={name: values_of(term) for name, term in FACTS.items()}),
    columns=st.lists(COLUMNS, max_size=5, unique_by=lambda column: column.name).map(tuple),
    safeguards=st.dictionaries(st.sampled_from(["notice", "contract", "standard-contract"]), SAFEGUARDS),
    roles_unknown=st.dictionaries(st.sampled_from(["holder", "recipient"]), st.just(("lender",))),
    k=st.integers(min_value=0, max_value=100),
)


@given(FACTS_OF_A_FLOW)
def test_facts_that_are_written_are_read_again(facts):
    assert parse_facts(json.loads(json.dumps(facts_as_json(facts)))) == facts


@given(FACTS_OF_A_FLOW)
def test_facts_are_written_in_one_way_whatever_the_order_they_were_found_in(facts):
    turned = Facts(
        facts.as_of,
        dict(reversed(facts.values.items())),
        facts.columns,
        dict(reversed(facts.safeguards.items())),
        facts.roles_unknown,
        facts.k,
    )
    assert json.dumps(facts_as_json(turned)["values"]) == json.dumps(facts_as_json(facts)["values"])
    assert json.dumps(facts_as_json(turned)["safeguards"]) == json.dumps(facts_as_json(facts)["safeguards"])


def _written():
    column = ColumnFacts("notes", Category.FREE_TEXT, ColumnRole.ORDINARY)
    facts = Facts(DAY, {"data.persons": 3, "holder.roles": ("lender",)}, (column,), {"notice": Safeguard()})
    return json.loads(json.dumps(facts_as_json(facts)))


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        (("as_of",), "2026-02-30"),
        (("k",), True),
        (("k",), "3"),
        (("values",), []),
        (("values", "data.persons"), None),
        (("values", "data.persons"), {"low": 3}),
        (("columns",), {}),
        (("columns", 0, "category"), "secret"),
        (("columns", 0, "role"), "hidden"),
        (("columns", 0, "treatment"), "painted"),
        (("columns", 0, "necessary"), "yes"),
        (("columns", 0, "sensitive_in"), "CN"),
        (("safeguards", "notice", "done"), {"on": "yesterday"}),
    ],
)
def test_what_no_facts_wrote_is_refused(where, wrong):
    written = _written()
    parse_facts(written)
    part = written
    for step in where[:-1]:
        part = part[step]
    part[where[-1]] = wrong
    with pytest.raises((KeyError, TypeError, ValueError)):
        parse_facts(written)


@pytest.mark.parametrize("name", ["as_of", "k", "values", "columns", "safeguards", "roles_unknown"])
def test_facts_without_one_of_their_members_are_refused(name):
    written = _written()
    del written[name]
    with pytest.raises(KeyError):
        parse_facts(written)


# Measures and the facts that they change

MEASURES = st.builds(
    Measure,
    kind=st.sampled_from(MeasureKind),
    columns=st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=4).map(tuple),
    amount=st.integers(min_value=0, max_value=10**6),
)


@st.composite
def flows_and_measures(draw):
    """Draw facts and a measure on some of their columns."""
    facts = draw(FACTS_OF_A_FLOW)
    names = [column.name for column in facts.columns]
    chosen = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    kind = draw(st.sampled_from(MeasureKind))
    return facts, Measure(kind, tuple(chosen), draw(st.integers(min_value=1, max_value=10**6)))


@given(MEASURES)
def test_a_measure_that_is_written_is_read_again(measure):
    assert parse_measure(json.loads(json.dumps(measure.as_json()))) == measure


@pytest.mark.parametrize(
    "step",
    [{}, {"measure": "burn"}, {"measure": "drop", "columns": "name"}, {"measure": "k-anonymise", "amount": "5"}],
)
def test_a_step_that_no_measure_wrote_is_refused(step):
    with pytest.raises((KeyError, TypeError, ValueError)):
        parse_measure(step)


@given(flows_and_measures())
def test_no_measure_raises_the_number_of_persons_or_of_sensitive_ones(case):
    facts, measure = case
    changed = change_facts(facts, measure)
    for count in ("data.persons", "data.sensitive_persons"):
        before = facts.values.get(count)
        if before is not None:
            assert changed.values[count] <= before


@given(flows_and_measures())
def test_no_measure_adds_a_column_or_touches_what_was_said_of_people_and_papers(case):
    facts, measure = case
    changed = change_facts(facts, measure)
    assert {column.name for column in changed.columns} <= {column.name for column in facts.columns}
    assert (changed.as_of, changed.safeguards, changed.roles_unknown) == (
        facts.as_of,
        facts.safeguards,
        facts.roles_unknown,
    )
    touched = {name for name in FACTS if changed.values.get(name) != facts.values.get(name)}
    arranged = {"recipient.as", "means.by", "recipient.in"} if measure.kind in ARRANGEMENTS else set()
    assert touched <= {"data.persons", "data.sensitive_persons"} | arranged


@given(flows_and_measures())
def test_every_measure_does_to_its_columns_what_it_says_and_leaves_the_others(case):
    facts, measure = case
    changed = {column.name: column for column in change_facts(facts, measure).columns}
    for column in facts.columns:
        chosen = column.name in measure.columns
        after = changed.get(column.name)
        match measure.kind:
            case MeasureKind.DROP:
                assert after == (None if chosen else column)
            case MeasureKind.AGGREGATE | MeasureKind.STATISTICS:
                assert (after is not None and after.category is Category.AGGREGATE) == chosen
            case MeasureKind.SYNTHESISE:
                assert after == (replace(column, treatment=Treatment.GENERALISED) if chosen else None)
            case MeasureKind.FEWER_PERSONS | MeasureKind.ENTRUST | MeasureKind.KEEP_IN_COUNTRY:
                assert after == column
            case MeasureKind.HIDE_STAYS | MeasureKind.THIN_TRACK:  # fewer rows, and what they say is as it was
                assert after == column
            case _:
                assert after.treatment is (TREATMENTS[measure.kind] if chosen else column.treatment)
                assert after.category is column.category


TREATMENTS = {
    MeasureKind.PSEUDONYMISE: Treatment.PSEUDONYMISED,
    MeasureKind.REDACT: Treatment.REDACTED,
    MeasureKind.GENERALISE: Treatment.GENERALISED,
    MeasureKind.K_ANONYMISE: Treatment.GENERALISED,
    MeasureKind.ENCRYPT: Treatment.PSEUDONYMISED,
    MeasureKind.TOKENISE: Treatment.PSEUDONYMISED,
    MeasureKind.MASK: Treatment.GENERALISED,
    MeasureKind.SHIFT_DATES: Treatment.GENERALISED,
    MeasureKind.ROUND: Treatment.GENERALISED,
    MeasureKind.BUCKET: Treatment.GENERALISED,
    MeasureKind.ADD_NOISE: Treatment.GENERALISED,
    MeasureKind.MICROAGGREGATE: Treatment.GENERALISED,
    MeasureKind.COARSEN_PLACE: Treatment.GENERALISED,
    MeasureKind.MOVE_PLACE: Treatment.GENERALISED,
    MeasureKind.CROWD_PLACE: Treatment.GENERALISED,
    MeasureKind.SWAP: Treatment.GENERALISED,
}


def flow_of(*columns, **values):
    """Return facts with some columns, written `name: (category, role, sensitive_in)`."""
    made = tuple(ColumnFacts(name, category, role, sensitive_in=places) for name, category, role, places in columns)
    return Facts(DAY, {name.replace("__", "."): value for name, value in values.items()}, made, {})


HEALTH = ("diagnosis", Category.HEALTH, ColumnRole.SENSITIVE, ("CN", "EU"))
AGE = ("age", Category.DATE_OF_BIRTH, ColumnRole.QUASI_IDENTIFIER, ())
ID = ("id_number", Category.NATIONAL_IDENTIFIER, ColumnRole.DIRECT_IDENTIFIER, ("KR",))


def test_dropping_the_last_sensitive_column_of_adults_leaves_no_sensitive_persons():
    adults = flow_of(HEALTH, AGE, data__persons=50, data__sensitive_persons=50, data__min_age=18)
    changed = change_facts(adults, Measure(MeasureKind.DROP, ("diagnosis",)))
    assert changed.values["data.sensitive_persons"] == 0
    assert changed.values["data.persons"] == 50


@pytest.mark.parametrize("age", [{"data__min_age": 17}, {}])
def test_children_and_those_of_unknown_age_stay_sensitive_whatever_is_dropped(age):
    flow = flow_of(HEALTH, AGE, data__persons=50, data__sensitive_persons=50, **age)
    changed = change_facts(flow, Measure(MeasureKind.DROP, ("diagnosis",)))
    assert changed.values["data.sensitive_persons"] == 50


def test_counts_by_group_move_nobody_and_fix_the_size_of_the_groups():
    changed = change_facts(
        flow_of(HEALTH, AGE, data__persons=50, data__sensitive_persons=50), Measure(MeasureKind.AGGREGATE, ("age",), 21)
    )
    assert not changed.holds_personal_columns
    assert changed.k == 21
    assert changed.values["data.persons"] == changed.values["data.sensitive_persons"] == 0


def test_fewer_persons_than_there_are_is_the_number_asked_for_and_more_changes_nothing():
    flow = flow_of(HEALTH, data__persons=50, data__sensitive_persons=40)
    fewer = change_facts(flow, Measure(MeasureKind.FEWER_PERSONS, amount=30))
    assert (fewer.values["data.persons"], fewer.values["data.sensitive_persons"]) == (30, 30)
    more = change_facts(flow, Measure(MeasureKind.FEWER_PERSONS, amount=60))
    assert more == flow


def test_a_copy_is_pseudonymised_once_identifiers_and_free_text_are_treated():
    notes = ("notes", Category.FREE_TEXT, ColumnRole.ORDINARY, ())
    flow = flow_of(ID, notes, AGE)
    assert not flow.is_pseudonymised
    half = change_facts(flow, Measure(MeasureKind.PSEUDONYMISE, ("id_number",)))
    assert not half.is_pseudonymised
    assert change_facts(half, Measure(MeasureKind.REDACT, ("notes",))).is_pseudonymised


def test_values_are_set_by_name_with_underscores_for_dots():
    flow = flow_of(AGE).with_values(holder__exported_this_year__ordinary=7)
    assert flow.values == {"holder.exported_this_year.ordinary": 7}
