"""Wrong flow files: each is one clear message that names file, line and key, and a hint with the nearest name."""

from pathlib import Path

import pytest

from lockgate.flow.file import parse_flow, read_flow_file
from lockgate.flow.schema import FACT_PATHS, PAPERS, SECTIONS, known_keys
from lockgate.terms.errors import InputError
from lockgate.terms.fact import FactType

SOURCE = 'data.source = "x.csv"\n'


def error_of(text):
    """Return the error of a text."""
    with pytest.raises(InputError) as caught:
        parse_flow(text, "flow.toml", Path("/flows"))
    assert caught.value.exit_code == 2
    return caught.value


def assert_error(text, line, message, hint):
    """Check the whole message of a text and its hint."""
    error = error_of(text)
    assert (str(error), error.hint) == (f"`flow.toml` line {line}: {message}", hint)


@pytest.mark.parametrize(
    ("text", "line", "key", "hint"),
    [
        ('titel = "x"', 2, "titel", "did you mean `title`?"),
        ("[dta]\npersons = 1", 2, "dta", "did you mean `data`?"),
        ("[holder]\n\nroless = []", 4, "holder.roless", "did you mean `roles`?"),
        ("[recipient]\nwhere = 'KR'", 3, "recipient.where", None),
        ("[recipient]\nin = 'KR'\nname = 'A'\nrole = 'x'", 5, "recipient.role", "did you mean `roles`?"),
        ("[purpose]\nusage = 'analytics'", 3, "purpose.usage", "did you mean `use`?"),
        ("[basis.consent]\nseperate = true", 3, "basis.consent.seperate", "did you mean `separate`?"),
        ("[means]\nraw_leaves = true", 3, "means.raw_leaves", "did you mean `raw_leaves_holder`?"),
        ("[authority]\npaper = 'x'", 3, "authority.paper", "did you mean `papers`?"),
        ("[protect]\nk_min = 3", 3, "protect.k_min", None),
        ("[protect]\nredacted = []", 3, "protect.redacted", "did you mean `redact`?"),
        (
            "[safeguards]\nimpact_asessment = 2026-01-01",
            3,
            "safeguards.impact_asessment",
            "did you mean `impact-assessment`?",
        ),
        ("[safeguards]\nanonymous-for = ['KR']", 3, "safeguards.anonymous-for", "did you mean `anonymous_for`?"),
        (
            "[holder]\nexported_this_year = { ordnary = 1 }",
            3,
            "holder.exported_this_year.ordnary",
            "did you mean `ordinary`?",
        ),
        ("[data.columns.notes]\ncatagory = 'health'", 3, "data.columns.notes.catagory", "did you mean `category`?"),
        ("[data.colums.notes]\ncategory = 'health'", 2, "data.colums", "did you mean `columns`?"),
        ("[[holders]]\nin = 'CN'", 2, "holders", "did you mean `holder`?"),
    ],
)
def test_an_unknown_key_at_any_level_is_named_with_its_nearest(text, line, key, hint):
    error = error_of(SOURCE + text)
    assert str(error) == f"`flow.toml` line {line}: unknown key `{key}`"
    if hint is None:
        assert error.hint.startswith("known keys are: ") or error.hint.startswith("choose one of: ")
    else:
        assert error.hint == hint


EXPECTED = {
    FactType.FLAG: "true or false",
    FactType.TRISTATE: "a text",
    FactType.CHOICE: "a text",
    FactType.CHOICES: "a list of words in brackets",
    FactType.PLACE: "a country as its two letters of ISO 3166-1, or `EU`",
    FactType.PLACES: "a list of words in brackets",
    FactType.COUNT: "a whole number, 0 or more",
    FactType.TEXT: "a text",
}
WRONG = {
    FactType.FLAG: ["1", '"yes"', "[]", "{}", "2026-01-01"],
    FactType.TRISTATE: ["1", "[]"],
    FactType.CHOICE: ["1", "true", "[]", "{}"],
    FactType.CHOICES: ['"lender"', "true", "[1]", "[['lender']]", "{ lender = true }"],
    FactType.PLACE: ["86", "['CN']"],
    FactType.PLACES: ['"CN"', "[86]"],
    FactType.COUNT: ["-1", "true", "false", "1.0", '"1"', "[1]", "{}", "nan", "inf"],
    FactType.TEXT: ["1", "true", "[]"],
}


