"""The frontier of a flow: its plan tried in many settings, so that a person can choose between risk and loss.

1. Take the measures that the holder takes in any case, and those of the first route that makes classes.
2. Ask what the technical duties need (`lockgate.protect.planning`), and which columns are concerned.
3. Fold the rows once, as they would be when classes are made.
4. Try the settings (`lockgate.protect.frontier`).

Nothing is written and nothing is released.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyarrow as pa

from lockgate.classify.text import identifier_spans
from lockgate.decide.routes import Abilities, class_size
from lockgate.flow.deciding import Decided
from lockgate.flow.passes import Passes
from lockgate.flow.population import find_population
from lockgate.flow.protection import make_plan, read_hierarchies, solve_protection
from lockgate.flow.scanning import ScanMeans
from lockgate.protect import combinations
from lockgate.protect.catalogue import TECHNIQUES
from lockgate.protect.frontier import Trial, find_frontier, guessed_before
from lockgate.protect.hierarchies.catalogue import build_hierarchy
from lockgate.protect.pipeline import Means, make_protection
from lockgate.protect.planning import AtHand, cell_steps, needs_of, settings
from lockgate.protect.search import Search
from lockgate.protect.sensitive_values import sensitive_columns
from lockgate.tables.row_source import Source
from lockgate.tables.spill import Spill
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole
from lockgate.terms.duty import DutyKind
from lockgate.terms.errors import InputError
from lockgate.terms.facts import Facts
from lockgate.terms.frontier import Frontier
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.measure import Measure, MeasureKind, change_facts, in_order
from lockgate.terms.privacy_model import DeltaPresence, KAnonymity, KMap, PrivacyModel
from lockgate.terms.protected import Plan

_CLASSES = (MeasureKind.K_ANONYMISE, MeasureKind.AGGREGATE)
_SIZES = ("class_size_public", "class_size_agreement", "class_size_enclave")
_QUICK = 200_000
"""The most distinct combinations with which a try is quick."""

_MOST_VALUES = 1_000
"""The most values of a sensitive column that is looked at: beyond, hardly two rows agree."""


def measure_frontier(decided: Decided, means: ScanMeans, steps: tuple[Measure, ...] | None = None) -> Frontier:
    """Return risk against loss of a flow's plan, in many settings.

    Args:
        decided: The flow as it was decided.
        means: Laws, day, key of persons, folder, progress.
        steps: Measures of the route that is taken; None for those of the first route that makes classes.

    Raises:
        InputError: If the flow has no data, no column tells persons apart, or a hierarchy does not cover a value.
    """
    if decided.source is None:
        raise InputError("a frontier needs data, and the flow file names none", "name them in data.source")
    route = _steps(decided) if steps is None else steps  # 1
    facts = _changed(decided.facts, route)
    size = max((step.amount for step in route if step.kind in _CLASSES), default=0) or class_size(
        facts, means.laws, Abilities(frozenset(TECHNIQUES), decided.request.wish.k)
    )
    technical = [duty.id for duty in decided.decision.duties if duty.kind is DutyKind.TECHNICAL]
    needs = needs_of(technical, size)  # 2
    cells = cell_steps(needs, facts.columns, TECHNIQUES)
    every = in_order((*route, *cells))
    plan = make_plan(every, decided.facts, decided.request.wish, {})
    if not plan.quasi_identifiers:
        raise InputError("no column tells persons apart, so there is no risk to weigh", "name columns of that role")
    models = tuple(model for model in plan.models if not isinstance(model, KAnonymity))
    sensitive = tuple(dict.fromkeys((*_sensitive(decided, facts), *sensitive_columns(models))))
    table = _folded(decided, decided.source, plan, sensitive, means)  # 3
    hierarchies = _hierarchies(decided, plan.quasi_identifiers, table)
    trial = Trial(
        plan.quasi_identifiers,
        sensitive,
        hierarchies,
        plan.suppression_limit,
        needs,
        _generalised(every),
        _population(decided, decided.source, plan, means) if _speaks_of_population(models) else None,
    )
    at_hand = AtHand(
        plan.quasi_identifiers,
        frozenset(hierarchies),
        sensitive=tuple(name for name in sensitive if _has_two_values(table, name)),
        models=models,
        searches=tuple(Search),
        is_quick=table.num_rows <= _QUICK,
    )
    named = (means.laws.number(name, means.as_of) for name in _SIZES)
    tried = settings(needs, [number.least for number in named if number], at_hand)
    means.progress.step("weighing risk against loss")
    points = find_frontier(table, tried, trial)  # 4
    return Frontier(
        needs=needs,
        cells=tuple(step for step in every if step.kind not in _CLASSES),
        quasi_identifiers=plan.quasi_identifiers,
        sensitive=sensitive,
        guessed_before=guessed_before(table, sensitive),
        persons=combinations.persons_of(table),
        points=points,
    )


def _speaks_of_population(models: Iterable[PrivacyModel]) -> bool:
    return any(isinstance(model, KMap | DeltaPresence) for model in models)


def _population(decided: Decided, source: Source, plan: Plan, means: ScanMeans) -> pa.Table | None:
    """Return the population that models speak of, folded like the rows; None where the flow file names none."""
    given = (means.key, means.folder, means.progress)
    population = find_population(decided.request.wish.population, source, decided.subject_key, plan, given)
    if population is None:
        return None
    classes = Measure(MeasureKind.K_ANONYMISE, plan.quasi_identifiers, 1)
    steps = in_order((*(step for step in plan.steps if step.kind not in _CLASSES), classes))
    tools = Means(means.key, 1, identifier_spans, {}, {}, persons_repeat=bool(decided.subject_key))
    return population.fold_for(make_protection(replace(plan, steps=steps), source.schema, tools))


def _steps(decided: Decided) -> tuple[Measure, ...]:
    """Return the measures of the flow file, with those of the first route that makes classes."""
    wished = decided.wished
    if any(step.kind is MeasureKind.K_ANONYMISE for step in wished):
        return wished
    making = (route for route in decided.decision.routes if MeasureKind.K_ANONYMISE in {s.kind for s in route.steps})
    route = next(making, None)
    return in_order((*wished, *route.steps)) if route else wished


def _changed(facts: Facts, steps: tuple[Measure, ...]) -> Facts:
    for step in steps:
        facts = change_facts(facts, step)
    return facts


def _sensitive(decided: Decided, facts: Facts) -> tuple[str, ...]:
    """Return the sensitive columns of few values that the copy would still have."""
    distinct = {}
    if decided.classification is not None:
        rows = decided.classification.rows
        distinct = {item.name: item.evidence.get("distinct", 1.0) * rows for item in decided.classification.columns}
    return tuple(
        column.name
        for column in facts.columns
        if column.role is ColumnRole.SENSITIVE
        and column.category is not Category.FREE_TEXT
        and distinct.get(column.name, 0.0) <= _MOST_VALUES
    )


def _folded(decided: Decided, source: Source, plan: Plan, sensitive: tuple[str, ...], means: ScanMeans) -> pa.Table:
    """Return the rows folded as they would be when classes are made; columns that play no part are left out first."""
    needed = tuple(dict.fromkeys((*plan.quasi_identifiers, *sensitive)))
    others = tuple(name for name in source.schema.names if name not in needed)
    before = [step for step in plan.steps if step.kind not in (*_CLASSES, MeasureKind.DROP)]
    steps = in_order((*before, Measure(MeasureKind.DROP, others))) if others else tuple(before)
    persons_repeat = bool(decided.subject_key)
    tools = Means(
        key=means.key,
        key_version=1,
        find_spans=identifier_spans,
        hierarchies={},
        domains={},
        persons_repeat=persons_repeat,
    )
    batches = Passes(source, decided.subject_key, means.key)
    means.progress.step("counting combinations")
    prepared = solve_protection(source, replace(plan, steps=steps, k=0), tools, batches, means.folder, means.progress)
    keys = combinations.key_names(needed, by_person=persons_repeat)
    with Spill(means.folder, keys, [combinations.WEIGHT]) as spill:
        for batch, persons in batches():
            rows, place = prepared.map_with_rows(batch, persons)
            spill.add(combinations.fold(rows, needed, persons[place] if persons_repeat else None))
            means.progress.rows(batch.num_rows)
        return spill.table()


def _hierarchies(decided: Decided, columns: tuple[str, ...], table: pa.Table) -> Mapping[str, Hierarchy]:
    """Return the hierarchies that the flow file names: of its folder, or built from the values."""
    wish = decided.request.wish
    found = dict(read_hierarchies(wish.hierarchies, columns))
    for column, name in wish.builtin_hierarchies.items():
        if column in columns:
            (key,) = combinations.key_names([column], by_person=False)
            rows = table.group_by([key]).aggregate([(combinations.WEIGHT, "sum")]).to_pydict()
            pairs = zip(rows[key], rows[f"{combinations.WEIGHT}_sum"], strict=True)
            counts = {value: count for value, count in pairs if value is not None}
            if counts:
                found[column] = build_hierarchy(name, column, counts)
    return found


def _has_two_values(table: pa.Table, column: str) -> bool:
    (key,) = combinations.key_names([column], by_person=False)
    return len(table[key].unique()) > 1


def _generalised(steps: tuple[Measure, ...]) -> frozenset[str]:
    return frozenset(name for step in steps if step.kind is MeasureKind.GENERALISE for name in step.columns)
