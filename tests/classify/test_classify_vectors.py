"""Vectors of the recognisers: one file a type, each accept with a near-miss reject and its provenance."""

import re
import tomllib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lockgate.classify.catalogue import CATALOGUE, IDENTIFYING, SEARCHED
from lockgate.classify.normal import normalise
from lockgate.classify.recognition import recognises
from lockgate.classify.text import may_hold_identifiers

FOLDER = Path(__file__).parent / "vectors"


def load(path: Path) -> list[dict[str, str]]:
    vectors = tomllib.loads(path.read_text(encoding="utf-8"))["vector"]
    for vector in vectors:
        if set(vector) != {"accept", "reject", "provenance"} or not vector["provenance"].strip():
            raise ValueError(f"{path.name}: a vector needs accept, reject and provenance, and nothing else")
    return vectors


VECTORS = [(path.stem, vector) for path in sorted(FOLDER.glob("*.toml")) for vector in load(path)]


def normal(value: str) -> str:
    return normalise(pa.array([value]))[0].as_py()


def test_every_recogniser_of_the_catalogue_has_vectors_and_the_name_of_its_line() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(CATALOGUE)
    assert all(name == recogniser.type for name, recogniser in CATALOGUE.items())


def test_a_vector_without_provenance_does_not_load(tmp_path: Path) -> None:
    path = tmp_path / "email.toml"
    path.write_text('[[vector]]\naccept = "a@b.cn"\nreject = "a"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="provenance"):
        load(path)


@pytest.mark.parametrize(
    ("type_", "vector"), VECTORS, ids=[f"{type_}-{place}" for place, (type_, _) in enumerate(VECTORS)]
)
def test_a_recogniser_takes_what_it_should_and_not_its_near_miss(type_: str, vector: dict[str, str]) -> None:
    assert recognises(CATALOGUE[type_], normal(vector["accept"]))
    assert not recognises(CATALOGUE[type_], normal(vector["reject"]))


def test_every_recogniser_names_its_source_and_has_a_form_or_words() -> None:
    folder = Path(__file__).parents[2] / "src" / "lockgate" / "classify" / "recognisers"
    files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(files) == len(CATALOGUE)
    assert all("\nSource: " in path.read_text(encoding="utf-8") for path in files)
    assert all(bool(item.form) != bool(item.words) for item in CATALOGUE.values())


def test_what_identifies_inside_text_is_a_direct_identifier() -> None:
    assert {"email", "phone", "cn-resident-id", "kr-resident-number", "bank-card", "iban"} <= IDENTIFYING
    assert "url" not in IDENTIFYING


@pytest.mark.parametrize("type_", [item.type for item in SEARCHED])
def test_text_that_holds_an_identifier_is_never_skipped(type_: str) -> None:
    pattern = re.compile(CATALOGUE[type_].text)
    cells = [normal(vector["accept"]) for name, vector in VECTORS if name == type_]
    found = [cell for cell in cells if pattern.search(cell)]
    assert all(pc.all(may_hold_identifiers(pa.array([cell, f"见{cell}。"]))).as_py() for cell in found)
