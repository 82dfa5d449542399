"""`lockgate measure FILE --quasi A,B`: the privacy models and the risk of any table, as it stands."""

import argparse
from typing import Any

from rich.markup import escape
from rich.table import Table

from lockgate.cli import delimiter
from lockgate.cli.option_values import whole_number
from lockgate.cli.progress import watch
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.measuring import Measured, Question, measure_table
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.rendering import as_json
from lockgate.verify.classes import Rules
from lockgate.verify.individual_risk import SurveySample
from lockgate.verify.models import SensitiveFigures
from lockgate.verify.risk import THRESHOLD

HELP = "measure k, l, t and the risk of any table, as it stands"

_SHOWN = 12
"""Subsets of columns that people are shown; --json has all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("source", metavar="FILE", help="a table: a file, a folder, or sqlite:///path")
    parser.add_argument("--table", default="", help="table of a database")
    parser.add_argument("--query", default="", help="query of a database")
    delimiter.add_argument(parser)
    parser.add_argument(
        "--quasi", metavar="A,B", type=_names, default=(), help="the columns that tell persons apart together"
    )
    parser.add_argument("--sensitive", metavar="C,D", type=_names, default=(), help="the columns nobody should learn")
    parser.add_argument("--person", metavar="COLUMN", default="", help="count persons by this column, not rows")
    parser.add_argument(
        "--suppressed", choices=("excluded", "counted"), default="excluded", help="rows that read * everywhere"
    )
    parser.add_argument(
        "--missing", choices=("own-value", "excluded"), default="own-value", help="missing cells, or their rows"
    )
    parser.add_argument(
        "--others-known", action="store_true", help="who asks for one sensitive column knows the others"
    )
    parser.add_argument("--labelled", metavar="A,B", type=_names, default=(), help="columns whose cells are labels")
    parser.add_argument("--hierarchies", metavar="DIR", default="", help="hierarchies of columns: NAME.csv")
    parser.add_argument("--population", metavar="FILE", default="", help="all persons from whom the table was drawn")
    parser.add_argument("--population-size", metavar="N", type=whole_number, default=0, help="or their number alone")
    parser.add_argument("--threshold", metavar="P", type=float, default=THRESHOLD, help="chance that is a risk")
    parser.add_argument("--subsets", action="store_true", help="measure every subset of the quasi-identifiers")
    parser.add_argument("--weight", metavar="COLUMN", default="", help="sampling weights, for the risk of single rows")
    parser.add_argument("--fraction", metavar="F", type=float, default=None, help="or the share that was sampled")
    parser.add_argument("--household", metavar="COLUMN", default="", help="households, for their risk")
    parser.add_argument("--special-uniques", action="store_true", help="search rows that few columns single out")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Measure, print, return 0."""
    has_sample = arguments.weight or arguments.fraction is not None or arguments.household
    question = Question(
        SourceReference(arguments.source, arguments.table, arguments.query, delimiter.read(arguments)),
        quasi_identifiers=arguments.quasi,
        sensitive=arguments.sensitive,
        population=arguments.population,
        population_size=arguments.population_size,
        hierarchies=arguments.hierarchies,
        rules=Rules(
            suppressed=arguments.suppressed,
            missing=arguments.missing,
            others_known=arguments.others_known,
            person=arguments.person,
            labelled=frozenset(arguments.labelled),
        ),
        threshold=arguments.threshold,
        sample=SurveySample(
            arguments.weight, 1.0 if arguments.fraction is None else arguments.fraction, arguments.household
        )
        if has_sample
        else None,
        wants_subsets=arguments.subsets,
        wants_special=arguments.special_uniques,
    )
    with watch(surroundings) as progress:
        found = measure_table(question, progress)
    surroundings.answer(document_of(found))
    for block in () if surroundings.wants_json else _blocks(found):
        surroundings.console.print(block)
    return 0


