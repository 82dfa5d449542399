"""The flow file: what it declares arrives as declared, and what it leaves out stays unknown."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.flow.file import parse_flow, read_flow_file
from lockgate.flow.schema import FACT_PATHS, PAPERS
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole
from lockgate.terms.errors import InputError
from lockgate.terms.fact import FACTS, FactType
from lockgate.terms.facts import Safeguard
from lockgate.terms.flow_request import ColumnWord, ProtectionWish, SourceReference

DATA = Path(__file__).parent / "data"


def flow(text):
    """Return the request that a text declares."""
    return parse_flow(text, "flow.toml", Path("/flows"))


def test_the_complete_example_of_the_contract_is_read():
    request = read_flow_file(DATA / "complete.toml")
    assert request.title == "Customer list to a Korean affiliate"
    assert request.as_of == date(2026, 11, 21)
    assert request.source == SourceReference(str(DATA / "customers.parquet"), "customers")
    assert (request.dataset, request.subject_key, request.register) == (
        "shop-customers",
        "id_number",
        str(DATA / "consents.parquet"),
    )
    assert (request.holder, request.recipient) == ("Shop Co.", "Acme Korea")
    assert request.columns == (
        ColumnWord(
            "notes",
            Category.HEALTH,
            ColumnRole.SENSITIVE,
            necessary=True,
            override="free text is machine-made, no person",
            by="L. Chen",
        ),
    )


def test_the_complete_example_says_every_fact_but_those_of_few_holders():
    request = read_flow_file(DATA / "complete.toml")
    unsaid = {"holder.zone", "holder.outside_negative_list", "purpose.edits_persons"}
    assert set(FACTS) - set(request.values) == unsaid
    assert request.values["data.persons"] == 120_000
    assert request.values["holder.exported_this_year.sensitive"] == 300
    assert request.values["holder.roles"] == ("lender",)
    assert request.values["recipient.roles"] == ()
    assert request.values["data.important"] is False


def test_the_complete_example_says_what_was_done_and_when():
    done = read_flow_file(DATA / "complete.toml").safeguards
    assert done["notice"] == Safeguard({"on": date(2026, 10, 1)})
    assert done["standard-contract"] == Safeguard({"signed": date(2026, 6, 3), "filed": date(2026, 6, 10)})
    assert set(done) <= PAPERS


def test_a_flow_is_planned_before_there_are_data():
    request = read_flow_file(DATA / "planned.toml")
    assert (request.source, request.as_of) == (None, None)
    assert [column.name for column in request.columns] == ["vin", "fault.code"]
    assert request.columns[0].necessary is False
    assert request.roles_unknown == {"holder": ("critical-infrastructure-operator",)}
    assert request.values["holder.exported_this_year.ordinary"] == 40_000


def test_an_underscore_in_a_safeguard_is_read_as_a_hyphen_and_an_empty_table_is_unknown():
    done = read_flow_file(DATA / "planned.toml").safeguards
    assert done == {
        "impact-assessment": Safeguard({"on": date(2026, 10, 5)}),
        "contract": Safeguard(denied=True),
    }


def test_wishes_for_protection_are_read_and_the_folder_counts_from_the_file():
    assert read_flow_file(DATA / "planned.toml").wish == ProtectionWish(
        k=21,
        quasi_identifiers=("age", "sex"),
        suppression_limit=0.02,
        hierarchies=str(DATA / "hierarchies"),
        drop=("vin",),
        pseudonymise=("id_number",),
        redact=("notes",),
        persons=99_000,
    )


def test_what_is_left_out_stays_unknown():
    request = flow('[data]\nsource = "x.csv"')
    assert dict(request.values) == {}
    assert dict(request.safeguards) == {}
    assert (request.title, request.as_of, request.columns, request.wish) == ("", None, (), ProtectionWish())


@pytest.mark.parametrize(
    ("word", "value"), [('"yes"', True), ('"no"', False), ('"unknown"', None), ("true", True), ("false", False)]
)
def test_important_data_are_yes_no_or_unknown(word, value):
    assert flow(f'[data]\nsource = "x.csv"\nimportant = {word}').values.get("data.important") is value


def test_core_data_are_important_data_too():
    assert flow('[data]\nsource = "x.csv"\ncore = "yes"').values["data.important"] is True


@pytest.mark.parametrize(
    ("written", "location"),
    [
        ("x.csv", "/flows/x.csv"),
        ("parts/*.parquet", "/flows/parts/*.parquet"),
        ("/data/x.csv", "/data/x.csv"),
        ("sqlite:///shop.db", "sqlite:////flows/shop.db"),
        ("sqlite:////data/shop.db", "sqlite:////data/shop.db"),
        ("postgresql://db.example/shop", "postgresql://db.example/shop"),
        ("http://[", "http://["),
    ],
)
def test_a_location_counts_from_the_folder_of_the_file(written, location):
    assert flow(f'[data]\nsource = "{written}"').source == SourceReference(location)


def test_a_database_has_a_table_or_a_query():
    asked = 'source = "sqlite:///shop.db"\n'
    assert flow(f'[data]\n{asked}table = "t"').source.table == "t"
    assert flow(f'[data]\n{asked}query = "select 1"').source.query == "select 1"


@pytest.mark.parametrize(
    "text",
    [
        '\ufeff[data]\nsource = "x.csv"\n',
        '[data]\r\nsource = "x.csv"\r\n',
    ],
)
def test_files_of_other_editors_are_read(tmp_path, text):
    path = tmp_path / "flow.toml"
    path.write_bytes(text.encode())
    assert read_flow_file(path).source == SourceReference(str(tmp_path / "x.csv"))


def _as_toml(value):
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return "[" + ", ".join(map(_as_toml, value)) + "]"
        case str():
            return "'" + value + "'"
        case _:
            return str(value)


def _values_of(term):
    return {
        FactType.FLAG: st.booleans(),
        FactType.TRISTATE: st.booleans(),
        FactType.CHOICE: st.sampled_from(term.options or ("",)),
        FactType.CHOICES: st.lists(st.sampled_from(term.options or ("",)), unique=True, max_size=3).map(tuple),
        FactType.PLACE: st.sampled_from(["CN", "KR", "EU"]),
        FactType.PLACES: st.lists(st.sampled_from(["CN", "KR", "EU"]), unique=True).map(tuple),
        FactType.COUNT: st.integers(min_value=0, max_value=10**9),
        FactType.TEXT: st.text(alphabet="aé王 ", max_size=5),
    }[term.type]


NARROWER = {"data.min_age": st.integers(0, 130), "data.persons_per_row": st.integers(1, 10)}


@given(st.data())
def test_every_fact_that_is_written_is_read(data):
    path = data.draw(st.sampled_from(sorted(FACT_PATHS)))
    value = data.draw(NARROWER.get(".".join(path), _values_of(FACT_PATHS[path])))
    request = flow(f"data.source = 'x.csv'\n{'.'.join(path)} = {_as_toml(value)}")
    assert request.values[".".join(path)] == value


@given(st.text(max_size=200))
def test_any_text_without_data_is_an_input_error_with_a_hint(text):
    with pytest.raises(InputError) as caught:
        flow(text)
    assert str(caught.value).startswith("`flow.toml`")
    assert caught.value.hint
