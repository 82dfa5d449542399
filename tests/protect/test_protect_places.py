"""Places: points read strictly, squares of the map and their names, coordinate systems, distances anywhere."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect.coordinate_systems import CoordinateSystem, from_wgs84, to_wgs84
from lockgate.protect.places import (
    FINEST_ZOOM,
    Points,
    centre_of,
    coarsen,
    find_cells,
    make_points,
    name_cells,
    parent_of,
    read_points,
)
from lockgate.protect.sphere import RADIUS_M, chord_square, displace, distance_m, unit_vectors, wrap

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)


def one(latitude: float, longitude: float) -> Points:
    return make_points(np.array([latitude]), np.array([longitude]))


def quadkey_by_hand(latitude: float, longitude: float, zoom: int) -> str:
    """Return a quadkey by halving the map, one digit at a time."""
    across = (longitude + 180) / 360 % 1
    down = 0.5 - math.asinh(math.tan(math.radians(latitude))) / (2 * math.pi)
    name = ""
    for _ in range(zoom):
        across, down = 2 * across, 2 * down
        name += str(int(across >= 1) + 2 * int(down >= 1))
        across, down = across % 1, down - (down >= 1)
    return name


@given(st.floats(-85, 85), LONGITUDES, st.integers(1, 18))
def test_a_square_is_the_one_that_halving_the_map_finds(latitude: float, longitude: float, zoom: int):
    for nearby in (0.0, 1e-9, -1e-9):  # beside a line either square will do
        if coarsen(one(latitude, longitude), zoom)[0].as_py() == quadkey_by_hand(latitude + nearby, longitude, zoom):
            return
        if coarsen(one(latitude, longitude), zoom)[0].as_py() == quadkey_by_hand(latitude, longitude + nearby, zoom):
            return
    pytest.fail("another square")


def test_a_square_has_the_name_of_the_published_example():
    """Tile (3, 5) at level 3 has the quadkey 213 (Bing Maps tile system)."""
    cells = np.array([(5 << 32) | 3])
    assert name_cells(cells, 3).to_pylist() == ["213"]
    assert coarsen(centre_of(cells, 3), 3).to_pylist() == ["213"]


@given(LATITUDES, LONGITUDES, st.integers(1, FINEST_ZOOM))
def test_names_of_squares_begin_with_those_around_them(latitude: float, longitude: float, zoom: int):
    points = one(latitude, longitude)
    name = coarsen(points, zoom)[0].as_py()
    assert len(name) == zoom
    for levels in range(1, zoom):
        around = parent_of(find_cells(points, zoom), levels)
        assert name_cells(around, zoom - levels)[0].as_py() == name[: zoom - levels]


def test_both_sides_of_the_antimeridian_and_both_poles_have_squares():
    east, west = coarsen(one(0, 180), 8), coarsen(one(0, -180), 8)
    assert east == west
    assert coarsen(one(90, 12), 3)[0].as_py().startswith(("0", "1"))
    assert coarsen(one(-90, 12), 3)[0].as_py().startswith(("2", "3"))
    assert name_cells(find_cells(one(1, 1), 0), 0).to_pylist() == ["world"]


def test_missing_points_stay_missing_wherever_they_go():
    points = read_points(pa.array([1.0, None, 3.0, float("nan")]), pa.array([1.0, 2.0, None, 4.0]))
    assert points.missing.tolist() == [False, True, True, True]
    assert find_cells(points, 9).tolist()[1:] == [-1, -1, -1]
    assert coarsen(points, 9).is_null().to_pylist() == [False, True, True, True]
    assert parent_of(find_cells(points, 9)).tolist()[1:] == [-1, -1, -1]
    assert np.isnan(centre_of(find_cells(points, 9), 9).latitude).tolist() == [False, True, True, True]


def test_numbers_in_text_are_read_and_other_text_is_refused_untold():
    points = read_points(pa.array(["39.9", None]), pa.array(["116.4", "1"]))
    assert points.latitude[0] == pytest.approx(39.9)
    with pytest.raises(Exception, match="decimal numbers") as raised:
        read_points(pa.array(["39°54'N secret"]), pa.array(["116"]))
    assert "secret" not in str(raised.value)
    with pytest.raises(Exception, match="column of the longitude"):
        read_points(pa.array([1.0]), pa.array([[1.0]]))


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(90.01, 0), (-91, 0), (0, 180.5), (116.4, 39.9), (math.inf, 0), (0, -math.inf)]
)
def test_a_point_off_the_globe_is_refused_untold(latitude: float, longitude: float):
    with pytest.raises(Exception, match="found 1 others, the first in row 2") as raised:
        make_points(np.array([1.0, latitude]), np.array([1.0, longitude]))
    assert "116" not in str(raised.value)
    assert raised.value.hint


@pytest.mark.parametrize("zoom", [-1, FINEST_ZOOM + 1])
def test_a_zoom_that_is_none_is_refused(zoom: int):
    with pytest.raises(Exception, match="zoom of 0 to"):
        find_cells(one(1, 1), zoom)


# Coordinate systems


@given(st.floats(1.5, 55), st.floats(73, 137), st.sampled_from(CoordinateSystem))
@settings(max_examples=200)
def test_coordinates_come_back_from_every_system(latitude: float, longitude: float, system: CoordinateSystem):
    start = np.array([latitude]), np.array([longitude])
    back = to_wgs84(*from_wgs84(*start, system), system)
    assert abs(back[0] - start[0])[0] < 1e-9
    assert abs(back[1] - start[1])[0] < 1e-9


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(39.9087, 116.3975), (31.2304, 121.4737), (22.5431, 114.0579), (43.8, 87.6)]
)
def test_chinese_maps_are_some_hundred_metres_off(latitude: float, longitude: float):
    start = np.array([latitude]), np.array([longitude])
    gcj, bd = (from_wgs84(*start, system) for system in (CoordinateSystem.GCJ_02, CoordinateSystem.BD_09))
    assert 100 < distance_m(*start, *gcj)[0] < 800
    assert 400 < distance_m(*start, *bd)[0] < 2_000
    assert bd[0][0] - gcj[0][0] == pytest.approx(0.006, abs=0.003)
    assert bd[1][0] - gcj[1][0] == pytest.approx(0.0065, abs=0.003)


def test_the_published_formula_gives_the_known_shift_of_beijing():
    """The value that other implementations of the formula print for this point."""
    latitude, longitude = from_wgs84(np.array([39.915]), np.array([116.404]), CoordinateSystem.GCJ_02)
    assert latitude[0] == pytest.approx(39.91640428150164, abs=1e-10)
    assert longitude[0] == pytest.approx(116.41024449916938, abs=1e-10)


@pytest.mark.parametrize(("latitude", "longitude"), [(48.86, 2.35), (40.7, -74), (-33.9, 151.2), (0.5, 100), (60, 100)])
def test_outside_of_the_rectangle_all_systems_agree(latitude: float, longitude: float):
    start = np.array([latitude]), np.array([longitude])
    for system in CoordinateSystem:
        assert from_wgs84(*start, system) == start
        assert to_wgs84(*start, system) == start


def test_points_of_a_chinese_map_are_read_as_where_they_are():
    start = np.array([39.9087]), np.array([116.3975])
    shifted = from_wgs84(*start, CoordinateSystem.BD_09)
    assert coarsen(make_points(*shifted, CoordinateSystem.BD_09), 18) == coarsen(make_points(*start), 18)
    assert coarsen(make_points(*shifted), 18) != coarsen(make_points(*start), 18)
    missing = make_points(np.array([np.nan]), np.array([116.0]), CoordinateSystem.GCJ_02)
    assert missing.missing.tolist() == [True]


# The sphere


@given(LATITUDES, LONGITUDES, st.floats(0, 100_000), st.floats(0, 2 * math.pi))
def test_a_point_is_moved_as_far_as_asked_wherever_it_is(latitude: float, longitude: float, metres: float, way: float):
    start = np.array([latitude]), np.array([longitude])
    end = displace(*start, np.array([metres]), np.array([way]))
    assert distance_m(*start, *end)[0] == pytest.approx(metres, abs=0.2)
    assert -90 <= end[0][0] <= 90
    assert -180 <= end[1][0] < 180


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_chords_tell_near_from_far_as_distances_do(latitude: float, longitude: float, other: float, far: float):
    ends = np.array([latitude, other]), np.array([longitude, far])
    apart = distance_m(ends[0][:1], ends[1][:1], ends[0][1:], ends[1][1:])[0]
    vectors = unit_vectors(*ends)
    assert ((vectors[0] - vectors[1]) ** 2).sum() == pytest.approx(chord_square(apart), abs=1e-6)


def test_a_degree_is_what_it_should_be():
    quarter = distance_m(np.array([0.0]), np.array([0.0]), np.array([0.0]), np.array([90.0]))[0]
    assert quarter == pytest.approx(RADIUS_M * math.pi / 2)
    assert distance_m(np.array([0.0]), np.array([179.9]), np.array([0.0]), np.array([-179.9]))[0] < 23_000


@given(st.floats(-1e6, 1e6))
def test_longitudes_come_out_in_one_turn(longitude: float):
    assert -180 <= wrap(np.array([longitude]))[0] < 180
