"""What a protection did: the plan, what came out of it, never how a single cell came to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lockgate.terms.measure import Measure
from lockgate.terms.privacy_model import PrivacyModel


@dataclass(frozen=True, slots=True)
class Plan:
    """How a route is carried out on one source.

    Attributes:
        steps: Measures in order.
        quasi_identifiers: Columns whose combinations must not tell persons apart, in the order of the source.
        k: The least number of persons that share a released combination; 0 if the route asks for none.
        suppression_limit: Share of rows that may be suppressed, 0 to 1.
        hierarchies: Names of the hierarchies used, by column.
        models: Privacy models that every class must satisfy beside k.
        search: How classes are found: `local`, `strict` or `global`.
        labels: How classes are named in a local search: `interval`, `hierarchy` or `set`.
        moves: Most moves that refine the classes found.
        statistics: What is asked for, as a JSON object; empty where rows are released.
        synthesis: What is asked for of a synthetic table, likewise.
        chosen: What the program chose of this and why, as a JSON object; empty where it chose nothing.
        key_version: Version of the key under which cells were encrypted; 0 where none were.
    """

    steps: tuple[Measure, ...]
    quasi_identifiers: tuple[str, ...]
    k: int
    suppression_limit: float
    hierarchies: Mapping[str, str]
    models: tuple[PrivacyModel, ...] = ()
    search: str = "local"
    labels: str = "interval"
    moves: int = 0
    statistics: Mapping[str, object] = field(default_factory=dict)
    synthesis: Mapping[str, object] = field(default_factory=dict)
    key_version: int = 0
    chosen: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Protected:
    """What came out of a protection.

    Attributes:
        plan: What was carried out.
        columns: Names of the released columns, in order.
        rows_in: Rows of the source.
        rows_out: Rows of the copy.
        rows_suppressed: Rows left out of the copy, or whose quasi-identifiers say nothing.
        techniques: Version of each technique used, by name.
    """

    plan: Plan
    columns: tuple[str, ...]
    rows_in: int
    rows_out: int
    rows_suppressed: int
    techniques: Mapping[str, str]
