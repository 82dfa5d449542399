"""Tracks: stays as defined, no home shown, k persons in every place and hour, points that cannot be put together."""

from collections import defaultdict
from hashlib import shake_256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.examples.journeys import FIRST_DAY_S, generate_journeys
from lockgate.protect import compiled_stays
from lockgate.protect.combinations import merge
from lockgate.protect.places import Points, coarsen, make_points
from lockgate.protect.sphere import chord_square, displace, distance_m, unit_vectors
from lockgate.protect.stay_loops import mark_stays
from lockgate.protect.stay_zones import Zones, leave_out_homes
from lockgate.protect.stays import find_stays
from lockgate.protect.tracks import Crowding, cut_tracks, fold, map_rows, solve, thin
from lockgate.verify.places import Homes, Shown, find_homes
from lockgate.verify.tracks import Sightings, identify_by_points

KEY = bytes(range(32))
PEOPLE = 150


def hashes(count: int) -> np.ndarray:
    """Return made-up hashes of persons."""
    return np.frombuffer(shake_256(b"walkers").digest(16 * count), "<u8").reshape(-1, 2).astype(np.uint64)


def counted(count: int) -> bytes:
    """Return bytes that look random and are the same each time."""
    return shake_256(b"attack").digest(count)


@pytest.fixture(scope="module")
def journeys():
    return generate_journeys(PEOPLE, 7, 3)


def points_of(journeys, kept=None) -> Points:
    kept = np.ones(len(journeys.person), dtype=bool) if kept is None else kept
    return Points(np.where(kept, journeys.latitude, np.nan), np.where(kept, journeys.longitude, np.nan))


def stays_as_defined(track, distance: float, duration: int):
    """Return first and last point of each stay of one person, straight from definition 2 of Li et al."""
    found, m = [], 0
    while m < len(track):
        n = m
        while n + 1 < len(track):
            (_, latitude, longitude), (_, other, far) = track[m], track[n + 1]
            if distance_m(*(np.array([value]) for value in (latitude, longitude, other, far)))[0] > distance:
                break
            n += 1
        if track[n][0] - track[m][0] >= duration:
            found.append((m, n))
            m = n
        m += 1
    return found


STEPS = st.lists(st.tuples(st.integers(1, 900), st.floats(0, 260), st.floats(0, 6.28)), min_size=1, max_size=30)


