"""The public decision: the flow as it stands, with the lawful ways through."""

from dataclasses import replace

from lockgate.decide.decision import decide_as_it_stands
from lockgate.decide.routes import Abilities, find_routes
from lockgate.laws.body import Laws
from lockgate.terms.decision import Decision
from lockgate.terms.facts import Facts


def decide(facts: Facts, laws: Laws, abilities: Abilities) -> Decision:
    """Return what the law of the day says of a flow, and the lawful ways through.

    Args:
        facts: The facts of the flow, reconciled.
        laws: The coded instruments.
        abilities: What can really be done to a copy.
    """
    return replace(decide_as_it_stands(facts, laws), routes=find_routes(facts, laws, abilities))
