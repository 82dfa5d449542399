"""The setting of least loss, chosen by the program where the flow file leaves the choice to it.

1. What the technical duties of the decision ask for becomes measures: identifiers are replaced, cut out or dropped.
2. Where a duty or the flow file asks for classes, the settings of the frontier are tried on the data, and of those that
   are enough the one of least loss is taken. No column is left out for it: that is a person's choice.
3. The law is asked again about the flow as these measures change it.

The figures are those of a plan: the copy is measured like any other, and the statement says what was chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lockgate.decide.decision import decide_as_it_stands
from lockgate.flow.deciding import Decided
from lockgate.flow.frontier import measure_frontier
from lockgate.flow.scanning import ScanMeans
from lockgate.protect.catalogue import TECHNIQUES
from lockgate.protect.planning import cell_steps, needs_of
from lockgate.terms.decision import Decision
from lockgate.terms.duty import DutyKind
from lockgate.terms.facts import Facts
from lockgate.terms.flow_request import ProtectionWish
from lockgate.terms.frontier import Frontier, Point
from lockgate.terms.measure import Measure, MeasureKind, change_facts, in_order
from lockgate.terms.permit import Refusal
from lockgate.terms.privacy_model import KAnonymity
from lockgate.terms.rendering import as_json

LEAST_LOSS = "least-loss"

_ASK_FOR_CLASSES = frozenset({"verified-k", "verified-anonymity"})
_NO_ROWS = frozenset({MeasureKind.AGGREGATE, MeasureKind.STATISTICS, MeasureKind.SYNTHESISE})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A flow with what the program chose for it.

    Attributes:
        wish: Of the flow file, with search, labels and models that were chosen.
        steps: All measures.
        facts: As the measures change them.
        decision: On those facts.
    """

    wish: ProtectionWish
    steps: tuple[Measure, ...]
    facts: Facts
    decision: Decision


def choose_setting(
    decided: Decided, steps: tuple[Measure, ...], facts: Facts, means: ScanMeans
) -> Chosen | Refusal | None:
    """Return what is chosen for a flow; why nothing can be; or None where nothing is left to choose.

    Args:
        decided: The flow as it was decided.
        steps: Measures of the route that is taken.
        facts: As they change them.
        means: Laws, day, key of persons, folder, progress.

    Raises:
        InputError: If a hierarchy does not cover a value.
    """
    wish = decided.request.wish
    if wish.choose != LEAST_LOSS or any(step.kind in _NO_ROWS for step in steps):
        return None
    duties = [duty.id for duty in decided.decision.duties if duty.kind is DutyKind.TECHNICAL]
    classes = next((step for step in steps if step.kind is MeasureKind.K_ANONYMISE), None)
    needs = needs_of(duties, classes.amount if classes else 0)
    added = cell_steps(needs, facts.columns, TECHNIQUES)  # 1
    if classes is None and not _ASK_FOR_CLASSES & {*duties}:
        told = {"rule": LEAST_LOSS, "because": list(needs.because), "tried": 0}
        return _with(decided, (steps, added), wish, means, told)
    frontier = measure_frontier(decided, means, steps)  # 2
    point = _least(frontier)
    if point is None:
        reason = (
            f"of {len(frontier.points)} settings that were tried none leaves {frontier.needs.k} persons who look alike"
        )
        return Refusal("verification-failed", (f"{LEAST_LOSS}: {reason} within the limit of suppression",))
    setting = point.setting
    made = Measure(MeasureKind.K_ANONYMISE, frontier.quasi_identifiers, setting.k)
    kept = tuple(step for step in steps if step is not classes)
    sizes = tuple(model for model in wish.models if isinstance(model, KAnonymity))
    chosen = replace(wish, search=setting.search, labels=setting.labels, models=(*sizes, *setting.models))
    return _with(decided, (kept, (*added, made)), chosen, means, _told(frontier, point))


def _least(frontier: Frontier) -> Point | None:
    """Return the point of least loss that is enough and leaves no column out; the least risk where losses are equal."""
    enough = [point for point in frontier.points if point.is_enough and not point.setting.left_out]
    return min(enough, key=lambda point: (round(point.loss, 9), point.highest_risk), default=None)


def _told(frontier: Frontier, point: Point) -> Mapping[str, object]:
    return {
        "rule": LEAST_LOSS,
        "because": list(frontier.needs.because),
        "needs_k": frontier.needs.k,
        "tried": len(frontier.points),
        "setting": as_json(point.setting),
        "expected_loss": round(point.loss, 9),
    }


def _with(
    decided: Decided,
    steps: tuple[tuple[Measure, ...], tuple[Measure, ...]],
    wish: ProtectionWish,
    means: ScanMeans,
    told: Mapping[str, object],
) -> Chosen:
    """Return the flow with the measures that were chosen, decided again."""  # 3
    together = in_order((*steps[0], *steps[1]))
    facts = decided.facts
    for step in together:
        facts = change_facts(facts, step)
    decision = replace(decide_as_it_stands(facts, means.laws), routes=decided.decision.routes)
    return Chosen(replace(wish, chosen=told), together, facts, decision)
