"""Attacks on a copy, each with its success, what guessing would reach, and how sure the figure is.

Where all persons of the copy were tried, the success is a count and its interval has no width. Where the attacker
holds records of some people only, they are a sample, and the interval is Wilson's at 95 %.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lockgate.terms.verification import Attack
from lockgate.verify.figures import Figures, Reading, Secret, group, make_copy
from lockgate.verify.fold import WEIGHT, columns_of
from lockgate.verify.intervals import wilson
from lockgate.verify.linkage import compatible_rows


def solve(figures: Figures) -> tuple[Attack, ...]:
    """Return the attacks of who knows the true quasi-identifiers of everybody in the copy."""
    attacks = [
        _counted(
            "linkage",
            figures.linkage,
            figures.baseline,
            "picks a person's row among those compatible with the person's true values",
        ),
        _counted(
            "singling-out",
            figures.singled_out,
            figures.baseline,
            "finds that only the person's own rows are compatible with the person's true values",
        ),
    ]
    return (*attacks, *solve_groups(figures.secrets))


def solve_groups(secrets: Sequence[Secret]) -> tuple[Attack, ...]:
    """Return the attacks of who knows a person's group and guesses the commonest sensitive value in it."""
    return tuple(
        _counted(
            f"attribute:{secret.column}",
            secret.success,
            secret.baseline,
            f"guesses `{secret.column}` of a person from the group of people who look alike",
        )
        for secret in secrets
    )


def solve_released(classes: pa.Table) -> tuple[Attack, ...]:
    """Return the attack of who knows in which class everybody is: the most that the copy alone can give away.

    Args:
        classes: Merged partials of `lockgate.verify.fold.fold_released`.
    """
    rows = int(np.asarray(classes[WEIGHT]).sum())
    success = classes.num_rows / rows if rows else 0.0
    return (
        _counted("linkage", success, 1 / rows if rows else 0.0, "picks a person's row within the person's own group"),
    )


def solve_known(classes: pa.Table, known: pa.Table, reading: Reading) -> tuple[Attack, ...]:
    """Return the attacks of who holds records of some people; an upper bound, as if all were in the copy.

    Args:
        classes: Merged partials of `lockgate.verify.fold.fold_released`.
        known: Merged partials of `lockgate.verify.fold.fold_original` over the records, one row a person.
        reading: How released cells are to be read.
    """
    columns = tuple(name for name in columns_of(known, "o") if name in columns_of(classes, "r"))
    number, released = group(classes, [f"r:{name}" for name in columns])
    original, combinations = group(known, [f"o:{name}" for name in columns])
    weight = np.asarray(known[WEIGHT], dtype=np.int64)
    rows = np.bincount(number, np.asarray(classes[WEIGHT]), minlength=released.num_rows).astype(np.int64)
    candidates = compatible_rows(make_copy(columns, combinations, released, reading), rows)[original]
    persons, everything = int(weight.sum()), int(rows.sum())
    hit = weight[candidates > 0] / candidates[candidates > 0]
    baseline = 1 / everything if everything else 0.0
    alone = int(weight[candidates == 1].sum())
    return (
        _sampled(
            "linkage", float(hit.sum()), persons, baseline, "picks the row of a known person among those compatible"
        ),
        _sampled("singling-out", alone, persons, baseline, "finds exactly one row compatible with a known person"),
    )


def _counted(name: str, success: float, baseline: float, means: str) -> Attack:
    return Attack(name, success, baseline, (success, success), f"an attacker {means}: {success:.2%} of the cases")


def _sampled(name: str, successes: float, trials: int, baseline: float, means: str) -> Attack:
    success = successes / trials if trials else 0.0
    return Attack(
        name, success, baseline, wilson(successes, trials), f"an attacker {means}: {success:.2%} of {trials} people"
    )
