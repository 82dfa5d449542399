"""Where each person has one row, rows are counted, and every figure is what counting persons gives."""

from pathlib import Path

import pytest

from lockgate.flow import release as flow_release
from small_flows import do_not_wait_for_the_disk, release_at


def test_counting_rows_gives_the_figures_and_the_copy_of_counting_persons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do_not_wait_for_the_disk(monkeypatch)
    asked = flow_release.persons_repeat
    found, copies = [], []
    for number, repeats in enumerate((None, True)):
        answers: list[bool] = []

        def answer(decided: object, plan: object, to: list[bool] = answers, word: bool | None = repeats) -> bool:
            to.append(asked(decided, plan))  # type: ignore[arg-type] # passed on as it came
            return to[-1] if word is None else word

        monkeypatch.setattr(flow_release, "persons_repeat", answer)
        folder = tmp_path / str(number)
        folder.mkdir()
        made = release_at(folder, {"protect.suppression_limit": 0.9}, seed="1", out="out", flow="flow.toml")
        assert answers == [False]  # each passenger has one row
        found.append(made.copy.verification)
        copies.append(sorted(next((folder / "out" / "data").iterdir()).read_bytes().split(b"\n")))
    assert found[0] == found[1]
    assert found[0].persons_by == "PassengerId"
    # pseudonyms are of different homes: all but the first cell is compared
    assert sorted(line.partition(b",")[2] for line in copies[0]) == sorted(
        line.partition(b",")[2] for line in copies[1]
    )
