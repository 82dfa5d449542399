"""Noise of places: the same for a person and a place each time, so that averaging gains nothing."""

from hashlib import shake_256

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.examples.journeys import generate_journeys
from lockgate.protect import place_noise
from lockgate.protect.combinations import merge
from lockgate.protect.place_noise import Noise, add_noise, fold, map_points, solve
from lockgate.protect.places import Points, make_points
from lockgate.protect.sphere import displace, distance_m
from lockgate.verify.places import Homes, Shown, average_place, displacement_m, find_homes

KEY = bytes(range(32))
NOISE = Noise(0.00693, 200.0, KEY)
"""ln 4 / 200 m."""


def hashes(count: int) -> np.ndarray:
    """Return made-up hashes of persons."""
    return np.frombuffer(shake_256(b"persons").digest(16 * count), "<u8").reshape(-1, 2).astype(np.uint64)


def drawn(field: str, count: int) -> np.ndarray:
    """Return even numbers from 0 up to 1."""
    return np.frombuffer(shake_256(field.encode()).digest(4 * count), "<u4") / 2.0**32


@pytest.fixture(scope="module")
def journeys():
    return generate_journeys(150, 14, 1)


def shown_of(journeys, noise: Noise = NOISE) -> Shown:
    points = make_points(journeys.latitude, journeys.longitude)
    moved = add_noise(points, hashes(150)[journeys.person], noise)
    return Shown(journeys.person, moved.latitude, moved.longitude)


def test_averaging_what_is_shown_of_a_home_is_no_better_than_one_point(journeys):
    found = average_place(shown_of(journeys), journeys.at_home, Homes(*journeys.homes))
    assert found.ratio >= 0.5
    assert displacement_m(shown_of(journeys), journeys.latitude, journeys.longitude) <= 400


def test_averaging_gives_homes_away_where_noise_is_drawn_for_each_point(journeys):
    """The judge can tell: the naive way fails by far."""
    count = len(journeys.person)
    metres = -(np.log(drawn("a", count) + 1e-12) + np.log(drawn("b", count) + 1e-12)) / NOISE.epsilon_per_m
    moved = displace(journeys.latitude, journeys.longitude, metres, 2 * np.pi * drawn("c", count))
    found = average_place(Shown(journeys.person, *moved), journeys.at_home, Homes(*journeys.homes))
    assert found.ratio < 0.1
    assert found.attack.success > 0.95
    night = journeys.time_s // 3600 % 24 < 6
    assert find_homes(Shown(journeys.person, *moved), night, Homes(*journeys.homes)).success > 0.9


def test_homes_are_not_found_from_the_nights(journeys):
    night = journeys.time_s // 3600 % 24 < 6
    homes = Homes(*journeys.homes)
    clear = find_homes(Shown(journeys.person, journeys.latitude, journeys.longitude), night, homes)
    assert clear.success > 0.98
    found = find_homes(shown_of(journeys), night, homes)
    by_one_point = average_place(shown_of(journeys), night, homes, within_m=200.0).attack.baseline
    assert found.success <= by_one_point + 0.1


def test_averaging_all_that_is_shown_around_a_home_gains_little(journeys):
    """The attacker does not know which points are of the home and takes all within a kilometre of the true place."""
    shown, homes = shown_of(journeys), Homes(*journeys.homes)
    own = homes.latitude[journeys.person], homes.longitude[journeys.person]
    around = distance_m(shown.latitude, shown.longitude, *own) < 1_000
    assert average_place(shown, around, homes).ratio >= 0.5


@pytest.mark.parametrize("weeks", [20])
def test_many_releases_of_homes_beside_borders_still_hide_them(weeks: int):
    """Each release sees few points, so the most visited square may be another each time: at most four draws."""
    people, each = 120, 5
    person = np.repeat(np.arange(people), each)
    home = 34 + drawn("n", people) / 10, 108 + drawn("e", people) / 10
    released: list[Points] = []
    for week in range(weeks):
        way, far = drawn(f"w{week}", len(person)) * 2 * np.pi, drawn(f"f{week}", len(person)) * 60
        points = make_points(*displace(home[0][person], home[1][person], far, way))
        released.append(add_noise(points, hashes(people)[person], NOISE))
    latitude = np.concatenate([points.latitude for points in released])
    longitude = np.concatenate([points.longitude for points in released])
    everybody = np.tile(person, weeks)
    found = average_place(Shown(everybody, latitude, longitude), np.ones(len(everybody), bool), Homes(*home))
    assert found.ratio >= 0.5
    own = [everybody == who for who in range(people)]
    assert max(len(set(zip(latitude[rows], longitude[rows], strict=True))) for rows in own) <= 4