@given(st.lists(STEPS, min_size=1, max_size=3), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_stays_are_those_of_the_definition(people, shuffle):
    rows, expected = [], []
    for person, steps in enumerate(people):
        track, here, now = [], (np.array([40.0]), np.array([116.0])), 0
        for seconds, metres, way in steps:
            here = displace(*here, np.array([metres * (metres > 60)]), np.array([way]))
            now += seconds
            track.append((now, here[0][0], here[1][0]))
        rows += [(person, *point) for point in track]
        expected += [(person, track[m][0], track[n][0]) for m, n in stays_as_defined(track, 200.0, 1_200)]
    shuffle.shuffle(rows)
    person, time_s, latitude, longitude = (np.array(column) for column in zip(*rows, strict=True))
    stays = find_stays(Points(latitude, longitude), person, time_s)
    assert list(zip(stays.number.tolist(), stays.start_s.tolist(), stays.end_s.tolist(), strict=True)) == expected
    for stay in range(len(expected)):
        own = stays.rows[stays.row_stay == stay]
        assert stays.points.latitude[stay] == pytest.approx(latitude[own].mean(), abs=1e-5)
        assert stays.points.longitude[stay] == pytest.approx(longitude[own].mean(), abs=1e-5)


def test_compiled_code_finds_the_same_stays(journeys):
    order = np.lexsort((journeys.time_s, journeys.person))
    axes = unit_vectors(journeys.latitude[order], journeys.longitude[order]).T
    stop = np.searchsorted(journeys.person[order], journeys.person[order], side="right")
    limit = chord_square(200.0), 1_200.0
    ends, plain = np.full(len(order), -1), [-1] * len(order)
    x, y, z = (np.ascontiguousarray(axis) for axis in axes)
    compiled_stays.mark_stays((x, y, z), journeys.time_s[order], stop, limit, ends)
    mark_stays(axes.tolist(), journeys.time_s[order].tolist(), stop.tolist(), limit, plain)
    assert ends.tolist() == plain
    assert (ends >= 0).sum() > PEOPLE


@pytest.mark.parametrize(("distance", "duration"), [(0.0, 60), (200.0, 0), (-1.0, 60)])
def test_a_stay_without_a_threshold_is_refused(distance: float, duration: int):
    with pytest.raises(Exception, match="thresholds above 0"):
        find_stays(Points(np.zeros(1), np.zeros(1)), np.zeros(1, np.int64), np.zeros(1, np.int64), distance, duration)


# Homes and places of work


@pytest.mark.parametrize("radius", [300.0, 800.0])
def test_nothing_is_shown_near_homes_and_places_of_work(journeys, radius: float):
    kept = leave_out_homes(points_of(journeys), hashes(PEOPLE)[journeys.person], journeys.time_s, Zones(radius, KEY))
    assert 0 < kept.mean() < 0.2
    for spots in (journeys.homes, journeys.works):
        apart = distance_m(journeys.latitude, journeys.longitude, *(axis[journeys.person] for axis in spots))
        assert apart[kept].min() > radius / 5
    clear = Shown(journeys.person, journeys.latitude, journeys.longitude)
    left = Shown(journeys.person, points_of(journeys, kept).latitude, points_of(journeys, kept).longitude)
    always = np.ones(len(kept), dtype=bool)
    night = journeys.time_s // 3600 % 24 < 6
    assert find_homes(clear, night, Homes(*journeys.homes)).success > 0.95
    found = find_homes(left, always, Homes(*journeys.homes))
    assert found.success <= found.baseline + 0.02


def test_the_middle_of_the_hole_is_not_the_home():
    """The attacker sees the whole hole: points all around a home, which is where its nights are."""
    apart = []
    for person in range(40):
        north, east = np.meshgrid(np.linspace(-1_200, 1_200, 41), np.linspace(-1_200, 1_200, 41))
        away = displace(
            np.full(north.size, 30.0),
            np.full(north.size, 100.0),
            np.hypot(north, east).ravel(),
            np.arctan2(east, north).ravel(),
        )
        latitude, longitude = np.append(away[0], np.full(20, 30.0)), np.append(away[1], np.full(20, 100.0))
        noon = FIRST_DAY_S + 12 * 3600 + np.arange(north.size) * 600 * 144  # each day at noon, another place
        time_s = np.append(noon, FIRST_DAY_S + 3600 + np.arange(20) * 600)
        persons = np.repeat(hashes(40)[person : person + 1], len(time_s), axis=0)
        kept = leave_out_homes(make_points(latitude, longitude), persons, time_s, Zones(500.0, KEY))
        hole = ~kept[: north.size]
        middle = latitude[: north.size][hole].mean(), longitude[: north.size][hole].mean()
        apart.append(distance_m(*(np.array([value]) for value in (*middle, 30.0, 100.0)))[0])
        assert not kept[north.size :].any()
    assert np.median(apart) > 100
    assert max(apart) < 500


def test_the_place_of_the_longest_stay_is_left_out_where_nothing_is_known_of_the_night():
    time_s = FIRST_DAY_S + np.array([18, 19, 20, 20.5, 21]) * 3600  # at home of an evening, then for a walk
    points = Points(np.array([30.0, 30.0, 30.0, 30.1, 30.2]), np.full(5, 100.0))
    kept = leave_out_homes(points, hashes(1)[[0] * 5], time_s.astype(np.int64), Zones(500.0, KEY))
    assert kept.tolist() == [False, False, False, True, True]


def test_nights_are_left_out_where_no_home_can_be_found():
    time_s = FIRST_DAY_S + np.array([3, 12, 27, 36]) * 3600  # two nights in two places, two noons
    points = Points(np.array([30.0, 30.1, 30.2, 30.3]), np.full(4, 100.0))
    kept = leave_out_homes(points, hashes(1)[[0, 0, 0, 0]], time_s, Zones(500.0, KEY))
    assert kept.tolist() == [False, True, False, True]
    shifted = leave_out_homes(points, hashes(1)[[0, 0, 0, 0]], time_s, Zones(500.0, KEY, utc_offset_s=12 * 3600))
    assert shifted.tolist() == [True, False, True, False]


@pytest.mark.parametrize("radius", [0.0, 100.0, 1e6, float("nan")])
def test_a_disc_that_hides_nobody_is_refused(radius: float):
    with pytest.raises(Exception, match="radius of 200"):
        Zones(radius, KEY)


# Fewer points, shorter tracks


def test_thinning_keeps_the_first_point_of_each_stretch():
    person, time_s = np.array([0, 0, 0, 1, 1, 0]), np.array([100, 50, 3_700, 90, 80, 3_600])
    points = Points(np.array([1.0, 2.0, 3.0, 4.0, np.nan, 5.0]), np.array([1.0, 2.0, 3.0, 4.0, np.nan, 5.0]))
    assert thin(points, hashes(2)[person], time_s, 3_600).tolist() == [False, True, False, True, False, True]


def test_tracks_are_cut_so_that_pieces_have_nothing_in_common():
    person, time_s = np.array([0, 0, 0, 1, 0]), np.array([100, 3_500, 3_700, 100, -5])
    names = cut_tracks(hashes(2)[person], time_s, 3_600, KEY).to_pylist()
    assert names[0] == names[1]
    assert len(set(names)) == 4
    assert names != cut_tracks(hashes(2)[person], time_s, 3_600, bytes(32)).to_pylist()
    assert all(len(name) == 27 for name in names)
    assert len(cut_tracks(hashes(0), np.empty(0, np.int64), 3_600, KEY)) == 0


@pytest.mark.parametrize("every", [0, -3])
def test_a_stretch_of_no_length_is_refused(every: int):
    with pytest.raises(Exception, match="at least 1 second"):
        thin(Points(np.zeros(1), np.zeros(1)), hashes(1), np.zeros(1, np.int64), every)


# k persons in every place and hour


ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.floats(0, 0.2), st.floats(0, 0.2), st.integers(-4_000, 9_000)),
    min_size=1,
    max_size=60,
)


