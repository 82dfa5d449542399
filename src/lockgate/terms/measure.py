"""Measures: what can be done to a copy, with their parameters and the facts that they change.

Measures are the vocabulary that `decide` (which routes re-decide) and `protect` (which technique carries it out)
share without knowing each other. A change of facts stands here once, so that a route never claims more than the
technique brings about.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.facts import ColumnFacts, Facts


class MeasureKind(StrEnum):
    """What can be done to a copy, or arranged with its recipient."""

    ENTRUST = "entrust"
    KEEP_IN_COUNTRY = "keep-in-country"
    DROP = "drop"
    PSEUDONYMISE = "pseudonymise"
    REDACT = "redact"
    GENERALISE = "generalise"
    K_ANONYMISE = "k-anonymise"
    AGGREGATE = "aggregate"
    FEWER_PERSONS = "fewer-persons"
    MASK = "mask"
    ENCRYPT = "encrypt"
    TOKENISE = "tokenise"
    SHIFT_DATES = "shift-dates"
    ROUND = "round"
    BUCKET = "bucket"
    ADD_NOISE = "add-noise"
    MICROAGGREGATE = "microaggregate"
    COARSEN_PLACE = "coarsen-place"
    MOVE_PLACE = "move-place"
    HIDE_STAYS = "hide-stays"
    THIN_TRACK = "thin-track"
    CROWD_PLACE = "crowd-place"
    SWAP = "swap"
    STATISTICS = "statistics"
    SYNTHESISE = "synthesise"


@dataclass(frozen=True, slots=True)
class Measure:
    """One step of a route.

    Attributes:
        kind: What is done.
        columns: The columns it is done to, in the order of the source; empty for `fewer-persons` and arrangements.
        amount: k for `k-anonymise` and `aggregate`; the number of persons kept for `fewer-persons`; the width of
            intervals for `generalise`; 0 for the others.
        parameters: Further parameters of the technique by name, both as text, in the order of the names; decimals
            are written out, so that nothing is rounded on the way into a statement.
    """

    kind: MeasureKind
    columns: tuple[str, ...] = ()
    amount: int = 0
    parameters: tuple[tuple[str, str], ...] = ()

    def parameter(self, name: str, otherwise: str = "") -> str:
        """Return a parameter's text."""
        return dict(self.parameters).get(name, otherwise)

    def as_json(self) -> dict[str, object]:
        """Return the step as a JSON object; empty members are left out."""
        step: dict[str, object] = {"measure": self.kind.value}
        if self.columns:
            step["columns"] = list(self.columns)
        if self.amount:
            step["amount"] = self.amount
        if self.parameters:
            step["parameters"] = dict(self.parameters)
        return step


def in_order(steps: Iterable[Measure]) -> tuple[Measure, ...]:
    """Return steps in the order of a protection, whatever the order they were wished in.

    Steps of a kind without amounts and parameters become one; what is left out is named by no other step.

    >>> drop, classes = Measure(MeasureKind.DROP, ("b",)), Measure(MeasureKind.K_ANONYMISE, ("a", "b"), 5)
    >>> in_order([classes, drop])[1].columns
    ('a',)
    """
    given = list(steps)
    gone = {name for step in given if step.kind is MeasureKind.DROP for name in step.columns}
    ordered: list[Measure] = []
    for kind in ORDER:
        of_kind = [step for step in given if step.kind is kind]
        kept = [step if kind is MeasureKind.DROP else replace(step, columns=_without(step, gone)) for step in of_kind]
        if kept and not any(step.amount or step.parameters for step in kept):
            kept = [Measure(kind, tuple(dict.fromkeys(name for step in kept for name in step.columns)))]
        ordered += [step for step in kept if step.columns or kind in _WITHOUT_COLUMNS]
    return tuple(ordered)


ARRANGEMENTS = (MeasureKind.ENTRUST, MeasureKind.KEEP_IN_COUNTRY)
"""What the parties arrange instead of a technique: who takes a route with one declares that it is so."""

