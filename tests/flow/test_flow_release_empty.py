"""A copy that would hold nothing is refused with its cause, in every search, and leaves a leaf."""

from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.dossier import parse_statement
from lockgate.terms.errors import VerificationFailed
from small_flows import PASSENGERS, do_not_wait_for_the_disk, release_at

ALL_MAY_GO = {"protect.suppression_limit": 1.0}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def refused(folder: Path, changes: dict[str, Any]) -> VerificationFailed:
    with pytest.raises(VerificationFailed, match="the copy holds nothing") as caught:
        release_at(folder, changes)
    assert not (folder / "out").exists()
    (refusal,) = (folder / ".lockgate" / "refusals").iterdir()
    (reason,) = parse_statement((refusal / "statement.json").read_bytes())["refusal"]["reasons"]
    assert reason in str(caught.value)
    assert caught.value.exit_code == 4
    return caught.value


@pytest.mark.parametrize("search", ["local", "strict", "global"])
@pytest.mark.parametrize("limit", [0.0, 1.0])
def test_more_persons_than_there_are_cannot_look_alike(search: str, limit: float, tmp_path: Path) -> None:
    wish = {"protect.k": 161, "protect.search": search, "protect.suppression_limit": limit}
    error = refused(tmp_path, wish)
    assert "k is 161, and the source has 160 persons" in str(error)
    assert "suppressed" not in str(error)
    assert "smaller k" in error.hint


def test_classes_that_nobody_can_be_in_leave_nothing(tmp_path: Path) -> None:
    """Every class but that of all fails, and that of all says nothing."""
    wish = {"protect.k": 120, "protect.search": "global", "protect.quasi_identifiers": ["Age"], **ALL_MAY_GO}
    assert "no groups were found in which 120 persons look alike" in str(refused(tmp_path, wish))


def test_counts_that_are_all_too_small_leave_nothing(tmp_path: Path) -> None:
    source = tmp_path / PASSENGERS.name
    source.write_text("".join(PASSENGERS.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    assert "the source has 2 persons" in str(refused(tmp_path, {"protect.k": 3, **ALL_MAY_GO}))


def test_a_source_without_rows_gives_a_copy_that_says_so_and_passes_the_check(tmp_path: Path) -> None:
    (tmp_path / PASSENGERS.name).write_text(
        PASSENGERS.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8"
    )
    release_at(tmp_path, {"protect.k": 3, **ALL_MAY_GO})
    statement = parse_statement((tmp_path / "out" / "statement.json").read_bytes())
    checks = {check["name"]: check for check in statement["verification"]["checks"]}
    assert (checks["rows"]["measured"], checks["rows"]["required"], checks["rows"]["ok"]) == (0, None, True)
    assert "the source has no rows" in checks["rows"]["meaning"]