@pytest.mark.parametrize("name", [".".join(path) for path in sorted(FACT_PATHS)])
def test_a_fact_of_the_wrong_type_is_named_with_what_is_expected(name):
    kind = FACT_PATHS[tuple(name.split("."))].type
    for value in WRONG[kind]:
        error = error_of(f"{SOURCE}\n{name} = {value}")
        assert str(error).startswith(f"`flow.toml` line 3: `{name}`: expected {EXPECTED[kind]}, found ")
        assert error.hint == f"write {EXPECTED[kind]}"


@pytest.mark.parametrize(
    ("key", "value", "found", "hint"),
    [
        ("purpose.use", "'train_ai'", "train_ai", "did you mean `train-ai`?"),
        ("purpose.use", "'Analytics'", "Analytics", "did you mean `analytics`?"),
        ("basis.ground", "'consnt'", "consnt", "did you mean `consent`?"),
        ("means.by", "'email'", "email", None),
        ("holder.roles", "['lender', 'bank', 'court']", "bank", None),
        ("holder.roles", "['lendr']", "lendr", "did you mean `lender`?"),
        ("holder.roles_unknown", "['polce']", "polce", "did you mean `police`?"),
        ("recipient.as", "'processor'", "processor", None),
        ("data.important", "'maybe'", "maybe", None),
        ("data.columns.notes.category", "'helth'", "helth", "did you mean `health`?"),
        ("data.columns.notes.role", "'direct'", "direct", "did you mean `direct-identifier`?"),
    ],
)
def test_a_word_outside_its_closed_list_is_named_with_its_nearest(key, value, found, hint):
    error = error_of(f"{SOURCE}{key} = {value}")
    assert str(error) == f"`flow.toml` line 2: `{key}`: expected one of the listed words, found `{found}`"
    if hint is None:
        assert error.hint.startswith(("choose one of: ", "did you mean "))
    else:
        assert error.hint == hint


@pytest.mark.parametrize(
    ("value", "found", "hint"),
    [
        ("'cn'", "cn", "did you mean `CN`?"),
        ("'UK'", "UK", "did you mean `GB`?"),
        ("'China'", "China", "did you mean `CN`?"),
        ("'XX'", "XX", "write a country as its two letters of ISO 3166-1, or `EU`"),
        ("''", "", "write a country as its two letters of ISO 3166-1, or `EU`"),
    ],
)
def test_a_place_is_a_code_and_its_name_only_a_hint(value, found, hint):
    expected = "expected a country as its two letters of ISO 3166-1, or `EU`"
    assert_error(f"{SOURCE}holder.in = {value}", 2, f"`holder.in`: {expected}, found `{found}`", hint)
    assert_error(
        f"{SOURCE}data.subjects_in = ['EU', {value}]", 2, f"`data.subjects_in`: {expected}, found `{found}`", hint
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("true", "`true`"),
        ('"2026-10-01"', "the text `2026-10-01` in quotes"),
        ("2026-10-01T08:00:00", "`2026-10-01 08:00:00`"),
        ("1", "`1`"),
        ("[2026-10-01]", "a list"),
    ],
)
def test_a_safeguard_is_a_date_or_not_done_and_never_merely_true(value, found):
    expected = "the date on which it was done, false if it was not, or a table of dates"
    message = f"`safeguards.notice`: expected {expected}, found {found}"
    assert_error(f"{SOURCE}[safeguards]\nnotice = {value}", 3, message, f"write {expected}")


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        (
            "{ passd = 2026-06-03 }",
            "expected one of the listed words, found `passd`",
            "did you mean `passed`?",
        ),
        (
            "{ passed = true }",
            "expected a date such as 2026-11-21, without quotes, found `true`",
            "write a date such as 2026-11-21, without quotes",
        ),
    ],
)
def test_a_table_of_dates_holds_known_words_and_dates(value, message, hint):
    text = f"{SOURCE}[safeguards]\nsecurity-assessment = {value}"
    assert_error(text, 3, f"`safeguards.security-assessment`: {message}", hint)


def test_a_safeguard_in_two_spellings_is_a_contradiction():
    text = f"{SOURCE}[safeguards]\nimpact-assessment = 2026-10-05\nimpact_assessment = false"
    assert_error(text, 4, "`safeguards.impact-assessment` is given twice", "keep one of the two spellings")


