"""Attacks find what a copy tells of its people, and nothing where it tells nothing; on recoded and perturbed copies."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.terms.hierarchy import make_hierarchy
from lockgate.verify import against_control, figures
from lockgate.verify.keyed_choice import choose, keyed_numbers
from lockgate.verify.nearest import as_texts, find_nearest, make_candidates

PLAIN = figures.Reading({}, frozenset())
TOWNS = make_hierarchy("town", [("Seoul", "Korea", "*"), ("Busan", "Korea", "*"), ("Lyon", "France", "*")])


def people(label, count):
    """Return invented people, each with numbers of their own; what they earn follows from age and town."""
    numbers = keyed_numbers(b"people", label, 4 * count).reshape(-1, 4)
    age = (numbers[:, 0] % 60 + 18).astype(int)
    town = np.array(list(TOWNS.paths))[(numbers[:, 1] % 3).astype(int)]
    weight = (numbers[:, 2] % 70_000 / 1000 + 40).round(3)
    secret = np.array(["yes", "no"])[(numbers[:, 3] % 2).astype(int)]
    return pa.table({"age": age, "town": town, "weight": weight, "secret": secret})


MEMBERS, CONTROL, OTHERS = people("members", 400), people("control", 400), people("others", 400)
COLUMNS = ("age", "town", "weight")


def attacks_on(released, *, reading=PLAIN, columns=COLUMNS, sensitive=("secret",)):
    knowledge = against_control.Knowledge(released, columns, sensitive, reading, b"seed")
    return {attack.name: attack for attack in against_control.solve(knowledge, MEMBERS, CONTROL)}


def noisy(table, by):
    numbers = keyed_numbers(b"noise", str(by), 2 * table.num_rows).reshape(-1, 2) / 2**64 - 0.5
    age = np.asarray(table["age"]) + np.rint(numbers[:, 0] * by).astype(int)
    return table.set_column(0, "age", pa.array(age)).set_column(
        2, "weight", pa.array(np.asarray(table["weight"]) + numbers[:, 1] * by / 10)
    )


def test_a_plain_copy_gives_its_members_away():
    found = attacks_on(MEMBERS)
    assert found["nearest-record"].success == 1
    assert found["nearest-record"].baseline == 0.05
    assert found["membership"].success > 0.95
    assert found["attribute:secret"].success == 1
    assert found["attribute:secret"].baseline < 0.65
    assert found["singling-out:some-columns"].success > 0.95
    assert found["singling-out:some-columns"].baseline < 0.5


@pytest.mark.parametrize("by", [0.2, 4])
def test_a_copy_with_little_noise_still_does(by):
    found = attacks_on(noisy(MEMBERS, by))
    assert found["membership"].success > 0.75
    assert found["attribute:secret"].interval[0] > found["attribute:secret"].baseline


def test_a_copy_of_other_people_gives_nothing_away():
    found = attacks_on(OTHERS)
    assert found["nearest-record"].interval[0] <= 0.05
    assert found["distance-ratio"].interval[0] <= 0.05
    assert found["membership"].interval[0] <= 0.5 <= found["membership"].interval[1]
    assert abs(found["attribute:secret"].success - found["attribute:secret"].baseline) < 0.1
    assert abs(found["singling-out:some-columns"].success - found["singling-out:some-columns"].baseline) < 0.15


def test_a_recoded_copy_gives_less_away_than_a_plain_one():
    low = np.asarray(MEMBERS["age"]) // 20 * 20
    labels = pa.table(
        {
            "age": [f"[{age},{age + 19}]" for age in low],
            "town": [TOWNS.paths[town][1] for town in MEMBERS["town"].to_pylist()],
            "secret": MEMBERS["secret"],
        }
    )
    reading = figures.Reading({"town": TOWNS}, frozenset({"age", "town"}))
    found = attacks_on(labels, reading=reading, columns=("age", "town"))
    assert found["membership"].interval[0] <= 0.5
    assert found["attribute:secret"].success < 0.7


def test_what_is_true_of_everybody_is_no_attack_on_the_members():
    released = MEMBERS.append_column("adult", pa.array(["yes"] * MEMBERS.num_rows))
    known = [table.append_column("adult", pa.array(["yes"] * table.num_rows)) for table in (MEMBERS, CONTROL)]
    knowledge = against_control.Knowledge(released, ("age",), ("adult",), PLAIN)
    (adult,) = [each for each in against_control.solve(knowledge, *known) if each.name == "attribute:adult"]
    assert adult.success == adult.baseline == 1


def test_the_same_seed_gives_the_same_figures():
    assert attacks_on(noisy(MEMBERS, 1)) == attacks_on(noisy(MEMBERS, 1))


def test_the_order_of_released_rows_tells_nothing():
    turned = MEMBERS.take(np.arange(MEMBERS.num_rows)[::-1])
    first, second = attacks_on(MEMBERS), attacks_on(turned)
    assert first["nearest-record"] == second["nearest-record"]
    assert first["attribute:secret"] == second["attribute:secret"]


def test_without_people_there_is_no_attack():
    knowledge = against_control.Knowledge(MEMBERS, COLUMNS, (), PLAIN)
    assert against_control.solve(knowledge, MEMBERS.slice(0, 0), CONTROL) == ()


def test_numbers_of_many_values_are_guessed_in_tenths():
    found = attacks_on(MEMBERS, columns=("age", "town"), sensitive=("weight",))
    assert found["attribute:weight"].baseline < 0.3


cells = st.tuples(st.one_of(st.none(), st.integers(0, 9)), st.sampled_from(["x", "y", None]))


@settings(max_examples=100, deadline=None)
@given(st.lists(cells, min_size=1, max_size=12), st.lists(cells, min_size=1, max_size=6))
def test_the_nearest_rows_agree_with_distances_counted_one_by_one(released, known):
    tables = [
        pa.table(
            {"n": pa.array([row[0] for row in rows], pa.int64()), "t": pa.array([row[1] for row in rows], pa.string())}
        )
        for rows in (released, known)
    ]
    candidates = make_candidates(tables[0], ("n", "t"))
    found = find_nearest(as_texts(tables[1], ("n", "t")), candidates, PLAIN)
    numbers = [row[0] for row in released + known if row[0] is not None]
    span = max(numbers, default=0) - min(numbers, default=0)

    def distance(row, person):
        if row[0] is None or person[0] is None:
            apart = float(row[0] is not person[0])
        else:
            apart = abs(row[0] - person[0]) / span if span else 0.0
        return (apart + (row[1] != person[1])) / 2

    for at, person in enumerate(known):
        apart = sorted(distance(row, person) for row in released)
        assert found.distance[at] == pytest.approx(apart[0])
        assert found.second[at] == pytest.approx(apart[1] if len(apart) > 1 else 1.0)
        assert found.rows[at] == sum(one <= apart[0] + 1e-9 for one in apart)


def test_choices_follow_from_seed_and_label_alone():
    assert choose(b"a", "x", 1000, 10).tolist() == choose(b"a", "x", 1000, 10).tolist()
    assert choose(b"a", "x", 1000, 10).tolist() != choose(b"a", "y", 1000, 10).tolist()
    assert choose(b"a", "x", 1000, 10).tolist() != choose(b"b", "x", 1000, 10).tolist()
    assert choose(b"a", "x", 5, 10).tolist() == [0, 1, 2, 3, 4]
    chosen = np.concatenate([choose(str(at).encode(), "x", 20, 5) for at in range(2000)])
    assert np.bincount(chosen, minlength=20).min() > 400
