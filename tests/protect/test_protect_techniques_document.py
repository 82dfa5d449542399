"""The page on techniques says what the code does: every row of its table of examples, every name of a form."""

import re
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from lockgate.protect.bucketing import bucket, code_extremes, parse_edges
from lockgate.protect.check_characters import SCHEMES
from lockgate.protect.format_preserving import ALPHABETS
from lockgate.protect.masking import Covering, cover
from lockgate.protect.pseudonym import pseudonymise
from lockgate.protect.rounding import Precision, round_days, round_numbers
from lockgate.protect.stand_ins import STAND_IN
from lockgate.protect.token_vault import TOKEN
from lockgate.protect.unfit import Unfit

PAGE = (Path(__file__).parents[2] / "docs" / "techniques.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"^\| `([^`]+)` \| (cover|round to|edges|extremes),? ([^|]+?) \| `([^`]+)` \|$", PAGE, re.MULTILINE
)


def treated(given, technique, words):
    """Return what a technique makes of a cell, its parameters in the page's words."""
    cells, numbers = pa.array([given]), re.findall(r"[0-9.]+", words)
    match technique:
        case "cover":
            return cover(cells, Covering(*map(int, numbers)))
        case "round to" if not numbers:
            return round_days(cells, Precision(words), Unfit.REFUSE).cells
        case "round to":
            return round_numbers(cells, Decimal(words), Unfit.REFUSE).cells
        case "edges":
            return bucket(cells, parse_edges(numbers), Unfit.REFUSE).cells
    return code_extremes(cells, parse_edges(numbers), Unfit.REFUSE).cells


@pytest.mark.parametrize(("given", "technique", "words", "expected"), EXAMPLES)
def test_an_example_of_the_page_is_what_the_technique_gives(given, technique, words, expected):
    assert treated(given, technique, words).to_pylist() == [expected]


def test_all_examples_of_the_page_were_read():
    assert len(EXAMPLES) == 11


def test_the_page_names_every_alphabet_and_every_check_and_no_other():
    row = {
        name: set(re.findall(r"`([^`]+)`", text))
        for name, text in re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE)
    }
    assert row["alphabet"] == set(ALPHABETS)
    assert row["check"] == set(SCHEMES)


def test_the_forms_of_tokens_and_stand_ins_are_those_of_the_page():
    token = pseudonymise(pa.array(["Ann"]), "name", bytes(32), 1)[0].as_py()
    assert re.fullmatch(r"p1_.{26}", token)
    assert "`p1_` and 26 characters" in PAGE
    assert TOKEN.fullmatch("t_" + "a" * 26)
    assert "`t_` and 26 random characters" in PAGE
    assert len(STAND_IN.findall(PAGE)) == 3
