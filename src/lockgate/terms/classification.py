"""What a scan found in one source: verdicts with their evidence, persons, quasi-identifiers, grade."""

from collections.abc import Mapping
from dataclasses import dataclass

from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole, Verdict


@dataclass(frozen=True, slots=True)
class ColumnVerdict:
    """The verdict on one column.

    Attributes:
        name: Column name.
        type: Recognised type, such as `cn-resident-id`; empty for none.
        category: What the values are about.
        role: What the column gives away.
        verdict: Whether the evidence is enough.
        probability: That the type is right, 0 to 1.
        grade: Level under GB/T 43697, `general-1` to `general-4`.
        sensitive_in: Jurisdictions whose law lists the category as sensitive or special, sorted.
        evidence: Figures by name, each 0 to 1: `format` share of cells that have the form, `check` share of those
            whose check digits hold, `chance` the share that would hold by chance, `distinct` ratio, `header` score;
            `text` share of rows with text, `text_read` share of those that were read for names (below 1: a sample),
            `text_names` share of those read that name a person; exact to a row.
        example: A masked example or a keyed hash; never a raw value; empty for none.
        text_hits: Identifiers found inside longer text, cells by recognised type.
        sensitive_under: Articles that list the category as sensitive or special, such as `kr/pipa 23`.
        advised_under: Standards that call it sensitive, which change no decision.
    """

    name: str
    type: str
    category: Category
    role: ColumnRole
    verdict: Verdict
    probability: float
    grade: str
    sensitive_in: tuple[str, ...]
    evidence: Mapping[str, float]
    example: str = ""
    text_hits: Mapping[str, int] | None = None
    sensitive_under: tuple[str, ...] = ()
    advised_under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnCombination:
    """Columns that together tell persons apart.

    Attributes:
        columns: Their names, in the order of the source.
        unique_share: Share of rows whose combination of values only one person has, 0 to 1.
    """

    columns: tuple[str, ...]
    unique_share: float


@dataclass(frozen=True, slots=True)
class PersonCount:
    """How many distinct persons a source holds, counted exactly.

    Attributes:
        count: Distinct natural persons.
        by: Name of the column that tells them apart, or `row`.
        sensitive: Persons with a value in a column that is sensitive in the holder's law, or under 14.
        youngest: Age of the youngest in whole years on the day of the scan; None if no birth date was found.
    """

    count: int
    by: str
    sensitive: int
    youngest: int | None


@dataclass(frozen=True, slots=True)
class Classification:
    """What a scan found in one source.

    Attributes:
        rows: Rows of the source.
        persons: Distinct persons.
        columns: Verdicts in the order of the source.
        quasi_identifiers: Combinations by falling uniqueness, the smallest set of each kind only.
        grade: Level of the whole, the highest of its columns.
        grade_asks: Questions that the grade depends on and values cannot answer.
        sampled: Whether any figure rests on a sample.
        rules: Version of the recognisers.
        sampled_persons: Persons on whom uniqueness was measured; 0 for all.
        signals: What in the data bears on its grade, each with the reason why.
    """

    rows: int
    persons: PersonCount
    columns: tuple[ColumnVerdict, ...]
    quasi_identifiers: tuple[ColumnCombination, ...]
    grade: str
    grade_asks: tuple[str, ...]
    sampled: bool
    rules: str
    sampled_persons: int = 0
    signals: tuple[tuple[str, str], ...] = ()
