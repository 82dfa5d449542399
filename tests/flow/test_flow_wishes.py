"""`[protect]` beyond plain keys: models and the measure of a column are read strictly."""

from datetime import date
from pathlib import Path

import pytest

from lockgate.flow.file import parse_flow
from lockgate.flow.protection import make_plan
from lockgate.terms.errors import InputError
from lockgate.terms.facts import Facts
from lockgate.terms.flow_request import ProtectionWish
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.privacy_model import DistinctDiversity, KAnonymity

FLOW = """
[data.columns.age]
category = "date-of-birth"
[protect]
search = "global"
labels = "set"
moves = 1000
[[protect.models]]
model = "distinct-l-diversity"
column = "age"
l = 3
[[protect.models]]
model = "k-anonymity"
k = 4
[protect.columns.age]
measure = "generalise"
width = 10
hierarchy = "number"
"""


def wish_of(text: str):
    return parse_flow(text, "flow.toml", Path()).wish


def test_models_search_and_measures_of_columns_are_read():
    wish = wish_of(FLOW)
    assert (wish.search, wish.labels, wish.moves) == ("global", "set", 1000)
    assert wish.models == (DistinctDiversity("age", 3), KAnonymity(4))
    assert wish.cells == (Measure(MeasureKind.GENERALISE, ("age",), 10),)
    assert wish.builtin_hierarchies == {"age": "number"}


@pytest.mark.parametrize(
    ("old", "new", "words", "hint"),
    [
        ('search = "global"', 'search = "globl"', "line 5: `protect.search`", "did you mean `global`"),
        ("l = 3", "k = 3", "line 8: `protect.models`.*has no `k`", ""),
        ("l = 3", "", "needs `l`", ""),
        ('model = "k-anonymity"', 'model = "k"', "expected `model` as one of", ""),
        ("width = 10", "", "line 15.*`width` beside the measure `generalise`", ""),
        ("width = 10", "widht = 10", "line 17: unknown key `protect.columns.age.widht`", "did you mean `width`"),
        ("width = 10", "width = 1.5", "line 17.*expected a whole number", ""),
        ('measure = "generalise"', 'measure = "generalize"', "line 16", "did you mean `generalise`"),
        ('measure = "generalise"', "", "unknown key `protect.columns.age.width`", "measure"),
        ("moves = 1000", 'drop = ["age"]', "line 15: column `age` is both under protect.drop", "once"),
    ],
)
def test_what_is_not_well_said_names_line_key_and_nearest_word(old, new, words, hint):
    text = FLOW.replace(old, new)
    with pytest.raises(InputError, match=words) as caught:
        wish_of(text)
    assert hint in caught.value.hint


def test_classes_are_made_of_columns_that_say_something_still():
    listed = FLOW.replace("moves = 1000", 'quasi_identifiers = ["age"]')
    assert wish_of(listed).quasi_identifiers == ("age",)
    silent = listed.replace('measure = "generalise"\nwidth = 10', 'measure = "pseudonymise"')
    with pytest.raises(InputError, match=r"column `age` is both under protect\.quasi_identifiers"):
        wish_of(silent)


def test_a_search_over_hierarchies_names_classes_by_hierarchies_unless_said_otherwise() -> None:
    facts = Facts(date(2026, 11, 21), {}, (), {})
    for search, labels in (("local", "interval"), ("strict", "hierarchy"), ("global", "hierarchy")):
        assert make_plan((), facts, ProtectionWish(search=search), {}).labels == labels
    assert make_plan((), facts, ProtectionWish(search="global", labels="set"), {}).labels == "set"
