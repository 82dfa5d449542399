"""Lines of keys: strings, comments and brackets are not taken for keys, however keys are written."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.flow.toml_lines import key_lines, line_of


def test_tables_and_keys_are_found_by_their_path():
    lines = key_lines('title = "x"\n\n[data]\nsource = "x.csv"\n[data.columns.notes]\ncategory = "health"\n')
    assert lines[("title",)] == 1
    assert lines[("data",)] == 3
    assert lines[("data", "source")] == 4
    assert lines[("data", "columns")] == 5
    assert lines[("data", "columns", "notes", "category")] == 6


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("\nholder.exported_this_year.ordinary = 1", ("holder", "exported_this_year", "ordinary"), 2),
        ("[holder]\nexported_this_year . ordinary = 1", ("holder", "exported_this_year", "ordinary"), 2),
        ("[ data . columns ]\nx = 1", ("data", "columns", "x"), 2),
        ("\n[[data]]\nx = 1", ("data", "x"), 3),
        ('[data.columns."a]b"]\nrole = 1', ("data", "columns", "a]b", "role"), 2),
        ("[data.columns.'x = [y]']\nrole = 1", ("data", "columns", "x = [y]", "role"), 2),
        ('[data.columns]\n"id\\u0020\\"n\\"".role = 1', ("data", "columns", 'id "n"', "role"), 2),
        ('[data.columns]\n"".role = 1', ("data", "columns", "", "role"), 2),
        ("[data.columns.姓]\nrole = 1".replace("姓", '"姓"'), ("data", "columns", "姓", "role"), 2),
        ("[basis]\n\nconsent = { informed = true, written = false }", ("basis", "consent", "written"), 3),
        ("[data]\ncolumns = { a = { role = 'x' }, b = { role = 'y' } }", ("data", "columns", "b", "role"), 2),
        ("[data]\na = 1 # [holder]\nb = 2", ("data", "b"), 3),
    ],
)
def test_a_key_is_found_however_it_is_written(text, path, line):
    tomllib.loads(text)
    assert key_lines(text)[path] == line


@pytest.mark.parametrize(
    "inside",
    [
        'note = """\n[other]\nkey = 1\n"""',
        "note = '''\n[other]\nkey = 1\n'''",
        'note = """ends with two quotes\n[other]\\""""""',
        "note = [\n  'CN', # [other]\n  ['x'],\n  { a = 1 },\n]",
        '# """ opens nothing\n\n\n',
        "note = \"'''\"\n\n\n",
        "note = '\"\"\"' # '''\n\n\n",
        'note = "\\"[other]"\n\n\n',
        'note = "\u2028 is no new line of the file"\n\n\n',
        "note = [[1, 2], [3]]\n\n\n",
        "note = [{ x = [1, { y = 2 }] }, { z = 3 }]\n\n\n",
        "note = 2026-01-01\r\n\r\n\r\n",
    ],
)
def test_what_is_inside_a_value_moves_no_key_behind_it(inside):
    text = f"[data]\n{inside}\nlast = 1\n"
    tomllib.loads(text)
    lines = key_lines(text)
    assert lines[("data", "last")] == text.count("\n")
    assert ("other",) not in lines


def test_the_first_place_of_a_table_counts():
    text = "[data.columns.notes]\n\n[data]\n"
    assert key_lines(text)[("data",)] == 1


def test_a_key_that_is_not_written_has_the_line_of_its_nearest_parent():
    lines = key_lines("\n[holder]\nin = 'CN'")
    assert line_of(("holder", "name"), lines) == 2
    assert line_of(("recipient", "name"), lines) == 1
    assert line_of((), lines) == 1


KEYS = st.text(min_size=0, max_size=6).filter(lambda key: "\r" not in key)
TEXTS = st.text(alphabet="a=[]{}#'\\, \n\"", max_size=20)


def quoted(text, *, marks='"'):
    """Return a text as a TOML string of any content."""
    return marks + "".join(f"\\U{ord(character):08X}" for character in text) + marks


@given(st.lists(st.tuples(KEYS, TEXTS), unique_by=lambda pair: pair[0], max_size=6))
def test_any_key_beside_any_value_is_found_on_its_line(pairs):
    rows = []
    for key, value in pairs:
        literal = value.replace("'", "") if "\n" in value else ""
        rows.append((key, f"'''{literal}'''" if literal else quoted(value)))
    text = "[table]\n" + "".join(f"{quoted(key)} = {value}\n" for key, value in rows)
    document = tomllib.loads(text)
    lines, line = key_lines(text), 2
    for key, value in rows:
        assert key in document["table"]
        assert lines[("table", key)] == line
        line += 1 + value.count("\n")
