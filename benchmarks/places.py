"""Places and tracks: squares beside h3, the averaging attack, homes found, persons told by a few points.

`python benchmarks/places.py [--peer-python PYTHON]`, with `h3` and `numpy` in the peer's environment. Made-up people of
a made-up city, 400 for two weeks, at most one reading in a quarter of an hour; processor time, the least of five runs.
"""

import argparse
import os
import subprocess
import time
from collections.abc import Callable
from math import log

import numpy as np

from lockgate.examples.journeys import Journeys, generate_journeys
from lockgate.protect.place_noise import Noise, add_noise
from lockgate.protect.places import Points, coarsen, find_cells, make_points
from lockgate.protect.sphere import displace
from lockgate.protect.stay_zones import Zones, leave_out_homes
from lockgate.protect.tracks import Crowding, cut_tracks, fold, map_rows, solve, thin
from lockgate.verify.places import Homes, Shown, average_place, displacement_m, find_homes
from lockgate.verify.tracks import Sightings, identify_by_points

PEOPLE, DAYS, POINTS = 400, 14, 2_000_000
PEER = """
import sys, time
import numpy as np
import h3
import h3.api.basic_int as h3_int
n = 200_000
lat, lon = np.linspace(18, 53, n).tolist(), (np.arange(n) * 7919 % n / n * 55 + 75).tolist()
for name, api in (("text", h3), ("int", h3_int)):
    best = 1e9
    for _ in range(5):
        start = time.process_time()
        cells = [api.latlng_to_cell(a, b, 8) for a, b in zip(lat, lon)]
        best = min(best, time.process_time() - start)
    print(name, n / best, h3.__version__)
"""


def least(work: Callable[[], object]) -> float:
    """Return the least processor time of five runs."""
    times = []
    for _ in range(5):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def squares(peer: str | None) -> None:
    """Print how many points a second get their square, beside h3."""
    latitude = np.linspace(18, 53, POINTS)
    points = make_points(latitude, np.arange(POINTS) * 7919 % POINTS / POINTS * 55 + 75)
    ours = POINTS / least(lambda: find_cells(points, 15))
    named = POINTS / least(lambda: coarsen(points, 12))
    print(f"squares: {ours / 1e6:.1f} M/s as numbers, {named / 1e6:.1f} M/s as quadkeys")
    if peer is not None:
        done = subprocess.run([peer, "-c", PEER], capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            name, speed, version = line.split()
            print(f"h3 {version} ({name}): {float(speed) / 1e6:.2f} M/s, ours is {ours / float(speed):.0f} x as fast")


def noise(journeys: Journeys, persons: np.ndarray) -> None:
    """Print what averaging and the nights give away, with noise of places and with noise drawn for each point."""
    points, homes = make_points(journeys.latitude, journeys.longitude), Homes(*journeys.homes)
    night = journeys.time_s // 3600 % 24 < 6
    rule = Noise(log(4) / 200, 200.0, os.urandom(32))
    spent = least(lambda: add_noise(points, persons, rule))
    print(f"noise: {len(points) / spent / 1e6:.1f} M points/s")
    words = np.frombuffer(os.urandom(24 * len(points)), "<u8").reshape(3, -1)
    drawn = ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    metres = -(np.log(drawn[0]) + np.log(drawn[1])) / rule.epsilon_per_m
    naive = displace(journeys.latitude, journeys.longitude, metres, 2 * np.pi * drawn[2])
    moved = add_noise(points, persons, rule)
    for name, latitude, longitude in (("of the place", moved.latitude, moved.longitude), ("of each point", *naive)):
        shown = Shown(journeys.person, latitude, longitude)
        found = average_place(shown, journeys.at_home, homes)
        print(
            f"noise {name}: median displacement {displacement_m(shown, journeys.latitude, journeys.longitude):.0f} m, "
            f"one point {found.single_error_m:.0f} m off, averaged {found.averaged_error_m:.0f} m, "
            f"ratio {found.ratio:.2f}; homes found by night {find_homes(shown, night, homes).success:.1%}"
        )


def told(journeys: Journeys, labels: list[str | None], tracks: np.ndarray, hour_s: int) -> str:
    """Return how many persons are told by 1, 2 and 4 points."""
    place = coarsen(make_points(journeys.latitude, journeys.longitude), 17).to_pylist()
    sightings = Sightings(journeys.person, place, journeys.time_s // hour_s, tracks, labels)
    return " | ".join(f"{identify_by_points(sightings, known, os.urandom).success:.1%}" for known in (1, 2, 4))


def protected_tracks(journeys: Journeys, persons: np.ndarray) -> None:
    """Print who is told by a few points, before and after each step."""
    points = make_points(journeys.latitude, journeys.longitude)
    everywhere = np.ones(len(points), dtype=bool)
    key = os.urandom(32)
    away = leave_out_homes(points, persons, journeys.time_s, Zones(500.0, key))
    print("\n| shown | points kept | median zoom | 1 point | 2 points | 4 points |\n|---|---|---|---|---|---|")
    for zoom in (17, 15, 13):
        found = told(journeys, coarsen(points, zoom).to_pylist(), journeys.person, 3_600)
        print(f"| squares of zoom {zoom} and hours | 100% | {zoom} | {found} |")
    plans = (
        ("5 persons in each square and hour", everywhere, 0, 0),
        ("... and one point in an hour", everywhere, 3_600, 0),
        ("... and tracks cut each 4 hours", everywhere, 3_600, 4 * 3_600),
        ("homes and work left out, 5 persons, one point in an hour", away, 3_600, 0),
        ("... and tracks cut each 4 hours", away, 3_600, 4 * 3_600),
    )
    for name, kept, every_s, cut_s in plans:
        here = Points(np.where(kept, points.latitude, np.nan), np.where(kept, points.longitude, np.nan))
        if every_s:
            few = thin(here, persons, journeys.time_s, every_s)
            here = Points(np.where(few, here.latitude, np.nan), np.where(few, here.longitude, np.nan))
        crowding = Crowding(5)
        crowds = solve(fold(here, persons, journeys.time_s, crowding), crowding)
        labels = map_rows(here, journeys.time_s, crowds, crowding)[0].to_pylist()
        tracks = journeys.person
        if cut_s:
            pieces = cut_tracks(persons, journeys.time_s, cut_s, key).to_pylist()
            tracks = np.unique(pieces, return_inverse=True)[1]
        zooms = [len(label) for label in labels if label is not None]
        share = len(zooms) / len(labels)
        print(
            f"| {name} | {share:.1%} | {np.median(zooms):.0f} | {told(journeys, labels, tracks, 3_600)} |", flush=True
        )


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer-python")
    squares(parser.parse_args().peer_python)
    journeys = generate_journeys(PEOPLE, DAYS, 1)
    hashes = np.frombuffer(os.urandom(16 * PEOPLE), "<u8").reshape(-1, 2).astype(np.uint64)
    noise(journeys, hashes[journeys.person])
    protected_tracks(journeys, hashes[journeys.person])


if __name__ == "__main__":
    main()
