"""Rows whose text comes encoded are followed, measured and hashed as if it were spelled out, gaps and all."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from lockgate.classify.residual import residual_identifiers
from lockgate.evidence.data_hash import DataHash
from lockgate.flow import linking
from lockgate.flow.following import Following
from lockgate.flow.linking import links_of
from lockgate.store.partitions import LinkKind
from lockgate.tables.spill import Spill
from lockgate.verify import figures, fold
from lockgate.verify.composition import Classes

KEY = bytes(32)
PLAIN = pa.record_batch(
    {
        "sex": ["f", None, "m", "f", "", None],
        "age": ["30", "31", None, "30", "31", None],
        "note": ["13800138000", "x", None, "13800138000", "y", "13912345678"],
    }
)
ENCODED = pa.RecordBatch.from_arrays([column.dictionary_encode() for column in PLAIN.columns], names=PLAIN.schema.names)
PERSONS = np.arange(12, dtype=np.uint64).reshape(-1, 2)


def test_links_classes_and_hashes_are_the_same() -> None:
    for kind, subject in ((LinkKind.ROW, ""), (LinkKind.RECORD, "note"), (LinkKind.PERSON, "note")):
        plain, encoded = (links_of(kind, batch, PERSONS, subject, KEY) for batch in (PLAIN, ENCODED))
        assert plain.tolist() == encoded.tolist()
    for batch in (PLAIN, ENCODED):
        classes = Classes(("sex", "age"))
        numbers = classes.numbers(batch)
        assert numbers.tolist() == [0, 1, 2, 0, 3, 4]
        assert classes.labels().take(numbers).to_pydict() == PLAIN.select(["sex", "age"]).to_pydict()
    hashes = [DataHash(PLAIN.schema) for _ in range(2)]
    for each, batch in zip(hashes, (PLAIN, ENCODED), strict=True):
        each.add(batch)
    assert hashes[0].root() == hashes[1].root()
    assert residual_identifiers(PLAIN, ["note"]) == residual_identifiers(ENCODED, ["note"]) == {"note": 3}


def test_links_stay_the_same_from_batch_to_batch_however_many_texts_were_before(monkeypatch: pytest.MonkeyPatch):
    texts = [None, "", "\x00", *(str(number) for number in range(40))]
    batches = [pa.record_batch({"a": texts[start : start + 9]}) for start in (0, 5, 0, 30, 2, 30, 33)]
    found = [links_of(LinkKind.ROW, batch, PERSONS, "", KEY).tolist() for batch in batches]
    linking._known_hashes.cache_clear()
    monkeypatch.setattr(linking, "_MOST_KEPT", 12)
    kept = [links_of(LinkKind.ROW, batch, PERSONS, "", KEY).tolist() for batch in batches]
    monkeypatch.setattr(linking, "_FEW", 0)
    assert found == kept == [links_of(LinkKind.ROW, batch, PERSONS, "", KEY).tolist() for batch in batches]
    assert len({link for links in found for link in links}) == 26 - 1  # null and its stand-in are one


def test_sensitive_values_are_followed() -> None:
    found = []
    for batch in (PLAIN, ENCODED):
        following = Following(("age",), {LinkKind.ROW}, lambda *_: PERSONS[:, 0], ("sex",))
        following.rows(batch, PERSONS, batch, np.arange(6))
        found.append([values.tolist() for values in following._values["sex"]])
    assert found[0] == found[1] == [[0, 1, 2, 0, 3, 1]]


def test_figures_are_the_same(tmp_path: Path) -> None:
    found = []
    quasi = ["sex", "age"]
    for batch in (PLAIN, ENCODED):
        keys = fold.pair_keys(quasi, quasi, by_person=True)
        with (
            Spill(tmp_path, keys, [fold.WEIGHT], encoded=True) as pairs,
            Spill(tmp_path, fold.secret_keys(quasi, quasi), [fold.WEIGHT], encoded=True) as secrets,
        ):
            for start in (0, 3):
                part = batch.slice(start, 3)
                pairs.add(fold.fold(part, part, PERSONS[start : start + 3], quasi))
                secrets.add(fold.fold_sensitive(part, quasi, ["note"]))
            reading = figures.Reading({}, frozenset(quasi))
            found.append(figures.measure(pairs.table(), secrets.table(), reading))
    assert found[0] == found[1]
    assert (found[0].rows, found[0].classes, found[0].secrets[0].rows) == (6, 5, 6)
