import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from small_flows import CONDITIONAL, write_flow


@pytest.mark.parametrize("changes", [{}, CONDITIONAL], ids=["permitted", "conditional"])
def test_a_rehearsal_where_there_is_no_home_makes_none(
    changes: dict[str, object], place: Path, lockgate: Callable[..., Any]
):
    shutil.rmtree(place / ".lockgate")
    write_flow(place, changes)
    before = sorted(place.rglob("*"))
    assert lockgate("release", "flow.toml", "--out", "out", "--dry-run").code == (4 if changes else 0)
    assert sorted(place.rglob("*")) == before


def test_a_rehearsal_tells_the_figures_that_the_release_has(place: Path, lockgate: Callable[..., Any]):
    rehearsed = lockgate("release", "flow.toml", "--out", "out", "--dry-run", "--json").document
    released = lockgate("release", "flow.toml", "--out", "out", "--json").document
    for member in ("outcome", "route", "verification", "rows_in", "rows_out", "steps"):
        assert rehearsed[member] == released[member]
    assert (rehearsed["out"], rehearsed["leaf"], rehearsed["statement_hash"]) == (None, None, "")


def test_a_refusal_shows_the_routes_and_one_of_them_releases(place: Path, lockgate: Callable[..., Any]):
    write_flow(place, {"data.columns.Cabin.necessary": False, "protect.drop": ["Ticket"]})
    refused = lockgate("release", "flow.toml", "--out", "out")
    assert refused.code == 4
    route = lockgate("decide", "flow.toml", "--json").document["routes"][0]["id"]
    assert f"→ {route} permitted" in refused.out
    assert lockgate("release", "flow.toml", "--out", "out", "--route", route).code == 0


def test_the_home_lies_beside_the_flow_file_unless_it_is_named(place: Path, lockgate: Callable[..., Any]):
    shutil.rmtree(place / ".lockgate")
    (place / "deep").mkdir()
    write_flow(place / "deep")
    assert lockgate("release", "deep/flow.toml", "--out", "one").code == 0
    assert (place / "deep" / ".lockgate" / "log").is_dir()
    assert lockgate("release", "deep/flow.toml", "--out", "two", "--home", "named").code == 0
    assert (place / "named" / "log").is_dir()
    assert not (place / ".lockgate").exists()


def test_a_release_is_checked_with_the_key_that_its_node_hands_out(place: Path, lockgate: Callable[..., Any]):
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    key = lockgate("keys", "--json").document["key"]
    (place / "key.txt").write_text(f"{key}\n", encoding="utf-8")
    for trust in (key, "key.txt"):
        assert lockgate("verify", "out", "--trust", trust, "--strict").code == 0
