"""The tables of the kernel: made from the patterns of recognisers, kept in one file, found again by their hash.

They are shipped with the package (`python -m lockgate.classify.kernel.generate` writes them) and are also looked for in
a folder that the door may set. Where neither has tables for the patterns of today, there are none, and cells are
matched by Arrow's and Python's engines, with the same answers, slowly.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from lockgate.classify.catalogue import SEARCHED
from lockgate.classify.kernel.group import Group, label_of
from lockgate.classify.kernel.search_tables import SearchTables
from lockgate.classify.recogniser import Recogniser

FILE_NAME = "tables.npz"
_FORMAT = "3"
_PACKAGE = "lockgate.classify.kernel"


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables.

    Attributes:
        groups: Of whole cells; each a pass.
        search: Of identifiers inside text; None if they could not be made.
        loose: Places among the recognisers searched for whose pattern fits more in the tables than it should.
    """

    groups: tuple[Group, ...]
    search: SearchTables | None
    loose: tuple[int, ...]


def hash_searched(searched: Sequence[Recogniser]) -> str:
    """Return the hash of all patterns that are looked for inside text, as 64 hexadecimal digits."""
    digest = sha256()
    for item in searched:
        digest.update(item.type.encode() + b"\0" + item.text.encode() + b"\0")
    return digest.hexdigest()


def hash_patterns(recognisers: Sequence[Recogniser], searched: Sequence[Recogniser]) -> str:
    """Return the hash of all patterns, as 64 hexadecimal digits."""
    digest = sha256(hash_searched(searched).encode())
    for item in recognisers:
        for text in (label_of(item, strong=False), item.strong, str(item.needs_header)):
            digest.update(text.encode() + b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=1)
def load_tables() -> Tables | None:
    """Return the tables for the recognisers of the catalogue, or None if there are none.

    Tables of older recognisers serve for the patterns that are still the same, because a pattern is its own name;
    others are matched by the engine of their dialect. Those of text serve as a whole or not at all.
    """
    shipped = resources.files(_PACKAGE).joinpath(FILE_NAME)
    return read_tables(shipped.read_bytes(), hash_searched(SEARCHED)) if shipped.is_file() else None


def write_tables(tables: Tables, searched: Sequence[Recogniser]) -> bytes:
    """Return the tables as one file."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "format": np.array(_FORMAT),
        "searched": np.array(hash_searched(searched)),
        "loose": np.array(tables.loose, np.int64),
        "groups": np.array(len(tables.groups)),
    }
    for place, group in enumerate(tables.groups):
        for item in fields(Group):
            arrays[f"group-{place}-{item.name}"] = np.array(getattr(group, item.name))
    if tables.search is not None:
        for item in fields(SearchTables):
            arrays[f"search-{item.name}"] = getattr(tables.search, item.name)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def read_tables(content: bytes, searched: str) -> Tables | None:
    """Return the tables of a file, or None if an older kernel wrote it.

    Args:
        content: The file.
        searched: Hash of the patterns looked for inside text; tables for others are left out.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        if str(file["format"]) != _FORMAT:
            return None
        groups = tuple(_read_group(file, place) for place in range(int(file["groups"])))
        search = None
        if "search-table" in file and str(file["searched"]) == searched:
            search = SearchTables(**{item.name: file[f"search-{item.name}"] for item in fields(SearchTables)})
        return Tables(groups, search, tuple(file["loose"].tolist()))


def _read_group(file: Any, place: int) -> Group:
    found = {item.name: file[f"group-{place}-{item.name}"] for item in fields(Group)}
    return Group(
        class_of=found["class_of"],
        table=found["table"],
        start=int(found["start"]),
        accept=found["accept"],
        fits=found["fits"],
        labels=tuple(found["labels"].tolist()),
        exact_up_to=tuple(found["exact_up_to"].tolist()),
        least_bytes=int(found["least_bytes"]),
    )