def test_a_home_has_one_draw_in_one_release_wherever_its_border_lies():
    people = 400
    person = np.repeat(np.arange(people), 40)
    home = 34 + drawn("n", people) / 10, 108 + drawn("e", people) / 10
    way, far = drawn("way", len(person)) * 2 * np.pi, drawn("far", len(person)) * 45
    points = make_points(*displace(home[0][person], home[1][person], far, way))
    moved = add_noise(points, hashes(people)[person], NOISE)
    shown = {(who, *point) for who, *point in zip(person.tolist(), moved.latitude, moved.longitude, strict=True)}
    assert len(shown) == people


def test_distances_are_those_of_planar_laplace_noise():
    """Gamma(2): the mean is 2 / epsilon, the median 1.678 / epsilon, and directions are even."""
    people = 4_000
    points = Points(np.full(people, 34.0), np.full(people, 108.0))
    noise = Noise(0.005, 20.0, KEY)
    moved = add_noise(points, hashes(people), noise)
    metres = distance_m(points.latitude, points.longitude, moved.latitude, moved.longitude)
    assert np.mean(metres) == pytest.approx(400, rel=0.05)
    assert np.median(metres) == pytest.approx(335.7, rel=0.05)
    assert (metres > 4.744 / 0.005).mean() == pytest.approx(0.05, abs=0.015)  # the 95th percentile
    for away in (moved.latitude > 34, moved.longitude > 108):
        assert away.mean() == pytest.approx(0.5, abs=0.04)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=40))
@settings(deadline=None)
def test_the_result_is_the_same_however_rows_are_parted(rows: list[tuple[int, float, float]]):
    person, latitude, longitude = (np.array(column) for column in zip(*rows, strict=True))
    points, persons = make_points(latitude, longitude), hashes(4)[person]
    whole = add_noise(points, persons, NOISE)
    assert not np.isnan(whole.latitude).any()
    assert (np.abs(whole.latitude) <= 90).all()
    assert (whole.longitude >= -180).all()
    assert (whole.longitude < 180).all()
    parts = [
        fold(Points(points.latitude[at : at + 3], points.longitude[at : at + 3]), persons[at : at + 3], NOISE)
        for at in range(0, len(rows), 3)
    ]
    places = solve(merge(parts[::-1]), NOISE)
    again = map_points(points, persons, places, NOISE)
    assert again.latitude.tolist() == whole.latitude.tolist()
    assert again.longitude.tolist() == whole.longitude.tolist()


def test_another_key_another_person_and_another_place_have_other_noise():
    points = Points(np.array([34.0, 34.0, 34.02, 34.0]), np.array([108.0, 108.0, 108.0, 108.0]))
    persons = hashes(2)[[0, 1, 0, 0]]
    moved = add_noise(points, persons, NOISE)
    other = add_noise(points, persons, Noise(NOISE.epsilon_per_m, NOISE.cell_m, bytes(32)))
    assert moved.latitude[0] == moved.latitude[3]
    assert len(set(moved.latitude.tolist()) | set(other.latitude.tolist())) == 6


def test_two_rates_do_not_share_a_draw():
    """If they did, the true place would lie on the line through both released points, at a known share of it."""
    points, persons = Points(np.full(50, 34.0), np.full(50, 108.0)), hashes(50)
    one, other = (add_noise(points, persons, Noise(epsilon, 20.0, KEY)) for epsilon in (0.002, 0.004))
    solved = 2 * other.latitude - one.latitude, 2 * other.longitude - one.longitude
    assert np.median(distance_m(*solved, points.latitude, points.longitude)) > 500


def test_missing_points_and_points_never_folded_are_not_shown():
    points = Points(np.array([34.0, np.nan, 35.0]), np.array([108.0, np.nan, 109.0]))
    persons = hashes(3)
    assert np.isnan(add_noise(points, persons, NOISE).latitude).tolist() == [False, True, False]
    places = solve(fold(Points(points.latitude[:1], points.longitude[:1]), persons[:1], NOISE), NOISE)
    assert np.isnan(map_points(points, persons, places, NOISE).latitude).tolist() == [False, True, True]
    empty = solve(fold(Points(np.array([np.nan]), np.array([np.nan])), persons[:1], NOISE), NOISE)
    assert np.isnan(map_points(points, persons, empty, NOISE).latitude).all()


def test_the_partial_holds_no_point_only_squares_of_a_hidden_grid():
    partial = fold(Points(np.array([34.0] * 3), np.array([108.0] * 3)), hashes(1)[[0, 0, 0]], NOISE)
    assert partial.num_rows == 1
    assert partial.schema.field(place_noise.CELL).type == pa.int64()


@pytest.mark.parametrize(
    ("epsilon", "cell"), [(0.0, 200), (-1, 200), (1.0, 200), (0.01, 1), (0.01, 1e6), (float("nan"), 200)]
)
def test_noise_that_hides_nothing_is_refused(epsilon: float, cell: float):
    with pytest.raises(Exception, match="expected") as raised:
        Noise(epsilon, cell, KEY)
    assert raised.value.hint
