"""The classification of a source from its parts."""

from collections.abc import Sequence

from lockgate.classify.grade import grade_asks, highest_grade
from lockgate.classify.scan import SCANNER_VERSION
from lockgate.terms.classification import Classification, ColumnCombination, ColumnVerdict, PersonCount

_NO_GAIN = 0.005
_MOST_COMBINATIONS = 20


def assemble(
    verdicts: Sequence[ColumnVerdict],
    combinations: Sequence[ColumnCombination],
    persons: PersonCount,
    rows: int,
    sampled_persons: int = 0,
    signals: tuple[tuple[str, str], ...] = (),
) -> Classification:
    """Return what a scan found in one source.

    Args:
        verdicts: In the order of the source, with their roles.
        combinations: All that were measured.
        persons: Counted exactly.
        rows: Of the source.
        sampled_persons: Persons on which the combinations were measured; 0 for all.
        signals: What bears on the grade, each with the reason why.
    """
    return Classification(
        rows=rows,
        persons=persons,
        columns=tuple(verdicts),
        quasi_identifiers=most_telling(combinations),
        grade=highest_grade(item.grade for item in verdicts),
        grade_asks=grade_asks(),
        sampled=sampled_persons > 0 or any(item.evidence.get("text_read", 1.0) < 1.0 for item in verdicts),
        rules=SCANNER_VERSION,
        sampled_persons=sampled_persons,
        signals=signals,
    )


def most_telling(combinations: Sequence[ColumnCombination]) -> tuple[ColumnCombination, ...]:
    """Return the combinations to which no smaller part comes near, by falling uniqueness."""
    kept: list[ColumnCombination] = []
    for item in sorted(combinations, key=lambda item: (len(item.columns), -item.unique_share, item.columns)):
        parts = (part for part in kept if set(part.columns) < set(item.columns))
        if item.unique_share > 0 and all(part.unique_share < item.unique_share - _NO_GAIN for part in parts):
            kept.append(item)
    kept.sort(key=lambda item: (-item.unique_share, len(item.columns), item.columns))
    return tuple(kept[:_MOST_COMBINATIONS])