@given(ROWS, st.integers(2, 4), st.integers(0, 4))
@settings(deadline=None)
def test_every_place_and_hour_that_is_shown_has_k_persons(rows, k: int, levels: int):
    person, latitude, longitude, time_s = (np.array(column) for column in zip(*rows, strict=True))
    points, persons = make_points(latitude, longitude), hashes(7)[person]
    crowding = Crowding(k, 12, 12 - levels)
    crowds = solve(fold(points, persons, time_s, crowding), crowding)
    labels, hours = map_rows(points, time_s, crowds, crowding)
    shown = defaultdict(set)
    for who, label, hour in zip(person.tolist(), labels.to_pylist(), hours.tolist(), strict=True):
        if label is not None:
            shown[label or "world", hour].add(who)
    assert all(len(who) >= k for who in shown.values())
    for label, finest in zip(labels.to_pylist(), coarsen(points, 12).to_pylist(), strict=True):
        assert label is None or (finest.startswith(label) and 12 - levels <= len(label))
    assert (hours == time_s // 3_600 * 3_600).all()
    left = {
        (finest[: 12 - levels], hour)
        for label, finest, hour in zip(labels.to_pylist(), coarsen(points, 12).to_pylist(), hours.tolist(), strict=True)
        if label is None
    }
    for square, hour in left:  # what is left out was too few even in the coarsest square
        who = {
            one
            for one, label, finest, now in zip(
                person.tolist(), labels.to_pylist(), coarsen(points, 12).to_pylist(), hours.tolist(), strict=True
            )
            if label is None and now == hour and finest.startswith(square)
        }
        assert len(who) < k


@given(ROWS, st.integers(1, 9))
@settings(deadline=None)
def test_labels_are_the_same_however_rows_are_parted(rows, size: int):
    person, latitude, longitude, time_s = (np.array(column) for column in zip(*rows, strict=True))
    points, persons, crowding = make_points(latitude, longitude), hashes(7)[person], Crowding(2, 12, 9)

    def part(at: int):
        rows = slice(at, at + size)
        return fold(Points(latitude[rows], longitude[rows]), persons[rows], time_s[rows], crowding)

    whole = solve(fold(points, persons, time_s, crowding), crowding)
    parted = solve(merge([part(at) for at in range(0, len(person), size)][::-1]), crowding)
    assert map_rows(points, time_s, whole, crowding)[0] == map_rows(points, time_s, parted, crowding)[0]


def test_points_of_places_and_hours_never_folded_are_not_shown():
    points, persons, time_s = Points(np.array([1.0, 1.0]), np.array([1.0, 1.0])), hashes(2), np.array([0, 0])
    crowding = Crowding(2)
    crowds = solve(fold(points, persons, time_s, crowding), crowding)
    other = Points(np.array([1.0, 9.0, 1.0, np.nan]), np.array([1.0, 9.0, 1.0, np.nan]))
    labels, _ = map_rows(other, np.array([0, 0, 7_200, 0]), crowds, crowding)
    assert labels.is_null().to_pylist() == [False, True, True, True]
    nothing = solve(fold(points, persons, time_s, Crowding(3)), Crowding(3))
    assert map_rows(points, time_s, nothing, Crowding(3))[0].null_count == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 1},
        {"k": 5, "finest_zoom": 9},
        {"k": 5, "coarsest_zoom": -1},
        {"k": 5, "finest_zoom": 30},
        {"k": 5, "hour_s": 0},
    ],
)
def test_a_crowd_that_hides_nobody_is_refused(wrong):
    with pytest.raises(Exception, match="expected") as raised:
        Crowding(**wrong)
    assert raised.value.hint


