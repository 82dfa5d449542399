"""A synthetic table agrees with the real one in its marginals, within its domains, at a cost known beforehand."""

from decimal import Decimal
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pytest

from lockgate.examples import bundled
from lockgate.protect.dp import synthesis
from lockgate.protect.dp.synthesis import contributions_of, cost_of_synthesis, fold, fold_bounded, merge, synthesise
from lockgate.protect.dp.synthesis_domain import cells_in, decode, encode
from lockgate.terms.errors import InputError
from lockgate.terms.privacy_loss import PrivacyLoss, rho_within
from lockgate.terms.synthesis import ColumnDomain, SynthesisPlan

RHO = PrivacyLoss(rho=50_000)
SEX = ColumnDomain("sex", ("f", "m"))
AGE = ColumnDomain("age", low=Decimal(0), high=Decimal(99))


def people(rows: int = 3000) -> pa.RecordBatch:
    number = np.arange(rows)
    age = (number // 2) % 60 + 30 * (number % 2)
    return pa.record_batch({"sex": pa.array(["f" if n % 2 else "m" for n in number]), "age": pa.array(age)})


def distance(real: pa.Table, made: pa.Table, names: tuple[str, ...]) -> float:
    first, second = shares_of(real, names), shares_of(made, names)
    return sum(abs(first.get(key, 0) - second.get(key, 0)) for key in {*first, *second}) / 2


def shares_of(table: pa.Table, names: tuple[str, ...]) -> dict[tuple[str, ...], float]:
    texts = pa.table({name: table[name].cast(pa.string()) for name in names})
    counted = (
        texts.append_column("n", pa.array(np.ones(texts.num_rows))).group_by(list(names)).aggregate([("n", "sum")])
    )
    return {tuple(row[name] for name in names): row["n_sum"] / texts.num_rows for row in counted.to_pylist()}


@pytest.mark.slow
def test_adult_at_epsilon_one_is_within_four_and_a_half_per_cent_in_all_pairs(stream):
    real = pc.read_csv(bundled.adult().location, parse_options=pc.ParseOptions(delimiter=";"))
    domains = tuple(
        ColumnDomain(name, low=Decimal(0), high=Decimal(100))
        if name == "age"
        else ColumnDomain(name, tuple(sorted(set(real[name].to_pylist()))))
        for name in real.column_names
    )
    plan = SynthesisPlan(domains, PrivacyLoss(rho=rho_within(1_000_000, 1_000_000)))
    made = synthesise(fold(real.combine_chunks().to_batches()[0], plan), plan, stream("adult"))
    errors = [distance(real, made, pair) for pair in combinations(real.column_names, 2)]
    assert np.mean(errors) <= 0.045


def test_a_dependence_is_learnt_and_more_rho_learns_it_better(stream):
    real = pa.Table.from_batches([people()])
    errors = []
    for rho in (300, 20_000, 5_000_000):
        plan = SynthesisPlan((SEX, AGE), PrivacyLoss(rho=rho))
        made = synthesise(fold(people(), plan), plan, stream(f"rho {rho}"))
        errors.append(distance(real, made, ("sex", "age")))
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.12
    alone = pa.table({"sex": real["sex"], "age": real["age"].take(np.argsort(np.arange(3000) * 2_654_435_761 % 2**32))})
    assert errors[1] < distance(real, alone, ("sex", "age"))


def test_values_stay_within_their_domains_and_types(stream):
    pay = ColumnDomain("pay", low=Decimal(-5), high=Decimal("99999.99"), decimals=2)
    flag = ColumnDomain("flag", ("yes", None))
    batch = pa.record_batch(
        {"pay": pa.array([float(n % 5000) * 13 for n in range(2000)]), "flag": pa.array(["yes", None] * 1000)}
    )
    plan = SynthesisPlan((pay, flag), RHO)
    made = synthesise(fold(batch, plan), plan, stream("types"))
    assert made.schema.types == [pa.decimal128(38, 2), pa.string()]
    assert all(Decimal(-5) <= value <= Decimal("99999.99") for value in made["pay"].to_pylist())
    assert set(made["flag"].to_pylist()) == {"yes", None}


def test_cells_and_values_are_inverse_where_every_unit_has_a_cell(stream):
    plan = SynthesisPlan((SEX, AGE), RHO)
    cells = encode(people(500), plan)
    for place, domain in enumerate(plan.columns):
        assert decode(cells[:, place].astype(np.int64), domain, stream("d")).equals(people(500).column(place))
    assert (cells_in(SEX), cells_in(AGE)) == (2, 100)


def test_rows_fold_in_any_cut_to_the_same_distinct_rows():
    plan = SynthesisPlan((SEX, AGE), RHO)
    whole = fold(people(), plan)
    parts = merge(fold(people().slice(start, 411), plan) for start in range(0, 3000, 411))
    assert np.array_equal(parts.cells, whole.cells)
    assert np.array_equal(parts.weights, whole.weights)
    assert whole.weights.sum() == 3000
    assert len(whole.weights) < 3000


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_hardly_any_rows_give_a_table_of_the_same_form(stream, rows: int):
    plan = SynthesisPlan((SEX, AGE), RHO)
    made = synthesise(fold(people(3).slice(0, rows), plan), plan, stream(f"few {rows}"))
    assert made.column_names == ["sex", "age"]
    assert made.num_rows < 500
    assert all(word in ("f", "m") for word in made["sex"].to_pylist())


def test_one_column_alone_and_one_cell_alone_work(stream):
    alone = SynthesisPlan((SEX,), RHO)
    assert abs(synthesise(fold(people(), alone), alone, stream("one")).num_rows - 3000) < 100
    one = SynthesisPlan((ColumnDomain("sex", ("f",)), AGE), RHO)
    batch = people().set_column(0, "sex", pa.array(["f"] * 3000))
    assert set(synthesise(fold(batch, one), one, stream("cell"))["sex"].to_pylist()) == {"f"}


def test_the_costs_of_all_parts_never_pass_the_whole():
    for columns in (1, 2, 5, 9):
        domains = tuple(ColumnDomain(f"c{place}", tuple(map(str, range(2 + 7 * place)))) for place in range(columns))
        plan = SynthesisPlan(domains, PrivacyLoss(rho=15_000))
        costs = synthesis._Costs(plan)
        pairs = costs.rounds * (costs.pair.rho if costs.pair else 0)
        # a choice with epsilon costs epsilon^2 / 8; in millionths squared
        choices = costs.rounds * costs.choice**2
        spent = (sum(share.rho for share in costs.alone) + pairs) * 8 * 10**6 + choices
        assert spent <= 15_000 * 8 * 10**6
        assert spent > 0.97 * 15_000 * 8 * 10**6
        assert cost_of_synthesis(plan) == plan.loss


def test_the_exponential_mechanism_has_exactly_its_probabilities(stream):
    rng, scores = stream("em"), np.array([10, 8, 10, 3])
    drawn = np.bincount([synthesis._choose(scores, synthesis.Fraction(1, 4), rng) for _ in range(4000)], minlength=4)
    weights = np.exp((scores - 10) / 4)
    expected = 4000 * weights / weights.sum()
    assert (np.abs(drawn - expected) < 5 * np.sqrt(expected)).all()


def test_more_rows_of_a_person_bring_more_noise(stream):
    spread = []
    for most in (1, 40):
        plan = SynthesisPlan((SEX,), PrivacyLoss(rho=1_000), max_rows=most)
        counts = [synthesise(fold(people(), plan), plan, stream(f"{most} {t}")).num_rows for t in range(30)]
        spread.append(np.std(counts))
    assert spread[1] > 10 * spread[0]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (SynthesisPlan((), RHO), "at least one column"),
        (SynthesisPlan((SEX, SEX), RHO), "each once"),
        (SynthesisPlan((SEX,), PrivacyLoss(epsilon=5)), "costs rho"),
        (SynthesisPlan((SEX,), RHO, max_rows=0), "max_rows"),
        (SynthesisPlan((ColumnDomain("x"),), RHO), "domain of column `x` is not known"),
        (SynthesisPlan((ColumnDomain("x", low=Decimal(5), high=Decimal(1)),), RHO), "low below high"),
        (SynthesisPlan((ColumnDomain("x", ("a", "a")),), RHO), "twice"),
        (SynthesisPlan((SEX, AGE), PrivacyLoss(rho=2)), "too small"),
    ],
)
def test_a_plan_without_domains_or_cost_is_refused(plan: SynthesisPlan, message: str):
    with pytest.raises(InputError, match=message) as caught:
        cost_of_synthesis(plan)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array(["f", "x-ray"]), "holds 1 cells with values that its domain does not have"),
        (pa.array(["f", None]), "holds 1 cells"),
    ],
)
def test_a_value_outside_its_domain_is_refused_and_not_told(column: pa.Array, message: str):
    with pytest.raises(InputError, match=message) as caught:
        fold(pa.record_batch({"sex": column}), SynthesisPlan((SEX,), RHO))
    assert "x-ray" not in str(caught.value)


