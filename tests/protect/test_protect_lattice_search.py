"""The optimum of a lattice: known ones of Adult, boxed searches, what is degenerate and what is refused."""

import csv
import doctest
from collections import Counter
from collections.abc import Callable
from math import inf
from pathlib import Path

import pyarrow as pa
import pytest

from lockgate.protect import lattice_search
from lockgate.protect.lattice_metric import Domain, Metric, MetricKind
from lockgate.protect.lattice_search import Optimum, Scope, find_optimum
from lockgate.terms.errors import InputError
from lockgate.terms.privacy_model import DistinctDiversity, GroundDistance, KAnonymity, KMap, TCloseness

ADULT = Path(lattice_search.__file__).parents[1] / "examples" / "adult"

TREES = {
    "age": [(str(age), f"{age // 5}*5", f"{age // 10}*10", "*") for age in range(20, 40)],
    "town": [("Seoul", "Korea", "Asia", "*"), ("Busan", "Korea", "Asia", "*"), ("Lyon", "France", "Europe", "*")],
}


def adult() -> tuple[dict[str, list[str]], dict[str, list[tuple[str, ...]]]]:
    with (ADULT / "adult.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file, delimiter=";"))
    trees = {}
    for name in header:
        with (ADULT / f"adult_hierarchy_{name}.csv").open(encoding="utf-8", newline="") as file:
            trees[name] = [tuple(line) for line in csv.reader(file, delimiter=";")]
    return {name: [line[at] for line in lines] for at, name in enumerate(header)}, trees


@pytest.fixture(scope="module")
def census() -> tuple[dict[str, list[str]], dict[str, list[tuple[str, ...]]]]:
    return adult()


@pytest.mark.parametrize(
    ("limit", "domain", "loss", "suppressed"),
    [
        (0.0, Domain.OBSERVED, 0.6355, 0),
        (0.02, Domain.OBSERVED, 0.3686, 506),
        (1.0, Domain.OBSERVED, 0.2380, 2553),
        (0.02, Domain.HIERARCHY, 0.3575, 506),
        (1.0, Domain.HIERARCHY, 0.2277, 2553),
    ],
)
def test_the_optimum_of_adult_is_the_one_that_is_known(
    census: tuple[dict[str, list[str]], dict[str, list[tuple[str, ...]]]],
    limit: float,
    domain: Domain,
    loss: float,
    suppressed: int,
) -> None:
    found = find_optimum(*census, [KAnonymity(5)], Metric(MetricKind.LOSS, domain), limit)
    assert (round(found.loss, 4), found.rows_suppressed, found.is_optimum) == (loss, suppressed, True)
    assert found.nodes == 12_960
    sizes = Counter(zip(*(column.to_pylist() for column in found.table.columns), strict=True))
    assert min(size for row, size in sizes.items() if set(row) != {"*"}) >= 5
    assert sizes[("*",) * 9] == suppressed


def test_both_ways_of_counting_visit_the_same_nodes() -> None:
    table = {name: values[:3000] for name, values in adult()[0].items()}
    trees = adult()[1]
    models = [KAnonymity(3), TCloseness("occupation", 0.6, GroundDistance.HIERARCHICAL)]
    plain, compiled = (
        find_optimum(table, trees, models, "loss", 0.05, Scope(is_compiled=is_compiled))
        for is_compiled in (False, True)
    )
    assert (plain.levels, plain.loss, plain.visited) == (compiled.levels, compiled.loss, compiled.visited)
    assert plain.table == compiled.table


def test_a_search_that_runs_out_of_moves_says_so_and_keeps_the_models(
    census: tuple[dict[str, list[str]], dict[str, list[tuple[str, ...]]]],
) -> None:
    found = find_optimum(*census, [KAnonymity(5)], "loss", 0.02, Scope(moves=60))
    assert not found.is_optimum
    assert found.levels is not None
    assert found.rows_suppressed <= 0.02 * 30_162
    stopped = find_optimum(*census, [KAnonymity(5)], "loss", 0.02, Scope(should_stop=lambda: True))
    assert (stopped.is_optimum, stopped.levels) == (False, None)


def test_forty_quasi_identifiers_give_a_good_answer_that_does_not_claim_to_be_the_best() -> None:
    table = {f"q{at}": [str((row * (at + 3)) % 7 % (2 + at % 5)) for row in range(200)] for at in range(40)}
    trees = {f"q{at}": [(str(value), "low" if value < 2 else "high", "*") for value in range(7)] for at in range(40)}
    plain, compiled = (
        find_optimum(table, trees, [KAnonymity(2)], "loss", 0.1, Scope(moves=300, is_compiled=is_compiled))
        for is_compiled in (False, True)
    )
    assert compiled.nodes == 3**40
    assert not compiled.is_optimum
    assert compiled.loss < 1
    assert (plain.levels, plain.loss) == (compiled.levels, compiled.loss)


def test_a_large_lattice_of_which_little_is_anonymous_is_searched_to_its_end() -> None:
    table = {f"q{at}": [str(row) for row in range(4)] for at in range(25)}
    found = find_optimum(table, {}, [KAnonymity(3)])
    assert (found.is_optimum, found.loss, found.nodes) == (True, 1.0, 2**25)


def test_keys_wider_than_a_word_tell_combinations_apart() -> None:
    table = {f"q{at}": [str((row * 31 + at * row) % 97) for row in range(300)] for at in range(20)}
    scope = Scope(levels={f"q{at}": (0, 0) for at in range(20)})
    found = [
        find_optimum(
            table, {}, [KAnonymity(2)], "average-class-size", 1.0, Scope(levels=scope.levels, is_compiled=flag)
        )
        for flag in (False, True)
    ]
    sizes = Counter(zip(*table.values(), strict=True))
    assert [one.classes for one in found] == [sum(size >= 2 for size in sizes.values())] * 2
    assert found[0].rows_suppressed == sum(size for size in sizes.values() if size < 2)


@pytest.mark.parametrize("limit", [0.0, 0.5])
def test_more_persons_asked_for_than_there_are_leave_no_node(limit: float) -> None:
    found = find_optimum({"sex": ["f", "m"]}, {}, [KAnonymity(3)], "loss", limit)
    assert (found.levels, found.loss, found.is_optimum, found.table.num_rows) == (None, inf, True, 0)


def test_all_rows_may_be_suppressed_where_the_limit_says_so() -> None:
    found = find_optimum({"sex": ["f", "m"]}, {}, [KAnonymity(3)], "loss", 1.0)
    assert (found.loss, found.rows_suppressed, found.table["sex"].to_pylist()) == (1.0, 2, ["*", "*"])


def test_one_row_and_equal_rows_stay_as_they_are() -> None:
    assert find_optimum({"sex": ["f"]}, {}, [KAnonymity(1)]).loss == 0
    assert find_optimum({"sex": ["f"] * 9}, {}, [KAnonymity(9)]).levels == {"sex": 0}


def test_levels_that_are_not_wanted_are_not_taken() -> None:
    table = {"age": ["21", "22", "27", "28"]}
    free = find_optimum(table, TREES, [KAnonymity(2)])
    bound = find_optimum(table, TREES, [KAnonymity(2)], "loss", 0.0, Scope(levels={"age": (2, 3)}))
    assert (free.levels, bound.levels) == ({"age": 1}, {"age": 2})


def nothing(**changes: object) -> Callable[[], Optimum]:
    asked: dict[str, object] = {
        "table": {"town": ["Seoul"]},
        "hierarchies": TREES,
        "models": [KAnonymity(1)],
        **changes,
    }
    return lambda: find_optimum(**asked)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (nothing(table={"town": ["Atlantis"]}), "1 distinct values that its hierarchy does not cover"),
        (nothing(table={"town": []}), "no row"),
        (nothing(table={}), "no row"),
        (nothing(table={"town": ["Seoul"], "age": []}), "columns have 0 to 1 rows"),
        (nothing(models=[DistinctDiversity("town", 1)]), "no quasi-identifier"),
        (nothing(models=[DistinctDiversity("ill", 1)]), "`ill`"),
        (nothing(models=[KMap(2)]), "population"),
        (nothing(metric="los"), "there is no metric `los`"),
        (nothing(suppression_limit=1.5), "`1.5`"),
        (nothing(hierarchies={"town": [("Seoul", "*"), ("Seoul", "*")]}), "hierarchy of `town`"),
        (nothing(scope=Scope(levels={"town": (0, 9)})), "levels 0 to 9"),
        (nothing(scope=Scope(levels={"tow": (0, 1)})), "`tow`, which is no quasi-identifier"),
        (nothing(scope=Scope(released=[True, False])), "2 rows and the table has 1"),
        (nothing(scope=Scope(released=[False])), "no row"),
    ],
)
def test_what_cannot_be_asked_is_an_error_that_names_it(ask: Callable[[], Optimum], words: str) -> None:
    with pytest.raises(InputError, match=words):
        ask()


def test_an_arrow_table_of_numbers_is_read_as_texts() -> None:
    found = find_optimum(pa.table({"age": pa.array([21, 22, None, None])}), TREES, [KAnonymity(2)])
    assert found.table["age"].to_pylist() == ["4*5", "4*5", None, None]


def test_the_example_runs() -> None:
    assert doctest.testmod(lattice_search).failed == 0
