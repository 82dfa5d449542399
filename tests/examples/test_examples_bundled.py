"""Bundled data are whole, read by our own sources, and each has its licence beside it."""

from pathlib import Path

import pytest

from lockgate.examples.bundled import adult, adult_hierarchies, titanic
from lockgate.tables.source import open_source


def test_the_passenger_list_has_891_rows() -> None:
    source = open_source(titanic())
    assert sum(batch.num_rows for batch in source.batches()) == 891
    assert source.schema.names[:4] == ["PassengerId", "Survived", "Pclass", "Name"]


def test_the_census_extract_has_30162_rows_and_a_hierarchy_for_every_value() -> None:
    source = open_source(adult())
    hierarchies = adult_hierarchies()
    assert set(hierarchies) == set(source.schema.names)
    rows = 0
    for batch in source.batches():
        rows += batch.num_rows
        for name in source.schema.names:
            assert set(batch.column(name).to_pylist()) <= set(hierarchies[name].paths)
    assert rows == 30_162


@pytest.mark.parametrize(("name", "words"), [("adult", "CC BY 4.0"), ("titanic", "public record")])
def test_every_data_set_says_where_it_is_from_and_its_licence(name: str, words: str) -> None:
    folder = Path({"adult": adult, "titanic": titanic}[name]().location).parent
    text = (folder / "SOURCE.md").read_text()
    assert words in text
    assert "/work" not in text
