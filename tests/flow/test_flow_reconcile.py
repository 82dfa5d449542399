"""Scan and flow file together: the stricter counts, a laxer word needs a reason and a name, both are recorded."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.flow.file import parse_flow
from lockgate.flow.reconcile import CountedPersons, make_facts, reconcile_columns, reconcile_values
from lockgate.laws.body import Laws
from lockgate.laws.instrument import parse_instrument
from lockgate.laws.threshold import Threshold
from lockgate.terms.category import IMPERSONAL, Category
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import ColumnRole, Verdict
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import ColumnWord

AS_OF = date(2026, 6, 1)
ADULT = Threshold(14, ">=", "years")


def _law(jurisdiction, **lists):
    """Return an invented law that treats some categories in a special way."""
    version = {
        "in_force": date(2026, 1, 1),
        "source": "invented",
        "last_checked": date(2026, 1, 1),
        "confidence": "high",
        "lists": lists,
    }
    article = {"number": "1", "title": "x", "statement": "x", "why_not": "only its lists matter", "version": [version]}
    data = {
        "id": f"{jurisdiction.lower()}/toy",
        "title": "Toy",
        "title_local": "Toy",
        "jurisdiction": jurisdiction,
        "strength": "statute",
        "covers": True,
        "territory": [{"places": [jurisdiction], "in_force": date(2026, 1, 1)}],
        "article": [article],
    }
    return parse_instrument(data, {}, lambda flow, here: True)


LAWS = Laws(
    (
        _law("CN", sensitive_categories=["health", "financial-account"]),
        _law("KR", sensitive_categories=["health", "ethnicity"], unique_identifiers=["national-identifier"]),
    ),
    "toy",
)


def verdict(name, category, role=ColumnRole.ORDINARY, found=Verdict.CONFIRMED, kind="found"):
    """Return what a scan says of a column."""
    return ColumnVerdict(name, kind, category, role, found, 1.0, "general-1", (), {})


def reconcile(word, *verdicts, **more):
    """Return the first column with the differences."""
    words = [word] if word else []
    columns, differences = reconcile_columns(words, verdicts, LAWS, AS_OF, **more)
    return columns[0], differences


HEALTH = verdict("x", Category.HEALTH, ColumnRole.SENSITIVE)
NUMBER = verdict("x", Category.NATIONAL_IDENTIFIER, ColumnRole.DIRECT_IDENTIFIER, kind="cn-resident-id")
SUSPECTED = verdict("x", Category.HEALTH, ColumnRole.SENSITIVE, Verdict.SUSPECTED)
NOTHING = verdict("x", Category.NOT_PERSONAL, found=Verdict.NONE, kind="")
NAME = verdict("name", Category.NAME, ColumnRole.DIRECT_IDENTIFIER)


def test_without_a_word_the_verdict_counts_and_nothing_differs():
    column, differences = reconcile(None, HEALTH)
    assert (column.category, column.role, column.sensitive_in) == (
        Category.HEALTH,
        ColumnRole.SENSITIVE,
        ("CN", "KR"),
    )
    assert differences == ()


def test_a_stricter_word_counts_and_is_recorded():
    word = ColumnWord("name", Category.FINANCIAL_ACCOUNT)
    column, differences = reconcile(word, NAME)
    assert column.category is Category.FINANCIAL_ACCOUNT
    assert column.sensitive_in == ("CN",)
    assert column.type == ""
    assert [(one.fact, one.said, one.found, one.taken) for one in differences] == [
        ("column name category", "financial-account", "name", "financial-account")
    ]


def test_a_laxer_word_against_a_confirmed_verdict_does_not_count_and_is_recorded():
    column, differences = reconcile(ColumnWord("x", Category.EDUCATION), HEALTH)
    assert column.category is Category.HEALTH
    assert [(one.taken, one.why) for one in differences] == [("health", "stricter")]


def test_a_laxer_word_with_a_reason_and_a_name_counts_and_shows_both():
    word = ColumnWord("x", Category.EDUCATION, override="codes of courses", by="L. Chen")
    column, differences = reconcile(word, HEALTH)
    assert column.category is Category.EDUCATION
    assert [one.why for one in differences] == ["override by L. Chen: codes of courses"]


@pytest.mark.parametrize("half", [{"override": "codes of courses"}, {"by": "L. Chen"}])
def test_a_reason_without_a_name_or_a_name_without_a_reason_does_not_count(half):
    assert reconcile(ColumnWord("x", Category.EDUCATION, **half), HEALTH)[0].category is Category.HEALTH


def test_a_laxer_word_against_a_suspicion_counts():
    column, differences = reconcile(ColumnWord("x", Category.NOT_PERSONAL), SUSPECTED)
    assert column.category is Category.NOT_PERSONAL
    assert differences[0].why == "a person's word"


def test_a_word_that_is_sensitive_in_fewer_places_is_laxer():
    column, _ = reconcile(ColumnWord("x", Category.FINANCIAL_ACCOUNT), HEALTH)
    assert column.category is Category.HEALTH  # a financial account is sensitive in CN alone


def test_a_word_that_escapes_any_list_of_a_law_is_laxer():
    column, _ = reconcile(ColumnWord("x", Category.CONTACT), NUMBER)
    assert column.category is Category.NATIONAL_IDENTIFIER


@pytest.mark.parametrize("said", sorted(IMPERSONAL))
def test_calling_a_confirmed_identifier_impersonal_is_an_error(said):
    with pytest.raises(InputError) as caught:
        reconcile(ColumnWord("x", said), NUMBER)
    assert str(caught.value) == f"`data.columns.x`: declared `{said}`, but the scan confirms `cn-resident-id`"
    assert "override" in caught.value.hint
    assert "by" in caught.value.hint


def test_calling_a_confirmed_identifier_impersonal_with_a_reason_and_a_name_counts():
    word = ColumnWord("x", Category.NOT_PERSONAL, override="serial numbers of parts", by="L. Chen")
    column, differences = reconcile(word, NUMBER)
    assert (column.category, column.role) == (Category.NOT_PERSONAL, ColumnRole.ORDINARY)
    assert differences[0].why == "override by L. Chen: serial numbers of parts"


@pytest.mark.parametrize(
    ("said", "found", "override", "taken"),
    [
        (ColumnRole.DIRECT_IDENTIFIER, HEALTH, "", ColumnRole.DIRECT_IDENTIFIER),
        (ColumnRole.ORDINARY, HEALTH, "", ColumnRole.SENSITIVE),
        (ColumnRole.ORDINARY, HEALTH, "not known to others", ColumnRole.ORDINARY),
        (ColumnRole.ORDINARY, SUSPECTED, "", ColumnRole.ORDINARY),
        (ColumnRole.SENSITIVE, NUMBER, "", ColumnRole.DIRECT_IDENTIFIER),
        (ColumnRole.QUASI_IDENTIFIER, NUMBER, "", ColumnRole.DIRECT_IDENTIFIER),
    ],
)
def test_roles_are_reconciled_like_categories(said, found, override, taken):
    column, differences = reconcile(ColumnWord("x", role=said, override=override, by="L. Chen"), found)
    assert column.role is taken
    assert [(one.fact, one.said, one.taken) for one in differences] == [("column x role", said, taken)]


def test_a_name_that_only_a_person_knows_of_is_a_direct_identifier():
    column, _ = reconcile(ColumnWord("x", Category.NAME), NOTHING)
    assert (column.category, column.role) == (Category.NAME, ColumnRole.DIRECT_IDENTIFIER)


def test_a_role_in_the_file_outweighs_the_usual_one():
    column, _ = reconcile(ColumnWord("x", Category.NAME, ColumnRole.QUASI_IDENTIFIER), NOTHING)
    assert column.role is ColumnRole.QUASI_IDENTIFIER


@pytest.mark.parametrize("state", [Verdict.NONE, Verdict.REFUTED])
def test_a_column_the_scan_knows_nothing_of_is_about_persons_when_its_table_is(state):
    unknown = verdict("x", Category.NOT_PERSONAL, found=state, kind="")
    assert reconcile(None, unknown, NAME)[0].category is Category.OTHER_PERSONAL
    assert reconcile(None, unknown)[0].category is Category.NOT_PERSONAL
    assert reconcile(None, unknown, is_about_persons=True)[0].category is Category.OTHER_PERSONAL
    assert reconcile(ColumnWord("x", Category.NOT_PERSONAL), unknown, NAME)[0].category is Category.NOT_PERSONAL


def test_necessity_is_a_persons_word_alone():
    assert [reconcile(ColumnWord("x", necessary=said), HEALTH)[0].necessary for said in (True, False, None)] == [
        True,
        False,
        None,
    ]


@pytest.mark.parametrize(
    ("category", "role"),
    [
        (Category.NAME, ColumnRole.DIRECT_IDENTIFIER),
        (Category.GENDER, ColumnRole.QUASI_IDENTIFIER),
        (Category.HEALTH, ColumnRole.SENSITIVE),
        (Category.BEHAVIOUR, ColumnRole.ORDINARY),
    ],
)
def test_columns_declared_before_there_are_data_have_their_usual_role(category, role):
    columns, differences = reconcile_columns([ColumnWord("x", category, necessary=True)], (), LAWS, AS_OF)
    assert [(column.category, column.role, column.necessary) for column in columns] == [(category, role, True)]
    assert differences == ()


def test_a_column_declared_before_there_are_data_needs_its_category():
    with pytest.raises(InputError, match="expected a category"):
        reconcile_columns([ColumnWord("x", role=ColumnRole.ORDINARY)], (), LAWS, AS_OF)


ROLES = (ColumnRole.ORDINARY, ColumnRole.SENSITIVE, ColumnRole.QUASI_IDENTIFIER, ColumnRole.DIRECT_IDENTIFIER)


@given(
    st.builds(
        ColumnWord,
        name=st.just("x"),
        category=st.none() | st.sampled_from(Category),
        role=st.none() | st.sampled_from(ColumnRole),
        override=st.sampled_from(["", "a reason"]),
    ),
    st.sampled_from(Category),
    st.sampled_from(ColumnRole),
)
def test_no_word_without_a_name_behind_it_weakens_a_confirmed_verdict(word, category, role):
    found = verdict("x", category, role)
    try:
        column, _ = reconcile(word, found)
    except InputError:
        assert word.category in IMPERSONAL
        assert category not in IMPERSONAL
        return
    assert set(LAWS.sensitive_in(category, AS_OF)) <= set(column.sensitive_in)
    assert column.category not in IMPERSONAL or category in IMPERSONAL
    if column.category not in IMPERSONAL:
        assert ROLES.index(column.role) >= ROLES.index(role)


# Counts


def request(text):
    """Return a flow with some keys."""
    return parse_flow(f'data.source = "x.csv"\n{text}', "flow.toml", Path())


@pytest.mark.parametrize(
    ("fact", "said", "found", "taken"),
    [
        ("data.persons", 90, 100, 100),
        ("data.persons", 120, 100, 120),
        ("data.sensitive_persons", 9, 10, 10),
        ("data.sensitive_persons", 11, 10, 11),
        ("data.min_age", 18, 13, 13),
        ("data.min_age", 10, 13, 10),
    ],
)
def test_counts_are_taken_on_the_strict_side_and_recorded(fact, said, found, taken):
    values, differences = reconcile_values(request(f"{fact} = {said}"), CountedPersons(100, 10, 13))
    assert values[fact] == taken
    assert [(one.fact, one.said, one.found, one.taken, one.why) for one in differences] == [
        (fact, str(said), str(found), str(taken), "stricter")
    ]


def test_counts_that_agree_or_are_left_out_are_no_difference():
    values, differences = reconcile_values(request("data.persons = 100"), CountedPersons(100, 10, 13))
    assert (values["data.persons"], values["data.sensitive_persons"], values["data.min_age"]) == (100, 10, 13)
    assert differences == ()


def test_an_age_that_nobody_found_or_said_stays_unknown():
    values, _ = reconcile_values(request(""), CountedPersons(100, 10, None))
    assert "data.min_age" not in values


def test_before_there_are_data_the_file_alone_counts():
    values, differences = reconcile_values(request("data.persons = 7"), None)
    assert dict(values) == {"data.persons": 7}
    assert differences == ()


@pytest.mark.parametrize(("held", "fails"), [(99, True), (100, False)])
def test_a_holder_cannot_hold_fewer_persons_than_the_data_have(held, fails):
    asked = request(f"holder.persons_held = {held}")
    if fails:
        with pytest.raises(InputError, match=r"holder.persons_held .99. is less than the persons in the data .100."):
            reconcile_values(asked, CountedPersons(100, 0, None))
    else:
        assert reconcile_values(asked, CountedPersons(100, 0, None))[0]["holder.persons_held"] == held


def test_more_sensitive_persons_than_there_are_is_an_error():
    with pytest.raises(InputError, match=r"data.sensitive_persons .101. is more than the persons in the data .100."):
        reconcile_values(request("data.sensitive_persons = 101"), CountedPersons(100, 0, None))


COUNTS = st.none() | st.integers(min_value=0, max_value=50)


@given(COUNTS, COUNTS, st.integers(min_value=0, max_value=50), st.integers(min_value=0, max_value=50))
def test_a_count_is_never_below_what_was_said_or_found(said, said_sensitive, found, found_sensitive):
    lines = [f"data.persons = {said}"] if said is not None else []
    lines += [f"data.sensitive_persons = {said_sensitive}"] if said_sensitive is not None else []
    counted = CountedPersons(found, min(found, found_sensitive), None)
    try:
        values, _ = reconcile_values(request("\n".join(lines)), counted)
    except InputError:
        assert said_sensitive > (found if said is None else said)
        return
    assert values["data.persons"] == max(found, said or 0)
    assert values["data.sensitive_persons"] == max(counted.sensitive, said_sensitive or 0)


# Facts of both


def facts_of(text, *words):
    """Return the facts of a flow planned before there are data."""
    columns, _ = reconcile_columns(words, (), LAWS, AS_OF)
    asked = request(text)
    return make_facts(asked, AS_OF, columns, asked.values, ADULT)


def test_a_flow_without_personal_columns_is_about_nobody():
    facts = facts_of("", ColumnWord("total", Category.AGGREGATE))
    assert (facts.values["data.persons"], facts.values["data.sensitive_persons"]) == (0, 0)


def test_what_the_file_says_of_persons_stays_although_no_column_is_about_them():
    assert facts_of("data.persons = 5", ColumnWord("total", Category.AGGREGATE)).values["data.persons"] == 5


def test_with_a_sensitive_column_every_person_may_be_sensitive():
    facts = facts_of("data.persons = 5", ColumnWord("x", Category.HEALTH))
    assert facts.values["data.sensitive_persons"] == 5


@pytest.mark.parametrize(("text", "sensitive"), [("data.min_age = 14", 0), ("data.min_age = 13", None), ("", None)])
def test_without_a_sensitive_column_persons_are_sensitive_unless_known_to_be_old_enough(text, sensitive):
    facts = facts_of(f"data.persons = 5\n{text}", ColumnWord("name", Category.NAME))
    assert facts.values.get("data.sensitive_persons") == sensitive


def test_what_was_done_and_what_is_unknown_arrives_unchanged():
    facts = facts_of(
        "holder.roles_unknown = ['lender']\nsafeguards.notice = 2026-01-02", ColumnWord("name", Category.NAME)
    )
    assert facts.roles_unknown == {"holder": ("lender",)}
    assert facts.safeguards["notice"].done == {"on": date(2026, 1, 2)}