_WITHOUT_COLUMNS = frozenset({MeasureKind.FEWER_PERSONS, MeasureKind.STATISTICS, *ARRANGEMENTS})

ORDER = (
    *ARRANGEMENTS,
    MeasureKind.FEWER_PERSONS,
    MeasureKind.DROP,
    MeasureKind.REDACT,
    MeasureKind.PSEUDONYMISE,
    MeasureKind.ENCRYPT,
    MeasureKind.TOKENISE,
    MeasureKind.MASK,
    MeasureKind.SHIFT_DATES,
    MeasureKind.HIDE_STAYS,
    MeasureKind.THIN_TRACK,
    MeasureKind.CROWD_PLACE,
    MeasureKind.COARSEN_PLACE,
    MeasureKind.MOVE_PLACE,
    MeasureKind.ROUND,
    MeasureKind.BUCKET,
    MeasureKind.ADD_NOISE,
    MeasureKind.MICROAGGREGATE,
    MeasureKind.SWAP,
    MeasureKind.GENERALISE,
    MeasureKind.K_ANONYMISE,
    MeasureKind.AGGREGATE,
    MeasureKind.STATISTICS,
    MeasureKind.SYNTHESISE,
)
"""The order of a protection."""


def _without(step: Measure, gone: set[str]) -> tuple[str, ...]:
    return tuple(name for name in step.columns if name not in gone)


def parse_measure(step: Mapping[str, object]) -> Measure:
    """Return the measure that `Measure.as_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: If the object was not written by `Measure.as_json`.
    """
    columns, amount, parameters = step.get("columns", []), step.get("amount", 0), step.get("parameters", {})
    if not isinstance(columns, list) or not isinstance(amount, int) or not isinstance(parameters, dict):
        raise TypeError("expected columns as an array, amount as a number and parameters as an object")
    texts = tuple(sorted((str(name), str(value)) for name, value in parameters.items()))
    return Measure(MeasureKind(str(step["measure"])), tuple(map(str, columns)), amount, texts)


def change_facts(facts: Facts, measure: Measure) -> Facts:
    """Return the facts of the flow once the measure has been carried out.

    Args:
        facts: The facts before.
        measure: The step; its columns must be columns of the facts.
    """
    return _CHANGES[measure.kind](facts, measure)


def _entrust(facts: Facts, _measure: Measure) -> Facts:
    """The recipient acts for the holder and on its instructions only, on a contract that is a duty of its own."""
    return facts.with_values(recipient__as="entrusted-party", means__by="entrust")


def _keep_in_country(facts: Facts, _measure: Measure) -> Facts:
    """A body of the recipient in the holder's country works on the data; nobody abroad has access."""
    place = facts.values.get("holder.in")
    return facts if place is None else facts.with_values(recipient__in=place)


def _drop(facts: Facts, measure: Measure) -> Facts:
    kept = tuple(column for column in facts.columns if column.name not in measure.columns)
    return _recount(facts, kept)


def _treat(treatment: Treatment) -> Callable[[Facts, Measure], Facts]:
    def change(facts: Facts, measure: Measure) -> Facts:
        chosen = set(measure.columns)
        columns = tuple(
            replace(column, treatment=treatment) if column.name in chosen else column for column in facts.columns
        )
        return replace(facts, columns=columns, k=measure.amount if measure.kind is MeasureKind.K_ANONYMISE else facts.k)

    return change


def _unchanged(facts: Facts, _measure: Measure) -> Facts:
    """Fewer points of a track: what is left is still where somebody was, so that no fact is another."""
    return facts


