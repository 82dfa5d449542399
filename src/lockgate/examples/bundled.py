"""Where the bundled data lie, and their hierarchies; licences stand in the `SOURCE.md` beside each."""

from pathlib import Path

from lockgate.tables.hierarchy_file import read_hierarchy
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.hierarchy import Hierarchy

_HERE = Path(__file__).parent
_PREFIX = "adult_hierarchy_"


def titanic() -> SourceReference:
    """Return the passengers of the Titanic, 891 rows."""
    return SourceReference(str(_HERE / "titanic" / "titanic.csv"))


def adult() -> SourceReference:
    """Return the census extract of 1994, 30,162 rows."""
    return SourceReference(str(_HERE / "adult" / "adult.csv"))


def adult_hierarchies() -> dict[str, Hierarchy]:
    """Return the hierarchies of the census extract by column, in the order of the columns' names."""
    paths = sorted((_HERE / "adult").glob(f"{_PREFIX}*.csv"))
    columns = [path.stem.removeprefix(_PREFIX) for path in paths]
    return {column: read_hierarchy(path, column) for column, path in zip(columns, paths, strict=True)}
