"""The tables that are shipped are those of today's patterns."""

from importlib import resources

import pytest

from lockgate.classify.catalogue import CATALOGUE, SEARCHED
from lockgate.classify.kernel import generate
from lockgate.classify.kernel.engine import engine
from lockgate.classify.kernel.group import label_of
from lockgate.classify.kernel.tables import FILE_NAME, hash_searched, read_tables, write_tables


def test_the_tables_shipped_know_every_pattern() -> None:
    found = engine()
    assert found is not None, "run `python -m lockgate.classify.kernel.generate`"
    labels = {label_of(item, strong=strong) for item in CATALOGUE.values() for strong in (False, True)} - {""}
    assert labels <= set(found.places), "run `python -m lockgate.classify.kernel.generate`"
    assert found.tables.search is not None, "run `python -m lockgate.classify.kernel.generate`"


def test_tables_survive_writing_and_serve_no_other_text_patterns() -> None:
    content = resources.files("lockgate.classify.kernel").joinpath(FILE_NAME).read_bytes()
    found = read_tables(content, hash_searched(SEARCHED))
    assert found is not None
    again = read_tables(write_tables(found, SEARCHED), hash_searched(SEARCHED))
    assert again is not None
    assert [group.labels for group in again.groups] == [group.labels for group in found.groups]
    assert all((a.table == b.table).all() for a, b in zip(again.groups, found.groups, strict=True))
    other = read_tables(content, hash_searched(SEARCHED[1:]))
    assert other is not None
    assert other.search is None


@pytest.mark.slow
def test_the_shipped_tables_can_be_made_again_byte_by_byte() -> None:
    content = resources.files("lockgate.classify.kernel").joinpath(FILE_NAME).read_bytes()
    assert write_tables(generate.make_tables(), SEARCHED) == content