def test_a_few_known_points_tell_hardly_anybody_after_protection(journeys):
    """Before, one point of place and hour tells most persons, and two tell nearly all."""
    persons, every = hashes(PEOPLE)[journeys.person], coarsen(points_of(journeys), 17).to_pylist()
    clear = Sightings(journeys.person, every, journeys.time_s // 3600, journeys.person, every)
    before = [identify_by_points(clear, known, counted, 100).success for known in (1, 2, 4)]
    assert before[0] > 0.8
    assert before[2] > 0.95
    crowding = Crowding(5)
    crowds = solve(fold(points_of(journeys), persons, journeys.time_s, crowding), crowding)
    labels, _ = map_rows(points_of(journeys), journeys.time_s, crowds, crowding)
    pieces = np.unique(cut_tracks(persons, journeys.time_s, 3 * 3600, KEY).to_pylist(), return_inverse=True)[1]
    assert labels.null_count < 0.1 * len(labels)
    shown = Sightings(journeys.person, every, journeys.time_s // 3600, pieces, labels.to_pylist())
    after = [identify_by_points(shown, known, counted, 100).success for known in (1, 2, 4)]
    assert after[0] == 0
    assert after[2] < 0.2


def test_tables_without_rows_and_without_points_pass():
    nowhere = Points(np.array([np.nan]), np.array([np.nan]))
    for points, persons, time_s in (
        (Points(np.empty(0), np.empty(0)), hashes(0), np.empty(0, np.int64)),
        (nowhere, hashes(1), np.zeros(1, np.int64)),
    ):
        assert not leave_out_homes(points, persons, time_s, Zones(500.0, KEY)).any()
        assert not thin(points, persons, time_s, 60).any()
        crowds = solve(fold(points, persons, time_s, Crowding(2)), Crowding(2))
        assert map_rows(points, time_s, crowds, Crowding(2))[0].null_count == len(persons)