def document_of(found: Measured) -> dict[str, Any]:
    """Return the figures as JSON values."""
    rules = found.models.rules
    models = {
        name: as_json(getattr(found.models, name))
        for name in (
            "quasi_identifiers",
            "rows",
            "rows_excluded",
            "classes",
            "k",
            "k_map",
            "delta_presence",
            "sensitive",
        )
    }
    models["rules"] = {
        "suppressed": rules.suppressed,
        "missing": rules.missing,
        "others_known": rules.others_known,
        "person": rules.person,
        "labelled": sorted(rules.labelled),
    }
    document = {"source": found.name, "models": models, "risk": as_json(found.risk)}
    if found.subsets is not None:
        document["subsets"] = as_json(found.subsets)
    if found.individual is not None:
        one = found.individual
        document["individual"] = {
            "expected": one.expected,
            "share": one.share,
            "household_share": one.household_share,
            "outstanding": one.outstanding,
            "highest": float(one.risk.max(initial=0.0)),
        }
    if found.special is not None:
        special = found.special
        document["special_uniques"] = {
            "rows": int((special.score > 0).sum()),
            "by_size": list(special.by_size),
            "contribution": dict(special.contribution),
            "dis": special.dis,
            "highest": float(special.score.max(initial=0.0)),
        }
    return document


def _blocks(found: Measured) -> list[Any]:
    blocks: list[Any] = [_opening(found)]
    if found.models.sensitive:
        blocks.append(_sensitive_table(found.models.sensitive))
    blocks.append(_risk_text(found))
    if found.subsets is not None:
        blocks.append(_subset_table(found))
    if found.individual is not None:
        one = found.individual
        blocks.append(
            f"By sampling weights {one.expected:.1f} rows would be found ({one.share:.2%}); "
            f"{one.outstanding} rows stand far above the others"
        )
    if found.special is not None:
        counts = ", ".join(f"{many} of {size}" for size, many in enumerate(found.special.by_size, start=1) if many)
        blocks.append(f"Smallest sets of columns in which a row is alone, by number of columns: {counts or 'none'}")
    return blocks


def _opening(found: Measured) -> str:
    models, who = found.models, "persons" if found.models.rules.person else "rows"
    columns = escape(", ".join(models.quasi_identifiers))
    lines = [
        f"[bold]{escape(found.name)}[/], {models.rows} rows, told apart by {columns}",
        f"  k = [bold]{models.k}[/]: the smallest of {models.classes} groups that look alike has {models.k} {who}",
    ]
    if models.rows_excluded:
        lines.append(f"  {models.rows_excluded} rows are left out (suppressed: {models.rules.suppressed})")
    if models.k_map is not None and models.delta_presence is not None:
        low, high = models.delta_presence
        lines.append(f"  k-map = {models.k_map}; delta-presence from {low:.4f} to {high:.4f}")
    return "\n".join(lines)


def _sensitive_table(sensitive: tuple[SensitiveFigures, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("sensitive", "l", "entropy l", "alpha", "t", "beta", "enhanced", "delta"):
        table.add_column(heading)
    for one in sensitive:
        figures = (one.entropy_l_exact, one.alpha, one.t, one.beta, one.enhanced_beta, one.delta)
        table.add_row(escape(one.column), str(one.l), *(f"{figure:.4f}" for figure in figures))
    return table


def _risk_text(found: Measured) -> str:
    risk = found.risk
    mean, worst = risk.prosecutor.average, risk.prosecutor.highest
    alone, easy = risk.sample_uniques, risk.prosecutor.at_risk
    lines = [
        f"Who knows that a person is in the table finds the row in {mean:.2%} of the cases, the easiest in {worst:.2%}",
        f"{alone:.2%} of the rows are like no other; {easy:.2%} are found with a chance above {risk.threshold:.0%}",
    ]
    if risk.population_uniques is not None:
        lines.append(
            f"Against the population: {risk.journalist.average:.2%} on average, {risk.journalist.highest:.2%} at most; "
            f"{risk.population_uniques:.2%} of the rows are like nobody else there"
        )
    if risk.estimates is not None:
        guess = risk.estimates
        lines.append(
            f"Of {guess.population} persons about {guess.dankar:.0f} ({guess.share:.2%}) are like nobody else "
            f"(estimated by {guess.by})"
        )
    return "\n".join(lines)


def _subset_table(found: Measured) -> Table:
    assert found.subsets is not None
    table = Table(box=None, pad_edge=False)
    for heading in ("columns together", "alone", "separate"):
        table.add_column(heading)
    most = sorted(found.subsets.subsets, key=lambda one: (-one.uniqueness, len(one.columns), one.columns))
    for one in most[:_SHOWN]:
        table.add_row(escape(", ".join(one.columns)), f"{one.uniqueness:.2%}", f"{one.separation:.2%}")
    return table
