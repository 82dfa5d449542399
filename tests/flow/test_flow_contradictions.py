"""A file that says a thing in two ways: said aloud, and the stricter counts."""

from pathlib import Path

import pytest

from lockgate.flow.file import parse_flow
from lockgate.flow.reconcile import CountedPersons, reconcile_values


def request(text):
    """Return a flow with some keys."""
    return parse_flow(f'data.source = "x.csv"\n{text}', "flow.toml", Path())


@pytest.mark.parametrize(
    ("text", "fact", "taken"),
    [
        (
            "holder.persons_held = 600\nholder.exported_this_year.ordinary = 700",
            "holder.persons_held",
            600,
        ),
        (
            "means.by = 'copy'\nmeans.raw_leaves_holder = false\nrecipient.as = 'entrusted-party'",
            "means.raw_leaves_holder",
            True,
        ),
        (
            "authority.instrument = 'court-order'\nrecipient.as = 'independent-controller'",
            "authority.instrument",
            "court-order",
        ),
        ("data.subjects_in = []\ndata.persons = 5", "data.subjects_in", None),
    ],
)
def test_what_a_file_says_in_two_ways_is_said_aloud_and_the_stricter_counts(text, fact, taken):
    values, differences = reconcile_values(request(text), None)
    assert [item.fact for item in differences] == [fact]
    assert values.get(fact) == taken


def test_a_query_that_keeps_raw_rows_at_home_contradicts_nothing():
    text = "means.by = 'query'\nmeans.raw_leaves_holder = false\nrecipient.as = 'independent-controller'"
    values, differences = reconcile_values(request(text), None)
    assert (values["means.raw_leaves_holder"], differences) == (False, ())


def test_no_persons_in_the_file_yields_to_the_persons_counted():
    values, differences = reconcile_values(request("data.persons = 0"), CountedPersons(3, 3, None))
    assert values["data.persons"] == 3
    assert [(item.said, item.found, item.taken) for item in differences] == [("0", "3", "3")]