@pytest.mark.parametrize("value", ['"2026-11-21"', "2026-11-21T00:00:00", "20261121", "true"])
def test_the_day_of_the_law_is_a_date_without_quotes(value):
    error = error_of(f"{SOURCE}\nas_of = {value}")
    assert str(error).startswith("`flow.toml` line 3: `as_of`: expected a date such as 2026-11-21")


@pytest.mark.parametrize("value", ["'::'", "5", "'\"'", '"\\n"', "'§'"])
def test_a_delimiter_is_one_sign(value):
    error = error_of(f"{SOURCE}data.delimiter = {value}")
    assert str(error).startswith("`flow.toml` line 2: `data.delimiter`: expected ")


@pytest.mark.parametrize("value", ["-0.1", "1.5", "true", "'0'", "nan"])
def test_a_limit_of_suppression_is_a_share(value):
    error = error_of(f"{SOURCE}protect.suppression_limit = {value}")
    assert str(error).startswith("`flow.toml` line 2: `protect.suppression_limit`: expected a share from 0 to 1")


@pytest.mark.parametrize("value", ["-1", "true", "2.0", "'5'"])
@pytest.mark.parametrize("key", ["k", "persons"])
def test_the_numbers_of_a_protection_are_counts(key, value):
    error = error_of(f"{SOURCE}protect.{key} = {value}")
    assert str(error).startswith(f"`flow.toml` line 2: `protect.{key}`: expected a whole number, 0 or more")


def test_a_count_that_json_cannot_carry_is_refused():
    assert parse_flow(f"{SOURCE}data.persons = {2**53 - 1}", "f", Path()).values["data.persons"] == 2**53 - 1
    error = error_of(f"{SOURCE}data.persons = {2**53}")
    assert str(error).endswith(f"expected a whole number up to {2**53 - 1}, found `{2**53}`")


# What needs more than one key

CONTRADICTIONS = [
    (
        "[data]\npersons = 10\n[holder]\npersons_held = 9",
        5,
        "holder.persons_held (9) is less than data.persons (10)",
    ),
    (
        "[data]\nsensitive_persons = 11\npersons = 10",
        3,
        "data.sensitive_persons (11) is more than data.persons (10)",
    ),
    (
        "[holder]\nroles = ['court', 'lender']\nroles_unknown = ['lender']",
        4,
        "role `lender` is both held and unknown",
    ),
    (
        "[recipient]\nroles_unknown = ['police', 'court']\nroles = ['court', 'police']",
        3,
        "role `court` is both held and unknown",
    ),
    ('[data]\ncore = "yes"\nimportant = "no"', 3, "data.core says yes and data.important says no"),
    (
        "[protect]\nredact = ['notes']\ndrop = ['notes', 'name']",
        3,
        "column `notes` is both under protect.drop and under protect.redact",
    ),
    ("[holder]\nroles = ['court', 'court']", 3, "`holder.roles`: expected each word once, found `court`"),
    ('[data]\ntable = "t"\nquery = "select 1"', 4, "both data.table and data.query are given"),
]


@pytest.mark.parametrize(("text", "line", "message"), CONTRADICTIONS)
def test_facts_that_contradict_each_other_are_an_error(text, line, message):
    full = text if "[data]" in text else SOURCE + text
    error = error_of(full.replace("[data]\n", "[data]\nsource = 'x.csv'\n"))
    assert str(error) == f"`flow.toml` line {line}: {message}"
    assert error.hint


@pytest.mark.parametrize(
    "text",
    [
        "[data]\npersons = 10\n[holder]\npersons_held = 10",
        "[data]\npersons = 10\nsensitive_persons = 10",
        "[holder]\nroles = ['court']\nroles_unknown = ['lender']",
        "[holder]\nroles = ['court']\n[recipient]\nroles_unknown = ['court']",
        '[data]\ncore = "yes"\nimportant = "yes"',
        '[data]\ncore = "no"\nimportant = "yes"',
        "[protect]\nredact = ['notes']\ndrop = ['name']",
    ],
)
def test_facts_that_only_just_agree_are_read(text):
    full = text if "[data]" in text else SOURCE + text
    parse_flow(full.replace("[data]\n", "[data]\nsource = 'x.csv'\n"), "flow.toml", Path())


