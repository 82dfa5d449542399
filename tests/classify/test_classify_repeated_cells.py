"""Cells that come again and again are read once, and say the same."""

import pyarrow as pa

from lockgate.classify.cells import weighted_cells
from lockgate.classify.folding import fold_column
from lockgate.classify.residual import ResidualSearch, residual_identifiers

CARD = "4111111111111111"


def test_text_of_few_values_is_counted_before_it_is_read() -> None:
    column = pa.array(["anna@example.org", "Lyon", None, "42", "Kyoto "] * 2000)
    values, counts = weighted_cells(column)
    assert dict(zip(values.to_pylist(), counts.tolist(), strict=True)) == dict.fromkeys(
        ["anna@example.org", "Lyon", "42", "Kyoto "], 2000
    )


def test_text_of_few_values_says_the_same_as_when_each_cell_is_read() -> None:
    some = pa.array(["anna@example.org", "Lyon", "42", "Kyoto ", CARD])
    often = pa.concat_arrays([some] * 1000)
    counted, plain = fold_column("note", often), fold_column("note", often.slice(0, 4000))
    assert counted.cells == 5000
    assert plain.cells == 4000
    assert {name: form.passed for name, form in counted.forms.items()} == {
        name: form.passed * 5 // 4 for name, form in plain.forms.items()
    }
    assert counted.sketch.hashes == plain.sketch.hashes


def test_a_search_that_remembers_finds_in_each_batch_what_a_fresh_one_finds() -> None:
    texts = [
        ["Lyon", "call anna@example.org", "Bob"],
        ["Lyon", CARD, CARD],
        ["Bob", None, "call anna@example.org"],
        ["x"],
    ]
    batches = [pa.record_batch({"note": pa.array(cells, pa.string())}) for cells in texts]
    search = ResidualSearch()
    found = [search(batch, ["note"]) for batch in batches]
    assert found == [residual_identifiers(batch, ["note"]) for batch in batches]
    assert found[0] == {"note": 1}


def test_encoded_text_says_what_the_cells_say_whether_its_dictionary_stays_or_changes() -> None:
    texts = pa.array(["Lyon", "call anna@example.org", "Bob", CARD, "n/a", None, " Lyon", "never there", "Lyon"])
    places = [[0, 1, 2, 2], [3, 3, None, 4], [5, 5], [6, 0, 8], [1, 3, 3, 3], [None]]
    dictionaries = [texts, texts, texts, texts.take(pa.array(range(8, -1, -1))), texts, pa.array(["Lyon"] * 9)]
    batches = [
        pa.record_batch([pa.DictionaryArray.from_arrays(pa.array(place, pa.int32()), values)], names=["note"])
        for place, values in zip(places, dictionaries, strict=True)
    ]
    search = ResidualSearch()
    found = [search(batch, ["note"]) for batch in batches]
    spelled = [pa.record_batch({"note": batch.column("note").cast(pa.string())}) for batch in batches]
    assert found == [residual_identifiers(batch, ["note"]) for batch in spelled]
    assert [batch.get("note", 0) for batch in found] == [1, 2, 0, 0, 4, 0]
