"""Attacks on places and tracks, on data small enough to work out by hand, and against counting by brute force."""

import math
from hashlib import shake_256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.verify.places import Homes, Shown, average_place, displacement_m, find_homes
from lockgate.verify.tracks import Sightings, identify_by_points

DEGREE_M = 6_371_008.8 * math.pi / 180


def counted(count: int) -> bytes:
    """Return bytes that look random and are the same each time."""
    return shake_256(b"draws").digest(count)


def shown(*rows: tuple[int, float, float]) -> Shown:
    person, latitude, longitude = zip(*rows, strict=True)
    return Shown(np.array(person), np.array(latitude, dtype=float), np.array(longitude, dtype=float))


def always(points: Shown) -> np.ndarray:
    return np.ones(len(points.person), dtype=bool)


def test_points_on_both_sides_average_to_the_middle():
    off = 300 / DEGREE_M
    points = shown((0, off, 0), (0, -off, 0), (0, 0, off), (0, 0, -off))
    found = average_place(points, always(points), Homes(np.zeros(1), np.zeros(1)))
    assert found.single_error_m == pytest.approx(300, abs=0.1)
    assert found.averaged_error_m == pytest.approx(0, abs=0.1)
    assert found.ratio < 0.01
    assert (found.attack.success, found.attack.baseline) == (1.0, 0.0)


def test_the_same_point_again_averages_to_itself():
    off = 300 / DEGREE_M
    points = shown(*[(0, off, 0)] * 50, *[(1, 10, 10 + off)] * 3)
    found = average_place(points, always(points), Homes(np.array([0.0, 10.0]), np.array([0.0, 10.0])))
    assert found.ratio == pytest.approx(1, abs=0.02)
    assert found.attack.success == 0.0


@pytest.mark.parametrize(("latitude", "longitude"), [(0.0, 180.0), (0.0, -180.0), (89.9999, 45.0), (-89.9999, 0.0)])
def test_averages_hold_at_the_antimeridian_and_at_the_poles(latitude: float, longitude: float):
    turn = 0.001 if abs(latitude) < 1 else 170.0
    other = (longitude + turn + 180) % 360 - 180, (longitude - turn + 180) % 360 - 180
    points = shown(*[(0, latitude, east) for east in other])
    found = average_place(points, always(points), Homes(np.array([latitude]), np.array([longitude])))
    assert found.averaged_error_m < 25


def test_only_points_of_the_place_and_released_ones_count():
    points = shown((0, 1, 1), (0, 50, 50), (0, float("nan"), float("nan")))
    found = average_place(points, np.array([True, False, True]), Homes(np.array([1.0]), np.array([1.0])))
    assert found.averaged_error_m == pytest.approx(0, abs=1e-6)
    nothing = average_place(points, np.array([False, False, True]), Homes(np.array([1.0]), np.array([1.0])))
    assert nothing.attack.success == 0.0
    assert nothing.ratio == 1.0


def test_a_home_is_found_where_most_of_the_nights_are():
    points = shown(*[(0, 10, 10)] * 5, *[(0, 11, 11)] * 3, *[(1, 20, 20)] * 2, (1, 20.001, 20), (1, 40, 40))
    homes = Homes(np.array([10.0, 40.0]), np.array([10.0, 40.0]))
    found = find_homes(points, always(points), homes)
    assert found.success == 0.5
    assert found.baseline == 0.5  # guessing one of the two homes for both
    assert found.interval[0] < 0.5 < found.interval[1]


def test_who_shows_no_point_by_night_is_not_found():
    points = shown((0, 10, 10), (1, 20, 20))
    homes = Homes(np.array([10.0, 20.0]), np.array([10.0, 20.0]))
    assert find_homes(points, np.array([True, False]), homes).success == 0.5
    assert find_homes(points, np.array([False, False]), homes).success == 0.0


def test_displacements_are_measured_over_what_is_shown():
    points = shown((0, 1, 0), (0, 0, 0), (0, float("nan"), float("nan")))
    assert displacement_m(points, np.array([0.0, 0.0, 5.0]), np.zeros(3)) == pytest.approx(DEGREE_M / 2)


# Known points


def told_by_brute_force(rows, points: int) -> float:
    """Return the share of persons told by all of their points, where each has at most so many."""
    persons = sorted({person for person, *_ in rows})
    told = 0
    for person in persons:
        own = [row for row in rows if row[0] == person]
        assert len({(place, hour) for _, place, hour, _, _ in own}) <= points
        pieces = {track for *_, track, label in own if label is not None}
        for piece in pieces:
            seen = [(place, hour) for _, place, hour, track, label in own if track == piece and label is not None]
            holding = {
                track
                for *_, track, _ in rows
                if all(
                    any(
                        track == other
                        and label is not None
                        and hour == now
                        and place.startswith("" if label == "world" else label)
                        for _, _, now, other, label in rows
                    )
                    for place, hour in seen
                )
            }
            if holding == {piece}:
                told += 1
                break
    return told / len(persons)


LABELLED = st.tuples(
    st.integers(0, 4),
    st.sampled_from(["000", "001", "013", "310"]),
    st.integers(0, 2),
    st.integers(0, 1),
    st.sampled_from([None, 0, 1, 2, 3]),
)


@given(st.lists(LABELLED, min_size=1, max_size=14, unique_by=lambda row: row[:3]))
@settings(deadline=None)
def test_who_is_told_is_what_counting_by_hand_finds(drawn):
    rows = [
        (person, place, hour, 2 * person + piece, None if length is None else place[:length] or "world")
        for person, place, hour, piece, length in drawn
    ]
    person, place, hour, track, label = zip(*rows, strict=True)
    sightings = Sightings(np.array(person), place, np.array(hour), np.array(track), label)
    attack = identify_by_points(sightings, 12, counted)
    assert attack.success == pytest.approx(told_by_brute_force(rows, 12))
    assert attack.baseline == (1 / len({row[3] for row in rows if row[4]}) if any(label) else 0.0)


def test_more_known_points_tell_more_people():
    people = 60
    person = np.repeat(np.arange(people), 8)
    place = [f"{value % 4}{value // 4 % 4}" for value in counted(len(person))]
    hour = np.frombuffer(counted(8 * len(person)), "<u8")[::-1].astype(np.int64) % 3
    sightings = Sightings(person, place, hour, person, place)
    shares = [identify_by_points(sightings, known, counted).success for known in (1, 2, 4)]
    assert shares[0] <= shares[1] <= shares[2]
    assert shares[0] < 0.1
    assert shares[2] > 0.5


def test_a_sample_of_persons_says_how_sure_it_is():
    person = np.arange(50)
    place = [f"{value:03d}" for value in range(50)]
    sightings = Sightings(person, place, np.zeros(50, np.int64), person, place)
    attack = identify_by_points(sightings, 1, counted, most_persons=20)
    assert attack.success == 1.0
    assert 0.8 < attack.interval[0] < 1.0
    assert "20 people" in attack.means


def test_nothing_released_tells_nobody():
    sightings = Sightings(np.array([0, 1]), ["0", "1"], np.zeros(2, np.int64), np.array([0, 1]), [None, None])
    assert identify_by_points(sightings, 2, counted).success == 0.0
    empty = np.empty(0, np.int64)
    assert identify_by_points(Sightings(empty, [], empty, empty, []), 2, counted).success == 0.0
