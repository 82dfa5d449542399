"""Parameters of a technique that do not fit are told with the flow file, before a row is read."""

from pathlib import Path

import pytest

from lockgate.flow.file import parse_flow
from lockgate.terms.errors import InputError
from small_flows import flow_text

NOISE = """[protect.statistics]
epsilon = {epsilon}
budget = {{ epsilon = {budget} }}
[[protect.statistics.ask]]
statistic = "count"
"""


@pytest.mark.parametrize(
    ("technique", "found"),
    [
        ('measure = "bucket"\nedges = []', "a list of one number or day at least"),
        ('measure = "bucket"\nedges = [3, 1]', "edges that are all numbers or all days and rise"),
        ('measure = "bucket"\nedges = [1, 2026-01-01]', "edges that are all numbers or all days"),
        ('measure = "round"\nstep = 0', "a step above 0"),
        ('measure = "round"', "`step` for numbers or `precision` for days"),
        ('measure = "add-noise"\nscale = -1', "a scale above 0"),
        ('measure = "microaggregate"\nk = 1', "at least 2 persons"),
        ('measure = "shift-dates"\nmost = 0', "days to move by 1"),
        ('measure = "move-place"\nlongitude = "x"\nmetres = 0', "more than 0 metres"),
        ('measure = "coarsen-place"\nlongitude = "x"\nzoom = 99', "a zoom of 0 to"),
    ],
)
def test_parameters_that_do_not_fit_name_line_and_column(technique: str, found: str) -> None:
    text = flow_text({"protect": None}) + f"\n[protect.columns.Fare]\n{technique}\n"
    with pytest.raises(InputError, match=found) as caught:
        parse_flow(text, "flow.toml", Path())
    assert "`flow.toml` line " in str(caught.value)
    assert "protect.columns.Fare" in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("epsilon", "budget", "found"),
    [
        ("0", "3", "epsilon: expected a number above 0, found `0`"),
        ("-1", "3", "epsilon: expected a number from 0 to 1000, found `-1`"),
        ("nan", "3", "epsilon: expected a number from 0 to 1000, found `nan`"),
        ("1", "0", "budget epsilon: expected a number above 0"),
    ],
)
def test_a_privacy_loss_of_nothing_or_less_says_so(epsilon: str, budget: str, found: str) -> None:
    text = flow_text({"protect": None}) + "\n" + NOISE.format(epsilon=epsilon, budget=budget)
    with pytest.raises(InputError, match=found) as caught:
        parse_flow(text, "flow.toml", Path())
    assert "Round" not in caught.value.hint
