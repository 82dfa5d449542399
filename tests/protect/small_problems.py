"""Small problems with a column of numbers, one of a hierarchy, one of words, weights and a sensitive column."""

import numpy as np
from hypothesis import strategies as st

from lockgate.protect.domain_choice import Labels, Vocabulary, choose_domain
from lockgate.protect.problem import Problem, Secret
from lockgate.terms.hierarchy import make_hierarchy
from lockgate.terms.privacy_model import (
    BetaLikeness,
    DistinctDiversity,
    EntropyDiversity,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)

TOWNS = make_hierarchy(
    "town",
    [(f"t{number:02}", f"n{number // 3}", f"e{number // 12}", "*") for number in range(30)],
)
SECRETS = ("flu", "cold", "ulcer", None)

Cell = tuple[int | None, int | None, int | None, int, int, int]
cells = st.tuples(
    st.one_of(st.none(), st.integers(0, 400)),
    st.one_of(st.none(), st.integers(0, 29)),
    st.one_of(st.none(), st.integers(0, 15)),
    st.integers(1, 4),
    st.integers(0, 4),
    st.integers(0, 3),
)
models = st.lists(
    st.sampled_from(
        [
            DistinctDiversity("ill", 2),
            EntropyDiversity("ill", 1.8),
            RecursiveDiversity("ill", 2, 3.0),
            TCloseness("ill", 0.4),
            BetaLikeness("ill", 1.5),
        ]
    ),
    max_size=2,
).map(tuple)


def problem_of(
    found: list[Cell], k: int, labels: Labels = Labels.INTERVAL, wanted: tuple[PrivacyModel, ...] = ()
) -> Problem:
    """Return a problem with a column of numbers, one of a hierarchy, one of words, weights and a sensitive column."""
    texts = [
        [None if cell[0] is None else str(cell[0]) for cell in found],
        [None if cell[1] is None else f"t{cell[1]:02}" for cell in found],
        [None if cell[2] is None else f"w{cell[2]}" for cell in found],
    ]
    domains, codes = [], []
    for name, column, tree in zip(("age", "town", "word"), texts, (None, TOWNS, None), strict=True):
        values, domain = choose_domain(name, list(set(column)), tree, Vocabulary(labels), generalised=False)
        domains.append(domain)
        codes.append([values.index(text) for text in column])
    rows = np.array([cell[3] for cell in found])
    persons = np.minimum(rows, [cell[4] for cell in found])
    persons[0] += k
    rows[0] += k
    start = np.arange(len(found) + 1)
    secret = Secret("ill", SECRETS, start, np.array([cell[5] for cell in found]), persons)
    return Problem(tuple(domains), np.array(codes), rows, persons, k, wanted, (secret,))