def test_neither_data_nor_columns_is_an_error():
    assert_error(
        "title = 'x'\n[data]\nsubjects_in = ['CN']",
        2,
        "neither data.source nor data.columns is given",
        "name the data, or declare every column",
    )
    assert_error("", 1, "neither data.source nor data.columns is given", "name the data, or declare every column")


def test_a_table_without_its_database_is_an_error():
    assert_error("\n[data]\ntable = 't'", 2, "a table or a query is given without data.source", "name the database")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_is_no_table_is_an_error(section):
    assert_error(
        f"{section} = 5",
        1,
        f"`{section}`: expected a table",
        f"write [{section}] and its keys below",
    )


@pytest.mark.parametrize("key", ["data.columns", "data.columns.notes", "holder.exported_this_year", "basis.consent"])
def test_a_table_inside_a_section_that_is_none_is_an_error(key):
    error = error_of(f"{SOURCE}{key} = 5")
    assert str(error) == f"`flow.toml` line 2: `{key}`: expected a table"


# Files that are no flow files at all


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[data]\nsource = "x.csv" "y"', "line 2"),
        ("[data]\nsource = ", "line 2, the end of the file"),
        ("[data\nsource = 'x.csv'", "line 1"),
        ("[data]\npersons = 1\npersons = 2", "line 3"),
        ("[data]\n[data]", "line 2"),
        ("as_of = 2026-02-30", "line 1"),
        ("[safeguards]\nnotice = 2026-13-01", "line 2"),
        ("roles = ['a', ", "line 1, the end of the file"),
        ('title = "a\nb"', "line 1"),
    ],
)
def test_broken_toml_is_an_error_that_names_the_place(text, place):
    error = error_of(text)
    assert str(error).startswith("`flow.toml`: not valid TOML: ")
    assert place in str(error)


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 100_000])
def test_monstrous_toml_is_an_error_like_any_other(text):
    assert str(error_of(text)).startswith("`flow.toml`: ")


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no such file or directory"):
        read_flow_file(tmp_path / "none.toml")


def test_a_folder_is_no_flow_file(tmp_path):
    with pytest.raises(InputError, match="is a directory"):
        read_flow_file(tmp_path)


def test_text_that_is_not_utf_8_is_an_error(tmp_path):
    path = tmp_path / "flow.toml"
    path.write_bytes("title = '客户'".encode("gb18030"))
    with pytest.raises(InputError, match="expected UTF-8 text"):
        read_flow_file(path)


def test_a_long_wrong_text_is_shown_in_part():
    error = error_of(f"{SOURCE}means.by = '{'x' * 500}'")
    assert len(str(error)) < 200


@pytest.mark.parametrize("table", [(), ("safeguards",), ("data", "columns", "notes"), ("holder",), ("protect",)])
def test_the_known_keys_of_a_table_are_sorted_or_few_and_never_empty(table):
    keys = known_keys(table)
    assert keys
    assert len(set(keys)) == len(keys)


def test_every_paper_is_a_key_under_safeguards():
    for paper in sorted(PAPERS):
        text = f"{SOURCE}[safeguards]\n{paper} = 2026-01-01"
        assert paper in parse_flow(text, "flow.toml", Path()).safeguards


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[data]\nmin_age = 300", 3, "`data.min_age`: expected an age in years, up to 130, found `300`"),
        ("[data]\npersons_per_row = 0", 3, "data.persons_per_row is 0, but a row is about one person or more"),
        (
            "[data]\npersons = '500'",
            3,
            "`data.persons`: expected a whole number, 0 or more, found the text `500` in quotes",
        ),
    ],
)
def test_a_count_that_nobody_can_mean_is_an_error(text, line, message):
    error = error_of(text.replace("[data]\n", "[data]\nsource = 'x.csv'\n"))
    assert str(error) == f"`flow.toml` line {line}: {message}"
    assert error.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[data]\npersons = 1\n[data]\n", "cannot declare `data` twice (at line 3, column 6)"),
        ("[data]\npersons = 1\npersons = 2\n", "a key is given twice (at line 3, column 12)"),
    ],
)
def test_what_stands_twice_is_named_as_people_write_it(text, message):
    assert str(error_of(text)) == f"`flow.toml`: not valid TOML: {message}"