def test_a_number_that_is_missing_and_a_column_that_is_not_there_are_refused():
    with pytest.raises(InputError, match="without a number"):
        fold(pa.record_batch({"age": pa.array([1, None])}), SynthesisPlan((AGE,), RHO))
    with pytest.raises(InputError, match="`age`"):
        fold(pa.record_batch({"sex": pa.array(["f"])}), SynthesisPlan((AGE,), RHO))


def test_numbers_between_declared_edges_are_drawn_evenly_within_them(stream):
    edges = ColumnDomain("age", edges=tuple(map(Decimal, (0, 1, 18, 65, 100))))
    batch = pa.record_batch({"age": pa.array([17] * 3000)})
    plan = SynthesisPlan((edges,), PrivacyLoss(rho=900_000_000))
    drawn = synthesise(fold(batch, plan), plan, stream("edges"))["age"].to_pylist()
    assert cells_in(edges) == 4
    assert (min(drawn), max(drawn)) == (1, 17)
    assert encode(pa.record_batch({"age": pa.array([-5, 0, 1, 64, 65, 99, 100, 400])}), plan).ravel().tolist() == [
        0, 0, 1, 2, 3, 3, 3, 3,
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [0, 1, 3000])
def test_as_many_rows_are_drawn_as_are_asked_for(stream, rows: int):
    plan = SynthesisPlan((SEX, AGE), RHO, rows=777)
    made = synthesise(fold(people().slice(0, rows), plan), plan, stream(f"asked {rows}"))
    assert made.num_rows == 777
    assert len(set(made["age"].to_pylist())) > 1


def test_contributions_keep_the_same_rows_of_a_person_in_any_cut():
    plan = SynthesisPlan((SEX, AGE), RHO, max_rows=2)
    persons = np.stack([np.arange(3000, dtype=np.uint64) % 7] * 2, axis=1)
    whole = fold_bounded(contributions_of(people(), persons, 0, plan, bytes(32)), plan)
    tables = [
        contributions_of(people().slice(start, 411), persons[start : start + 411], start, plan, bytes(32))
        for start in range(0, 3000, 411)
    ]
    parts = fold_bounded(pa.concat_tables(reversed(tables)), plan)
    assert whole.weights.sum() == 14
    assert np.array_equal(parts.cells, whole.cells)
    assert np.array_equal(parts.weights, whole.weights)
