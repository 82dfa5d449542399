"""Errors: one tree, each with its exit code, its HTTP status and a hint."""

import inspect
import re

import pytest

from lockgate.terms import errors
from lockgate.terms.errors import InputError, LockgateError, VerificationFailed

EXITS = {
    "LockgateError": (1, 500),
    "InputError": (2, 422),
    "LawDataError": (3, 500),
    "ReleaseRefused": (4, 403),
    "VerificationFailed": (4, 403),
    "Undecided": (5, 409),
    "EvidenceError": (6, 500),
    "CounterpartyError": (7, 502),
}


def tree():
    """Return the classes of the tree by name."""
    return {
        name: found
        for name, found in vars(errors).items()
        if inspect.isclass(found) and found.__module__ == errors.__name__
    }


def test_every_error_has_the_exit_code_and_the_status_of_the_table():
    assert {name: (found.exit_code, found.http_status) for name, found in tree().items()} == EXITS


def test_every_error_stands_in_the_one_tree():
    assert all(issubclass(found, LockgateError) for found in tree().values())


def test_the_tree_drawn_in_the_docstring_is_the_tree():
    rows = re.findall(r"(\w+) +exit (\d)", errors.__doc__)
    drawn = {name: int(code) for name, code in rows}
    assert drawn == {name: code for name, (code, _) in EXITS.items()}


def test_an_error_says_what_to_do_next():
    error = InputError("expected a table", "write [data]")
    assert (str(error), error.hint) == ("expected a table", "write [data]")
    assert LockgateError("no space").hint == ""


def test_a_failed_verification_carries_both_figures():
    error = VerificationFailed("k is too small", measured=3, required=21)
    assert (error.measured, error.required) == (3, 21)


@pytest.mark.parametrize("name", EXITS)
def test_every_error_is_explained(name):
    assert inspect.getdoc(tree()[name])