def _aggregate(facts: Facts, measure: Measure) -> Facts:
    """Counts replace rows: the grouping columns stay, all others go, and one column of counts comes."""
    grouped = tuple(
        replace(
            column,
            category=Category.AGGREGATE,
            role=ColumnRole.ORDINARY,
            treatment=Treatment.AGGREGATED,
            sensitive_in=(),
        )
        for column in facts.columns
        if column.name in measure.columns
    )
    return replace(_recount(facts, grouped), k=measure.amount)


def _synthesise(facts: Facts, measure: Measure) -> Facts:
    """Made-up rows replace rows: the columns asked for stay, all others go.

    They count as generalised and no more: whether made-up rows are about anybody, no coded law says.
    """
    kept = replace(facts, columns=tuple(column for column in facts.columns if column.name in measure.columns))
    return _recount(facts, _treat(Treatment.GENERALISED)(kept, measure).columns)


def _fewer(facts: Facts, measure: Measure) -> Facts:
    persons = facts.values.get("data.persons")
    kept = min(persons, measure.amount) if isinstance(persons, int) else measure.amount
    changed = facts.with_values(data__persons=kept)
    sensitive = facts.values.get("data.sensitive_persons")
    if isinstance(sensitive, int):
        changed = changed.with_values(data__sensitive_persons=min(sensitive, kept))
    return changed


def _recount(facts: Facts, columns: tuple[ColumnFacts, ...]) -> Facts:
    """Without a sensitive column nobody's sensitive data move; a child's data stay sensitive whatever the column."""
    changed = replace(facts, columns=columns)
    youngest = facts.values.get("data.min_age")
    grown = isinstance(youngest, int) and youngest >= _ADULT_AGE
    if not any(column.is_personal for column in columns):
        return changed.with_values(data__sensitive_persons=0, data__persons=0)
    if grown and not any(column.sensitive_in for column in columns if column.is_personal):
        return changed.with_values(data__sensitive_persons=0)
    return changed


_ADULT_AGE = 18
"""Above every age below which a coded law calls all data of a child sensitive; errs on the strict side."""

_CHANGES: Mapping[MeasureKind, Callable[[Facts, Measure], Facts]] = MappingProxyType(
    {
        MeasureKind.ENTRUST: _entrust,
        MeasureKind.KEEP_IN_COUNTRY: _keep_in_country,
        MeasureKind.DROP: _drop,
        MeasureKind.PSEUDONYMISE: _treat(Treatment.PSEUDONYMISED),
        MeasureKind.REDACT: _treat(Treatment.REDACTED),
        MeasureKind.GENERALISE: _treat(Treatment.GENERALISED),
        MeasureKind.K_ANONYMISE: _treat(Treatment.GENERALISED),
        MeasureKind.AGGREGATE: _aggregate,
        MeasureKind.FEWER_PERSONS: _fewer,
        MeasureKind.MASK: _treat(Treatment.GENERALISED),
        MeasureKind.ENCRYPT: _treat(Treatment.PSEUDONYMISED),
        MeasureKind.TOKENISE: _treat(Treatment.PSEUDONYMISED),
        MeasureKind.SHIFT_DATES: _treat(Treatment.GENERALISED),
        MeasureKind.ROUND: _treat(Treatment.GENERALISED),
        MeasureKind.BUCKET: _treat(Treatment.GENERALISED),
        MeasureKind.ADD_NOISE: _treat(Treatment.GENERALISED),
        MeasureKind.MICROAGGREGATE: _treat(Treatment.GENERALISED),
        MeasureKind.COARSEN_PLACE: _treat(Treatment.GENERALISED),
        MeasureKind.MOVE_PLACE: _treat(Treatment.GENERALISED),
        MeasureKind.HIDE_STAYS: _unchanged,
        MeasureKind.THIN_TRACK: _unchanged,
        MeasureKind.CROWD_PLACE: _treat(Treatment.GENERALISED),
        MeasureKind.SWAP: _treat(Treatment.GENERALISED),
        MeasureKind.STATISTICS: _aggregate,
        MeasureKind.SYNTHESISE: _synthesise,
    }
)
