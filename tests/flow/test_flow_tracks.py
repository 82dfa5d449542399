"""Tracks released by the techniques of a flow file: attacks on them come less far than on the raw ones."""

import csv
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lockgate.evidence.dossier import parse_statement
from lockgate.examples.journeys import Journeys, generate_journeys
from lockgate.flow.file import parse_flow
from lockgate.flow.release import Released, release
from lockgate.protect.places import Points, find_cells, name_cells
from lockgate.terms.errors import InputError
from lockgate.verify.places import Homes, Shown, find_homes
from lockgate.verify.tracks import Sightings, identify_by_points
from small_flows import do_not_wait_for_the_disk, fix_keys, fixed_bytes, flow_text, node_at

PEOPLE, K = 40, 4
TRACK = {"longitude": "lon", "time": "at"}
HIDE = {"measure": "hide-stays", "metres": 500, **TRACK}
THIN = {"measure": "thin-track", "every": 3600, **TRACK}
CROWD = {"measure": "crowd-place", "k": K, "zoom": 15, "coarsest": 8, **TRACK}
COLUMNS = {
    "who": {"category": "online-identifier", "role": "direct-identifier"},
    "lat": {"category": "location-track"},
    "lon": {"category": "location-track"},
    "at": {"category": "location-track"},
    "number": {"category": "other-personal", "role": "ordinary"},
    "word": {"category": "other-personal", "role": "ordinary"},
}
Row = dict[str, str]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture(scope="module")
def journeys() -> Journeys:
    return generate_journeys(PEOPLE, 3, 3)


def released(folder: Path, journeys: Journeys, *measures: dict[str, Any], **columns: Any) -> tuple[Released, list[Row]]:
    """Return a release of made-up tracks; the column `number` is that of the row of the source."""
    with (folder / "tracks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row, (person, second) in enumerate(zip(journeys.person.tolist(), journeys.time_s.tolist(), strict=True)):
            at = datetime.fromtimestamp(second, UTC).isoformat()
            writer.writerow(
                [f"user{person:05}", journeys.latitude[row], journeys.longitude[row], at, row, "ab"[row % 2]]
            )
    changes = {
        "data.source": "tracks.csv",
        "data.subject_key": "who",
        "data.columns": {name: {**said, "necessary": True} for name, said in COLUMNS.items()},
        "protect": {"pseudonymise": ["who"], "columns": columns},
    }
    text = flow_text(changes)
    for measure in measures:
        text += "\n[[protect.columns.lat]]\n" + "\n".join(f"{key} = {value!r}" for key, value in measure.items())
    request = parse_flow(text, "flow.toml", folder)
    made = release(request, folder / "out", node_at(fix_keys(folder / ".lockgate")))
    assert made.out is not None
    with (made.out / "data" / "tracks.csv").open(encoding="utf-8", newline="") as file:
        return made, list(csv.DictReader(file))


def homes_found(journeys: Journeys, rows: list[Row]) -> float:
    """Return how many homes an attacker finds who knows which points are of the night."""
    number = np.array([int(row["number"]) for row in rows], dtype=np.int64)
    points = (np.array([float(row[name]) for row in rows]) for name in ("lat", "lon"))
    night = (journeys.time_s[number] + 2 * 3_600) % 86_400 < 8 * 3_600
    homes = Homes(*journeys.homes)
    return find_homes(Shown(journeys.person[number], *points), night, homes).success


def told_by_points(journeys: Journeys, rows: list[Row], finest: int) -> float:
    """Return how many persons are told by two known points; a released place holds all squares of the same middle."""
    fine = name_cells(find_cells(Points(journeys.latitude, journeys.longitude), 20), 20).to_pylist()
    label: list[str | None] = [None] * len(fine)
    middles = Points(*(np.array([float(row[name]) for row in rows]) for name in ("lat", "lon")))
    for row, shown in zip(rows, name_cells(find_cells(middles, 20), 20).to_pylist(), strict=True):
        true = fine[int(row["number"])]
        same = next((at for at, pair in enumerate(zip(true, shown, strict=True)) if pair[0] != pair[1]), 20)
        label[int(row["number"])] = true[: min(same, finest)]
    hours = journeys.time_s // 3_600
    sightings = Sightings(journeys.person, fine, hours, journeys.person, label)
    return identify_by_points(sightings, 2, fixed_bytes("attack")).success


def test_homes_are_hidden_and_no_place_and_hour_shows_few(tmp_path: Path, journeys: Journeys) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "safe").mkdir()
    _, raw = released(tmp_path / "raw", journeys)
    made, safe = released(tmp_path / "safe", journeys, HIDE, THIN, CROWD)
    assert len(raw) == len(journeys.person)
    assert homes_found(journeys, raw) > 0.9
    assert 0 < len(safe) < len(raw)
    assert homes_found(journeys, safe) < 0.2
    assert told_by_points(journeys, safe, 15) < 0.6 * told_by_points(journeys, raw, 20)
    shown = defaultdict(set)
    for row in safe:
        shown[row["lat"], row["lon"], row["at"]].add(journeys.person[int(row["number"])])
    least = min(map(len, shown.values()))
    checks = {check.name: check for check in made.copy.verification.checks}
    assert least == checks["crowd"].measured >= K
    steps = parse_statement((made.out / "statement.json").read_bytes())["route"]["steps"]  # type: ignore[operator] # it was made
    assert [step["measure"] for step in steps][-3:] == ["hide-stays", "thin-track", "crowd-place"]
    assert steps[-1]["columns"] == ["lat", "lon", "at"]


def test_stays_that_are_hidden_leave_the_other_rows_as_they_are(tmp_path: Path, journeys: Journeys) -> None:
    _, rows = released(tmp_path, journeys, HIDE)
    assert homes_found(journeys, rows) < 0.2
    for row in rows[:50]:
        assert float(row["lat"]) == journeys.latitude[int(row["number"])]


def test_swapped_values_stay_in_their_column_and_near_their_rank(tmp_path: Path, journeys: Journeys) -> None:
    _, rows = released(tmp_path, journeys, at={"measure": "swap", "share": 0.05})
    moments = sorted(row["at"] for row in rows)
    truth = [datetime.fromtimestamp(second, UTC).isoformat() for second in journeys.time_s.tolist()]
    assert moments == sorted(truth)
    moved = [row for row in rows if row["at"] != truth[int(row["number"])]]
    assert len(moved) > len(rows) / 2


def test_words_cannot_be_swapped_by_rank(tmp_path: Path, journeys: Journeys) -> None:
    with pytest.raises(InputError, match="column `word`: expected numbers or days"):
        released(tmp_path, journeys, word={"measure": "swap", "share": 0.05})


def test_measures_of_a_track_stand_together_and_no_others(tmp_path: Path, journeys: Journeys) -> None:
    with pytest.raises(InputError, match="several of a track"):
        released(tmp_path, journeys, HIDE, {"measure": "round", "step": 1})
    with pytest.raises(InputError, match="several of a track"):
        released(tmp_path, journeys, HIDE, HIDE)


def test_tracks_need_persons_and_times(tmp_path: Path, journeys: Journeys) -> None:
    with pytest.raises(InputError, match="column `word`: expected times, found 2 distinct cells"):
        released(tmp_path, journeys, {**HIDE, "time": "word"})
    assert not (tmp_path / "out").exists()
