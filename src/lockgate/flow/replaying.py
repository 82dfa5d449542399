"""A recorded decision, made again from the recorded facts; and what differs where the law data are others by now.

Under the same law stamp everything must be the same. Under another one the decision is made again by the law of the
recorded day, as the installed data hold it: versions are dated, so that later ones do not matter. Then the outcome and
the duties that the flow waits for must be the same; whatever else differs is said.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from lockgate.decide.decision import decide_as_it_stands
from lockgate.evidence.step import Repetition
from lockgate.laws.body import Laws
from lockgate.laws.state import differing_laws
from lockgate.terms.facts import Facts, parse_facts
from lockgate.terms.rendering import as_json

_COMPARED = ("effect", "duties", "missing", "lifts", "lifted_by", "reason", "in_force", "confidence")


def replay(statement: Mapping[str, Any], laws: Laws, today: date | None = None) -> Repetition:
    """Return how the recorded decision stands against the one made again of the recorded facts.

    Args:
        statement: Of a release or a refusal.
        laws: The installed law.
        today: A day whose law is asked too; None for no other than the recorded day.
    """
    recorded, facts = statement["decision"], parse_facts(statement["facts"])
    again = as_json(decide_as_it_stands(facts, laws))
    if recorded["laws"] == laws.stamp:
        against = tuple(
            f"`{member}` differs"
            for member in sorted(again)
            if member != "routes" and again[member] != recorded.get(member)
        )
        said = "decided again from the recorded facts, under the same law data: the same"
        return Repetition(said, against, _today(recorded, facts, laws, today))
    notes = [*_findings(recorded, again), *_law_data(statement, laws, facts.as_of)]
    against = (*_outcome(recorded, again), *_duties(recorded, again))
    which = f"law data {recorded['laws']} then, {laws.stamp} here"
    if against:
        against = (f"the installed law decides otherwise ({which})", *against)
    said = f"decided again by the law of {facts.as_of}: the same outcome and duties ({which})"
    return Repetition(said, against, (*notes, *_today(recorded, facts, laws, today)))


def _outcome(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    if before["outcome"] == after["outcome"]:
        return ()
    return (f"outcome was {before['outcome']}, is {after['outcome']}",)


def _duties(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the duties that the flow waits for, where they or whether they are met differ."""
    then, now = ({duty["id"]: duty["met"] for duty in item["duties"] if duty["gates"]} for item in (before, after))
    return tuple(
        f"duty {name}: was {_met(then, name)}, is {_met(now, name)}"
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name)
    )


def _met(duties: Mapping[str, str], name: str) -> str:
    return {"yes": "met", "no": "open", "unknown": "not shown"}.get(duties.get(name, ""), "not asked for")


def _findings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the articles that say something else, those whose effect changed first."""
    then, now = (
        {f"{item['instrument']} {item['article']}": item for item in part["findings"]} for part in (before, after)
    )
    effects, others = [], []
    for citation in sorted(then.keys() | now.keys()):
        old, new = then.get(citation), now.get(citation)
        was, is_ = (item["effect"] if item else "not coded" for item in (old, new))
        if was != is_:
            effects.append(f"{citation}: was {was}, is {is_}")
        elif old and new:
            members = [name for name in _COMPARED if old.get(name) != new.get(name)]
            others += [f"{citation}: another {', '.join(members)}"] if members else []
    return effects + others


def _law_data(statement: Mapping[str, Any], laws: Laws, day: date) -> tuple[str, ...]:
    if "law" not in statement:  # of before they were recorded
        return ()
    return differing_laws(statement["law"], laws, day)


def _today(recorded: Mapping[str, Any], facts: Facts, laws: Laws, today: date | None) -> tuple[str, ...]:
    """Return how the law of today differs in what counts: the same flow might no longer go."""
    if today is None or today <= facts.as_of:
        return ()
    now = as_json(decide_as_it_stands(replace(facts, as_of=today), laws))
    differs = (*_outcome(recorded, now), *_duties(recorded, now))
    return tuple(f"by the law of {today}: {item}" for item in differs)
