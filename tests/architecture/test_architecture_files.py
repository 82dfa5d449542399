"""Rules of the house about files: their length, their names, what a room's door holds."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))
TEMPLATES = sorted((ROOT / "src").rglob("*.jinja"))
DATA = sorted(path for room in ("src", "cases") for path in (ROOT / room).rglob("*.toml"))
ROOMS = sorted(path for path in (ROOT / "src" / "lockgate").rglob("__init__.py") if path.parent.name != "lockgate")

NO_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "core", "misc", "manager", "managers"}
LINES_AT_MOST = 400


def name_of(path):
    """Return a path as messages show it."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "path", [*CODE, *TESTS, *BENCHMARKS, *TEMPLATES, ROOT / "lockgate", ROOT / ".ci" / "run"], ids=name_of
)
def test_no_file_is_over_four_hundred_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_AT_MOST


def test_no_module_has_a_name_that_says_nothing():
    named = {name_of(path) for path in [*CODE, *TESTS, *BENCHMARKS] if path.stem in NO_NAMES}
    named |= {name_of(path) for path in CODE if NO_NAMES & set(path.relative_to(ROOT).parts)}
    assert named == set()


@pytest.mark.parametrize("path", ROOMS, ids=name_of)
def test_the_door_of_a_room_holds_one_sentence_and_no_imports(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    sentence = ast.get_docstring(tree)
    assert len(tree.body) == 1
    assert sentence is not None
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_every_folder_with_code_is_a_package():
    folders = {path.parent for path in CODE}
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", DATA, ids=name_of)
def test_every_table_of_words_and_numbers_can_be_read(path):
    """Two changes that each add the same line merge without a conflict, and TOML refuses the second."""
    assert tomllib.loads(path.read_text(encoding="utf-8"))


def test_test_files_have_names_of_their_own():
    stems = [path.stem for path in TESTS if path.stem != "conftest"]
    assert sorted({stem for stem in stems if stems.count(stem) > 1}) == []


def test_tests_of_a_room_carry_its_name():
    rooms = {path.parent.name for path in ROOMS if path.parent.parent.name == "lockgate"}
    odd = [
        name_of(path)
        for path in TESTS
        if path.name.startswith("test_") and path.parent.name in rooms and path.parent.name not in path.stem
    ]
    assert odd == []
