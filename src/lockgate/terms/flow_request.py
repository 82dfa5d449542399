"""A flow as its flow file declares it, parsed and checked but not yet held against the data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole
from lockgate.terms.facts import FactValue, Safeguard
from lockgate.terms.measure import Measure
from lockgate.terms.privacy_model import PrivacyModel


@dataclass(frozen=True, slots=True)
class SourceReference:
    """Where the data lie.

    Attributes:
        location: File, glob, folder or database URL, resolved against the flow file's folder.
        table: Table of a database; empty if none.
        query: Query of a database; empty if none.
        delimiter: What separates the cells of a CSV file, one character of ASCII; empty if it is to be found.
    """

    location: str
    table: str = ""
    query: str = ""
    delimiter: str = ""


@dataclass(frozen=True, slots=True)
class ColumnWord:
    """A person's word on one column, kept beside the scan's verdict.

    Attributes:
        name: Column name.
        category: Declared category, or None.
        role: Declared role, or None.
        necessary: Whether the purpose needs the column, or None if not said.
        override: Reason why the word may be laxer than a confirmed verdict; empty if none.
        by: Who says so; empty if none.
    """

    name: str
    category: Category | None = None
    role: ColumnRole | None = None
    necessary: bool | None = None
    override: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ProtectionWish:
    """Measures that the holder takes in any case, whether or not the law asks for them.

    Attributes:
        k: Persons that must share a released combination; 0 for none.
        quasi_identifiers: Columns to make classes of; empty means those of that role.
        suppression_limit: Share of rows that classes may suppress, 0 to 1.
        hierarchies: Folder of generalisation hierarchies, one file a column; empty if none.
        drop: Columns to leave out.
        pseudonymise: Columns to replace by keyed pseudonyms.
        redact: Columns of free text in which identifiers are blacked out.
        persons: Persons to send, if fewer than there are; 0 for all.
        models: Privacy models that every class must satisfy beside k.
        search: How classes are found: `local`, `strict` (labels of hierarchies only) or `global` (a level a column).
        labels: How classes are named: `interval`, `hierarchy` or `set`; empty for intervals in a local search and
            hierarchies in the others.
        moves: Most moves that refine the classes found; 0 for none.
        cells: Measures for single columns with their parameters.
        builtin_hierarchies: Names of built-in hierarchies by column.
        statistics: What `[protect.statistics]` asks for, by key; empty if nothing.
        synthesise: What `[protect.synthesise]` asks for, by key; empty if nothing.
        choose: `least-loss` where the program chooses how classes are made; empty where the flow file says it.
        chosen: What the program chose, for the statement; empty if nothing.
        population: All persons from whom those of the data were drawn, for models that speak of them; None if none.
    """

    k: int = 0
    quasi_identifiers: tuple[str, ...] = ()
    suppression_limit: float = 0.0
    hierarchies: str = ""
    drop: tuple[str, ...] = ()
    pseudonymise: tuple[str, ...] = ()
    redact: tuple[str, ...] = ()
    persons: int = 0
    models: tuple[PrivacyModel, ...] = ()
    search: str = "local"
    labels: str = ""
    moves: int = 0
    cells: tuple[Measure, ...] = ()
    builtin_hierarchies: Mapping[str, str] = field(default_factory=dict)
    statistics: Mapping[str, object] = field(default_factory=dict)
    synthesise: Mapping[str, object] = field(default_factory=dict)
    population: SourceReference | None = None
    choose: str = ""
    chosen: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlowRequest:
    """One movement or use of data, as declared.

    Attributes:
        title: Words for people.
        as_of: The law of this day decides; None means today.
        source: The data, or None when a flow is planned before there are data.
        dataset: Declared identity of the data set across versions; empty means holder and source name.
        subject_key: Column that tells persons apart; empty means found by the scan.
        register: File of the consent register; empty if none.
        holder: Name of the holder; empty if not said.
        recipient: Name of the recipient; empty if not said.
        columns: Words on columns, in the order of the file.
        values: Declared facts by name (`lockgate.terms.fact`); a name left out is unknown.
        safeguards: What was done, by duty or paper.
        roles_unknown: Roles declared unknown, by `holder` or `recipient`.
        wish: Measures taken in any case.
        until: Last day on which the release may be relied on; None sets none.
    """

    title: str
    as_of: date | None
    source: SourceReference | None
    dataset: str
    subject_key: str
    register: str
    holder: str
    recipient: str
    columns: tuple[ColumnWord, ...]
    values: Mapping[str, FactValue]
    safeguards: Mapping[str, Safeguard]
    roles_unknown: Mapping[str, tuple[str, ...]]
    wish: ProtectionWish = ProtectionWish()
    until: date | None = None
