"""Which columns each pass over a source reads."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from lockgate.flow import passes
from small_flows import do_not_wait_for_the_disk, release_at


def test_combinations_are_counted_from_their_columns_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)
    read: list[Sequence[str] | None] = []
    numbered = passes.numbered_batches

    def noted(source: Any, columns: Sequence[str] | None = None, *, encoded: bool = False) -> Iterator[Any]:
        read.append(columns)
        return numbered(source, columns, encoded=encoded)

    monkeypatch.setattr(passes, "numbered_batches", noted)
    made = release_at(tmp_path, {"protect.suppression_limit": 0.9}, seed="1", out="out", flow="flow.toml")
    counted, copied = read
    assert copied is None  # the hash of the source is that of all columns
    assert counted is not None
    assert set(counted) == {*made.copy.verification.quasi_identifiers, "PassengerId"}
