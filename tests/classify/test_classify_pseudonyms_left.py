"""Pseudonyms in a copy are not read for what 26 random characters hold by chance; everything else is."""

from typing import Any

import pyarrow as pa
import pytest

from lockgate.classify import residual
from lockgate.classify.residual import residual_identifiers
from lockgate.protect.pseudonym import pseudonymise

VALUES = [f"person {number}" for number in range(50)]
TOKENS = pseudonymise(pa.array(VALUES), "name", bytes(32), 12).to_pylist()


@pytest.mark.parametrize("encoded", [False, True])
def test_a_pseudonym_is_not_read_and_what_stands_beside_it_is(monkeypatch: pytest.MonkeyPatch, encoded: bool) -> None:
    read: list[str] = []
    whole = residual._read

    def noted(kind: Any, values: Any) -> Any:
        read.extend(values.to_pylist())
        return whole(kind, values)

    monkeypatch.setattr(residual, "_read", noted)
    column = pa.array([*TOKENS, None, "jo@example.org", "jo@example.org"])
    batch = pa.record_batch({"who": column.dictionary_encode() if encoded else column})
    assert residual_identifiers(batch, ["who"]) == {"who": 2}
    assert read == ["jo@example.org"]


@pytest.mark.parametrize("cell", ["p1_jo@example.org", f"jo@example.org {TOKENS[0]}", f"{TOKENS[0]} jo@example.org"])
def test_a_cell_that_holds_more_than_a_pseudonym_is_read(cell: str) -> None:
    assert residual_identifiers(pa.record_batch({"who": [cell]}), ["who"]) == {"who": 1}


def test_no_number_of_a_person_stands_where_the_version_of_a_key_does() -> None:
    cells = pa.array([f"p4111111111111111_{'a' * 26}"])
    assert not residual._are_pseudonyms(cells).any()
