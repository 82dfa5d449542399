"""Makes the tables that are shipped: `python -m lockgate.classify.kernel.generate [FILE]`; takes about a minute.

To be run after any change of a pattern, of the catalogue or of this package; a test says when it has been forgotten.
"""

import sys
from pathlib import Path

from lockgate.classify.catalogue import CATALOGUE, SEARCHED
from lockgate.classify.kernel import searching, whole
from lockgate.classify.kernel.product import TooManyStatesError
from lockgate.classify.kernel.search_tables import SearchTables
from lockgate.classify.kernel.tables import FILE_NAME, Tables, write_tables


def make_tables() -> Tables:
    """Return the tables for the recognisers of the catalogue."""
    groups = []
    first = whole.normal_parts()
    for needs_header in (False, True):
        trees = whole.wanted([item for item in CATALOGUE.values() if item.needs_header is needs_header])
        parts = [part for label, tree in trees.items() for part in whole.parts_of(label, tree)]
        groups += whole.make_groups(first, parts)
    branches, loose = searching.branches_of([item.text for item in SEARCHED])
    search: SearchTables | None
    try:
        search = searching.make_tables(branches)
    except TooManyStatesError:
        search = None
    return Tables(tuple(groups), search, tuple(loose))


def main(path: Path) -> None:
    """Write the tables to a file."""
    path.write_bytes(write_tables(make_tables(), SEARCHED))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / FILE_NAME)
