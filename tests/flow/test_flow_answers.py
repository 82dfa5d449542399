"""Answers to questions end up in the flow file as facts, and nowhere else."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from lockgate.flow.answers import parse_answer, with_answer
from lockgate.flow.file import parse_flow
from lockgate.terms.errors import InputError
from lockgate.terms.lists import PARTY_ROLES

FLOW = """# my flow
title = "Export"

[data.columns.name]
category = "name"

[holder]  # the shop
in = "CN"
exported_this_year = { ordinary = 40_000 }
"""
TODAY = date(2026, 11, 21)


def answered(text, fact, given, role=""):
    text = with_answer(text, fact, parse_answer(fact, role, given, TODAY))
    return text, parse_flow(text, "flow.toml", Path())


def test_an_answer_becomes_a_fact_and_comments_stay():
    text, request = answered(FLOW, "holder.persons_held", "2,000,000")
    assert request.values["holder.persons_held"] == 2_000_000
    assert "# my flow" in text
    assert "# the shop" in text


def test_an_answer_in_an_inline_table_joins_it():
    _, request = answered(FLOW, "holder.exported_this_year.sensitive", "300")
    assert request.values["holder.exported_this_year.sensitive"] == 300
    assert request.values["holder.exported_this_year.ordinary"] == 40_000


def test_a_table_that_is_not_there_is_made():
    _, request = answered(FLOW, "purpose.use", "train-ai")
    assert request.values["purpose.use"] == "train-ai"


def test_an_answer_replaces_what_the_table_said():
    text, request = answered(
        FLOW + '\n[authority]\npapers = "" # none yet\ninstrument = "court-order"\n', "authority.papers", "ref 7"
    )
    assert request.values["authority.papers"] == "ref 7"
    assert request.values["authority.instrument"] == "court-order"
    assert "none yet" not in text


def test_no_to_one_role_leaves_every_other_role_unknown():
    text, request = answered(FLOW, "holder.roles", "no", role="critical-infrastructure-operator")
    assert request.values["holder.roles"] == ()
    assert set(request.roles_unknown["holder"]) == set(PARTY_ROLES) - {"critical-infrastructure-operator"}
    text, request = answered(text, "holder.roles", "yes", role="lender")
    assert request.values["holder.roles"] == ("lender",)
    assert "lender" not in request.roles_unknown["holder"]
    assert tomllib.loads(text)["holder"]["in"] == "CN"


def test_a_proof_is_answered_with_a_date():
    for given, done in (("2026-10-01", date(2026, 10, 1)), ("today", TODAY)):
        _, request = answered(FLOW, "safeguards.notice", given)
        assert request.safeguards["notice"].done == {"on": done}
    _, request = answered(FLOW, "safeguards.notice", "no")
    assert request.safeguards["notice"].denied


def test_a_tristate_is_answered_with_yes_or_no():
    _, request = answered(FLOW, "data.important", "no")
    assert request.values["data.important"] is False


@pytest.mark.parametrize(
    ("fact", "given"),
    [
        ("holder.persons_held", "many"),
        ("purpose.use", "fun"),
        ("data.important", "perhaps"),
        ("safeguards.notice", "soon"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused(fact, given):
    with pytest.raises(InputError):
        parse_answer(fact, "", given, TODAY)
