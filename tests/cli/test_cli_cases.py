"""`lockgate cases`: the list, one case, a case that is none."""

import json
from collections.abc import Callable
from typing import Any

from lockgate.examples.cases import list_cases

Run = Callable[..., Any]


def test_all_cases_are_listed_with_the_outcome_of_every_flow(lockgate: Run):
    answer = lockgate("cases")
    assert answer.code == 0
    for case in list_cases():
        assert case.id in answer.out


def test_one_case_is_told_and_decided(lockgate: Run):
    answer = lockgate("cases", "social-score")
    assert "What decides." in answer.out
    assert "REFUSED" in answer.out
    document = json.loads(lockgate("cases", "social-score", "--json").out)
    assert document["cases"][0]["decisions"]["city.toml"]["outcome"] == "refused"


def test_a_case_that_is_none_is_an_input_error_that_names_the_cases(lockgate: Run):
    answer = lockgate("cases", "no-such-case")
    assert answer.code == 2
    assert "social-score" in answer.err
