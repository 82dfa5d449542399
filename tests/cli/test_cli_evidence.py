"""The family of `lockgate evidence`: its commands are found, and the words that all commands share stand anywhere."""

from collections.abc import Callable
from typing import Any

import pytest

from lockgate.cli.evidence import COMMANDS

AFFECTED = ("--by", "recipient", "Acme Korea")


def test_every_command_of_the_family_stands_in_its_help(lockgate: Callable[..., Any]):
    said = lockgate("evidence", "--help").out
    assert [name for name in COMMANDS if f"    {name}" not in said] == []


@pytest.mark.parametrize("before", [True, False])
def test_json_and_home_are_understood_before_and_behind_the_name_of_a_command(
    before: bool,
    lockgate: Callable[..., Any],
):
    assert lockgate("release", "flow.toml", "--out", "out", "--home", "elsewhere").code == 0
    shared = ("--json", "--home", "elsewhere")
    words = (*shared, "affected", *AFFECTED) if before else ("affected", *AFFECTED, *shared)
    answer = lockgate("evidence", *words)
    assert (answer.code, answer.document["releases"]) == (0, 1)


def test_affected_is_the_same_within_the_family_and_alone(lockgate: Callable[..., Any]):
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    alone, within = lockgate("affected", *AFFECTED), lockgate("evidence", "affected", *AFFECTED)
    assert alone.code == 0
    assert alone == within
